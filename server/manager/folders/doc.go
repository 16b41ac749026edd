// Package folders answers the manager's /folders calls and decides what folders
// a session mounts.
//
// A folder is a row of the store and a directory of a storage volume; the row is
// the truth. It is made after its directory and forgotten after it, so that a
// crash leaves at most an empty directory or a row that [Folders.Recover] ends.
//
// Who may do what is decided here for every call: owners; those a folder was
// shared with, within what they were granted; members of a project, within the
// folder's permission; administrators of a domain or of everything, who may
// manage folders (by id) but not read what is in other people's. Whoever may not
// know of a folder is told that there is none.
//
// The rules and answers are those of manager 24.09. On purpose different:
//
//   - a name that a folder in the trash also has finds the live one, instead of
//     "too many";
//   - GET and POST /folders/_/quota work, instead of failing always;
//   - max_files is 0 for "no limit", as none is kept by default.
package folders
