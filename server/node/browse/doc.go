// Package browse is a file browser: one page over HTTP that lists, up- and
// downloads, renames and deletes the files of a few directories.
//
// It runs inside a kernel as the kernel's user and is reached through the
// manager's tunnel alone, so it asks nobody who he is. Still nothing leads out of
// the directories it was given, whatever links lie in them, and no other page can
// make a browser change files. It works without scripts and at any path, because
// all its links are queries: "at" names a file below one of the places, "ask" a
// form, and in a POST "do" what to do.
package browse
