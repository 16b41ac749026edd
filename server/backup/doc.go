// Package backup keeps a data folder in one file, and makes a data folder of such
// a file again.
//
// [Write] works while a server uses the folder: the database is copied as it is at
// one moment, then the folders and layers as they are found. A file that changes
// while it is read is kept as long as it was when it was opened; a folder that is
// made after the database was copied is there without being known. Who needs more
// than that stops the server for as long.
//
// The file is a tar archive compressed with gzip, readable with the usual tools:
//
//	baiui-backup.json    what it is: format, schema of the database, owner
//	manager.db           the database
//	accounts.json        the first accounts
//	signin.key           what stored sign-ins are encrypted with
//	folders/…, layers/…  as in the data folder
//	baiui-backup.sum     SHA-256 over all the entries before it, and their number
//
// Not in it are the sign-ins (a backup must not bring one back that was ended),
// what running sessions hold outside their folders, and what was being deleted.
//
// [Restore] believes nothing in a file that was not made here: it reads all of it
// before it writes anything, creates every entry below a directory that it made
// itself, follows no link, and gives names to nothing until the last byte is
// checked.
package backup
