// Package storage keeps virtual folders as plain directories and moves files in
// and out of them, speaking the dialect of Backend.AI's storage proxy.
//
// A [Volume] is one directory that holds all folders:
//
//	<volume>/<owner, 32 hex digits>/<2>/<2>/<28>/data      what sessions mount
//	<volume>/<owner, 32 hex digits>/<2>/<2>/<28>/uploads   what is being uploaded
//	<volume>/.trash                                        what is being deleted
//	<volume>/.secret                                       what tokens are signed with
//
// Whatever is below data belongs to the sessions that mount the folder: it may
// hold symbolic links to anywhere, named pipes, trees of any depth, names with
// line breaks. Every access therefore goes through an [os.Root], special files
// are never opened, and nothing walks deeper than it can afford.
//
// The methods of a Volume are for the manager, which has checked who may do
// what. [Volume.Handler] is for clients: it answers downloads and resumable
// uploads (tus 1.0.0) to whoever brings a token of [Volume.StartUpload],
// [Volume.DownloadToken] or [Volume.ArchiveToken]. A token is for one operation
// of one bearer on one path of one folder, for a limited time, and is good for
// nothing when its bearer may no longer do it: see [Options].Entitled.
//
// A quota is kept by what goes through this package. What sessions write into a
// mounted folder is counted at the next upload, not stopped while they write.
//
// Errors are of type [*Error]; its Kind says what to tell the client.
package storage
