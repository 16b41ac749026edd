//go:build unix

package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// nonblock makes opening a pipe not wait for its other end.
const nonblock = unix.O_NONBLOCK

// ownerOf is whom a file belongs to.
func ownerOf(info fs.FileInfo) (uid, gid int) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid), int(s.Gid)
	}
	return os.Geteuid(), os.Getegid()
}

// links knows files that have several names, by the first that was seen.
type links map[inode]string

type inode struct{ device, number uint64 }

// of gives the name under which a file was seen before; empty: this is the first.
func (l links) of(info fs.FileInfo, name string) string {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || s.Nlink < 2 {
		return ""
	}
	id := inode{uint64(s.Dev), uint64(s.Ino)}
	if first, seen := l[id]; seen {
		return first
	}
	l[id] = name
	return ""
}

// free is how many bytes and files a disk has room for.
func free(dir string) (bytes, files uint64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	files = uint64(s.Ffree)
	if s.Files == 0 {
		files = ^uint64(0) // the file system makes room for them as it goes
	}
	return uint64(s.Bavail) * uint64(s.Bsize), files, nil
}

// noRoom tells a full disk from other failures.
func noRoom(err error) error {
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrNoRoom, err)
	}
	return err
}

// syncAll waits until all that was written is on the disk: once for everything is
// much faster than for each of many files.
func syncAll() { unix.Sync() }

// syncDir makes the names in a directory durable.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	err = dir.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrInvalid) {
		err = nil // some file systems cannot
	}
	return errors.Join(err, dir.Close())
}
