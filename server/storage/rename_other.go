//go:build !linux

package storage

import (
	"io/fs"
	"os"
	"path/filepath"
)

// renameBetween moves an entry from one directory to another. Sessions, which
// could change the directories meanwhile, run on Linux only.
func renameBetween(from *os.Root, name string, to *os.Root, newName string, replace bool) error {
	if _, err := to.Lstat(newName); err == nil && !replace {
		return &os.LinkError{Op: "rename", Old: name, New: newName, Err: fs.ErrExist}
	}
	return os.Rename(filepath.Join(from.Name(), name), filepath.Join(to.Name(), newName))
}
