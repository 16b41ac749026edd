//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/baiui/baiui/server/node/pid1"
)

// talk bounds an exchange on the control socket that is answered at once.
const talk = 2 * time.Second

// ask sends one request to the init process, which is answered at once.
func (k *kernel) ask(request pid1.Request) error {
	ctx, cancel := context.WithTimeout(context.Background(), talk)
	defer cancel()
	answer, files, err := k.call(ctx, request)
	closeFiles(files)
	if err == nil && answer.Error != "" {
		err = errors.New(answer.Error)
	}
	return err
}

// call sends one request to the init process, with open files, and returns its
// answer and the files that came with it. The error is only about the way there
// and back.
func (k *kernel) call(ctx context.Context, request pid1.Request, files ...*os.File) (pid1.Answer, []*os.File, error) {
	// Through /proc because the path of the data directory may be longer than a
	// socket address can be.
	dir, err := os.Open(k.dir)
	if err != nil {
		return pid1.Answer{}, nil, err
	}
	defer dir.Close()
	var dialer net.Dialer
	dialed, err := dialer.DialContext(ctx, "unix", fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), fileControl))
	if err != nil {
		return pid1.Answer{}, nil, err
	}
	defer dialed.Close()
	connection, ok := dialed.(*net.UnixConn)
	if !ok {
		return pid1.Answer{}, nil, errors.New("the control socket is none")
	}
	stop := context.AfterFunc(ctx, func() { _ = connection.SetDeadline(time.Now()) })
	defer stop()
	wire := pid1.NewWire(connection)
	if err := wire.Send(request, files...); err != nil {
		return pid1.Answer{}, nil, errors.Join(ctx.Err(), err)
	}
	var answer pid1.Answer
	received, err := wire.Receive(&answer)
	if err != nil {
		return pid1.Answer{}, nil, errors.Join(ctx.Err(), err)
	}
	return answer, received, nil
}

// callRunning is call for a kernel that must be running; what the init process
// answers as an error is returned as one.
func (k *kernel) callRunning(ctx context.Context, request pid1.Request, files ...*os.File) (pid1.Answer, []*os.File, error) {
	k.mu.Lock()
	running := k.life != nil && k.exit == nil
	k.mu.Unlock()
	if !running {
		return pid1.Answer{}, nil, fmt.Errorf("kernel %s: %w", k.id, ErrEnded)
	}
	answer, received, err := k.call(ctx, request, files...)
	switch {
	case err != nil && ctx.Err() == nil && !k.alive():
		err = ErrEnded // while it was asked
	case err == nil && answer.Refused:
		err = ErrNoPort
	case err == nil && answer.Busy:
		err = ErrBusy
	case err == nil && answer.Error != "":
		err = errors.New(answer.Error)
	}
	if err != nil {
		closeFiles(received)
		return answer, nil, fmt.Errorf("kernel %s: %w", k.id, err)
	}
	return answer, received, nil
}

// alive reports whether the init process still exists, also when its end has not
// been settled yet.
func (k *kernel) alive() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.life == nil || k.exit != nil {
		return false
	}
	return k.life.process.alive()
}

func closeFiles(files []*os.File) {
	for _, file := range files {
		file.Close()
	}
}
