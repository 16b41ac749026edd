//go:build linux

package node

import (
	"context"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/pid1"
)

var _ Programs = (*Local)(nil)

// RunProgram starts a program.
func (l *Local) RunProgram(ctx context.Context, id string, program Program) (*Process, error) {
	k, err := l.find(id)
	if err != nil {
		return nil, err
	}
	_, files, err := k.callRunning(ctx, pid1.Request{Op: pid1.OpRun, Service: &pid1.Service{Command: program.Command, Env: program.Env}})
	if err != nil {
		return nil, err
	}
	defer closeFiles(files)
	if len(files) != 5 {
		return nil, fmt.Errorf("kernel %s: the init process sent %d files", id, len(files))
	}
	control, err := net.FileConn(files[4])
	if err != nil {
		return nil, err
	}
	pipes := make([]*os.File, 0, 4)
	for _, file := range files[:4] {
		pipe, err := waiting(file)
		if err != nil {
			closeFiles(pipes)
			control.Close()
			return nil, err
		}
		pipes = append(pipes, pipe)
	}
	return NewProcess(pipes[0], pipes[1], pipes[2], pipes[3], control), nil
}

// waiting gives another file for the same end of a pipe, at which the runtime
// waits instead of a thread, so that closing it ends a read.
func waiting(file *os.File) (*os.File, error) {
	descriptor, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(descriptor, true); err != nil {
		unix.Close(descriptor)
		return nil, err
	}
	return os.NewFile(uintptr(descriptor), file.Name()), nil
}
