// Package layer turns what was changed in overlay file systems into an archive,
// and back.
//
// A layer is a tar archive as container images have them: files, directories and
// symbolic links by their path in the kernel, an empty file ".wh.NAME" where NAME
// was removed, and ".wh..wh..opq" in a directory that hides all that was there
// before. Nobody needs to trust one: [Apply] writes nothing but these, and
// nothing outside the trees it is given.
package layer
