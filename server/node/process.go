//go:build linux

package node

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/procfs"
)

// process is an init process held by a pidfd, which cannot come to mean another
// process as a process ID can.
type process struct {
	pid  int
	file *os.File
}

// newProcess takes over a pidfd.
func newProcess(pid, fd int) (*process, error) {
	// Non-blocking, so that waiting takes no thread.
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &process{pid: pid, file: os.NewFile(uintptr(fd), fmt.Sprintf("pidfd of %d", pid))}, nil
}

var errGone = errors.New("the process is gone")

// findProcess opens the process that was started at startTicks with this ID;
// the error is errGone if there is none.
func findProcess(pid int, startTicks uint64) (*process, error) {
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	if errors.Is(err, unix.ESRCH) {
		return nil, errGone
	}
	if err != nil {
		return nil, err
	}
	// After the open: from here on the descriptor and /proc mean the same
	// process, or it ends and the wait returns at once.
	found, err := procfs.Read(pid)
	if err != nil || found.StartTicks != startTicks {
		unix.Close(fd)
		return nil, errGone
	}
	return newProcess(pid, fd)
}

// wait returns nil when the process has ended, and an error when the file was
// closed before.
func (p *process) wait() error {
	connection, err := p.file.SyscallConn()
	if err != nil {
		return err
	}
	return connection.Read(func(fd uintptr) bool {
		poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(poll, 0)
		return err == nil && n > 0
	})
}

// alive reports whether the process has not ended.
func (p *process) alive() bool {
	connection, err := p.file.SyscallConn()
	if err != nil {
		return false
	}
	living := false
	_ = connection.Control(func(fd uintptr) {
		poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(poll, 0)
		living = err == nil && n == 0
	})
	return living
}

// endsWithin reports whether the process has ended, or does so within a time.
func (p *process) endsWithin(patience time.Duration) bool {
	if p.file.SetReadDeadline(time.Now().Add(patience)) != nil {
		return !p.alive()
	}
	defer func() { _ = p.file.SetReadDeadline(time.Time{}) }()
	return p.wait() == nil
}

// reap collects the exit status if the process is a child of this one.
func (p *process) reap() {
	for {
		_, err := syscall.Wait4(p.pid, nil, syscall.WNOHANG, nil)
		if !errors.Is(err, syscall.EINTR) {
			return
		}
	}
}

// kill ends the process, and with it its pid namespace. It is no error if it
// has ended.
func (p *process) kill() {
	connection, err := p.file.SyscallConn()
	if err != nil {
		return
	}
	_ = connection.Control(func(fd uintptr) {
		_ = unix.PidfdSendSignal(int(fd), unix.SIGKILL, nil, 0)
	})
}

func (p *process) close() { _ = p.file.Close() }
