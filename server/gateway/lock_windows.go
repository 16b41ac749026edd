package gateway

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockWhole locks a file until it is closed, or fails with [ErrInUse].
func lockWhole(file *os.File) error {
	err := windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrInUse
	}
	return err
}
