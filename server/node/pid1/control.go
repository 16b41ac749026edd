//go:build linux

package pid1

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Request is one line the server sends on the control socket.
type Request struct {
	// Op is what to do, one of the Op constants.
	Op string `json:"op"`
	// Signal is for the command's process group; only for OpSignal.
	Signal int `json:"signal,omitempty"`
	// Grace is how long processes have between the request to terminate and
	// the kill; only for OpStop.
	Grace time.Duration `json:"grace,omitempty"`
	// Port is where to connect to; only for OpDial.
	Port int `json:"port,omitempty"`
	// Service is what the service requests are about; for OpRun the program.
	Service *Service `json:"service,omitempty"`
}

// The requests.
const (
	OpState  = "state"  // whether the command runs
	OpSignal = "signal" // a signal to the command's process group
	OpStop   = "stop"   // end the kernel
	OpDial   = "dial"   // connect to a port inside; the answer brings the socket

	OpFiles        = "files"         // the answer brings a socket to a helper, see package inside
	OpNetwork      = "network"       // the answer brings the cluster's interface
	OpInterrupt    = "interrupt"     // SIGINT to the work in the foreground
	OpStartService = "start-service" // with the file for the service's output
	OpServiceState = "service-state"
	OpStopService  = "stop-service" // answered when the service has ended
	OpRun          = "run"          // a program for somebody who waits, see startRun
)

// Answer is the line that follows each request.
type Answer struct {
	Error string `json:"error,omitempty"`
	// Refused says that nothing listens on the port of OpDial.
	Refused bool `json:"refused,omitempty"`
	// Busy says that too many helpers run already.
	Busy bool `json:"busy,omitempty"`
	// Running says whether the command or the service runs, for OpState and
	// OpServiceState.
	Running bool `json:"running,omitempty"`
	// Ended and Code say that a service has ended, and how.
	Ended bool `json:"ended,omitempty"`
	Code  int  `json:"code,omitempty"`
	// Listening says that a service's port accepts connections.
	Listening bool `json:"listening,omitempty"`

	files []*os.File // to send along
}

// failed makes the answer to a request that could not be done.
func failed(err error) Answer {
	if err == nil {
		return Answer{}
	}
	return Answer{Error: err.Error()}
}

// maxControls bounds the connections to the control socket that are served at a
// time. Only the server can make them.
const maxControls = 64

// listen answers on the control socket until the kernel ends.
func (k *kernel) listen(file *os.File) error {
	listener, err := net.FileListener(file)
	if err != nil {
		return fmt.Errorf("control socket: %w", err)
	}
	file.Close()
	unixListener, ok := listener.(*net.UnixListener)
	if !ok {
		return fmt.Errorf("control socket: it is a %s socket", listener.Addr().Network())
	}
	turns := make(chan struct{}, maxControls)
	go func() {
		for {
			turns <- struct{}{}
			connection, err := unixListener.AcceptUnix()
			if err != nil {
				return
			}
			go func() {
				defer func() { <-turns }()
				k.serve(connection)
			}()
		}
	}()
	return nil
}

// serve answers the requests of one connection in order.
func (k *kernel) serve(connection *net.UnixConn) {
	defer connection.Close()
	wire := NewWire(connection)
	for {
		var request Request
		files, err := wire.Receive(&request)
		if err != nil {
			return
		}
		answer := k.answer(request, files)
		closeAll(files)
		err = wire.Send(answer, answer.files...)
		closeAll(answer.files)
		if err != nil {
			return
		}
	}
}

func (k *kernel) answer(request Request, files []*os.File) Answer {
	switch request.Op {
	case OpState:
		k.mu.Lock()
		defer k.mu.Unlock()
		return Answer{Running: k.command != 0}
	case OpSignal:
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.command == 0 {
			return Answer{Error: "the kernel has no running command"}
		}
		// The command leads a session, so its ID is that of its group.
		return failed(syscall.Kill(-k.command, syscall.Signal(request.Signal)))
	case OpStop:
		k.stop(request.Grace)
		return Answer{}
	case OpDial:
		switch request.Port {
		case TerminalPort:
			return k.terminals.dial()
		case SSHPort, BrowsePort:
			return k.dialGuest(request.Port)
		}
		return dial(request.Port)
	case OpFiles:
		return k.startHelper()
	case OpNetwork:
		return k.answerNetwork()
	case OpInterrupt:
		k.interrupt()
		return Answer{}
	case OpRun:
		if request.Service == nil {
			return Answer{Error: "the request names no program"}
		}
		return k.startRun(*request.Service)
	case OpStartService, OpServiceState, OpStopService:
		return k.answerService(request, files)
	}
	return Answer{Error: fmt.Sprintf("unknown request %q", request.Op)}
}

func (k *kernel) answerService(request Request, files []*os.File) Answer {
	if request.Service == nil {
		return Answer{Error: "the request names no service"}
	}
	switch request.Op {
	case OpServiceState:
		return k.serviceState(*request.Service)
	case OpStopService:
		k.stopService(request.Service.Name)
		return Answer{}
	}
	if len(files) != 1 {
		return Answer{Error: "the request brings no file for the output"}
	}
	log, err := fileAgain(files[0])
	if err != nil {
		return failed(err)
	}
	started, err := k.startService(*request.Service, log)
	if !started {
		log.Close()
	}
	return failed(err)
}

// fileAgain gives another file for the same open file.
func fileAgain(file *os.File) (*os.File, error) {
	descriptor, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(descriptor), file.Name()), nil
}
