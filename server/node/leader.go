//go:build linux

package node

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// openLeader opens the program that leads kernels, to be started and not read. It
// is held open, so that a new one at the same path is not mixed with this server's.
//
// The program runs in kernels as their user, too, for SSH and files, and a process
// leads through /proc to its program's file. Where the kernels' user owns that file
// on the host, one kernel could change its mode: no other would start any more, or
// the file would be everybody's. Such a server uses a copy in dir without a name,
// which its owner may not read: Linux shows nobody the file of a program that its
// user may not read. Where the copy cannot be started the file itself is used.
func openLeader(binary, dir string, root bool) (*os.File, error) {
	file, err := os.Open(binary)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	stat, known := info.Sys().(*syscall.Stat_t)
	if !root && known && int(stat.Uid) == os.Getuid() {
		if copied, err := unreadable(file, dir); err == nil {
			return copied, nil
		}
	}
	return again(file)
}

// unreadable copies a program into a file without a name.
func unreadable(program io.Reader, dir string) (*os.File, error) {
	out, err := os.OpenFile(dir, os.O_WRONLY|unix.O_TMPFILE, 0o111)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(out, program)
	var copied *os.File
	if err == nil {
		copied, err = again(out)
	}
	// What is open for writing cannot be started.
	if err = errors.Join(err, out.Close()); err == nil {
		err = unix.Access(nameOf(copied), unix.X_OK)
	}
	if err != nil && copied != nil {
		err = errors.Join(err, copied.Close())
	}
	return copied, err
}

// again opens an open file to be started.
func again(file *os.File) (*os.File, error) {
	return os.OpenFile(nameOf(file), unix.O_PATH, 0)
}

// nameOf is a name of an open file in this process.
func nameOf(file *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", file.Fd()) }
