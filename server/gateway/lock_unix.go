//go:build unix

package gateway

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockWhole locks a file until it is closed, or fails with [ErrInUse].
func lockWhole(file *os.File) error {
	err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrInUse
	}
	return err
}
