package storage

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// renameBetween moves an entry from one directory to another without resolving
// anything but the two names. Unless it may replace, a taken name is an error.
func renameBetween(from *os.Root, name string, to *os.Root, newName string, replace bool) (err error) {
	source, err := from.Open(".")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := to.Open(".")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	flags := uint(unix.RENAME_NOREPLACE)
	if replace {
		flags = 0
	}
	if err := unix.Renameat2(int(source.Fd()), name, int(target.Fd()), newName, flags); err != nil {
		return &os.LinkError{Op: "rename", Old: name, New: newName, Err: err}
	}
	return nil
}
