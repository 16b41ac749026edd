//go:build linux

package pid1

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Service is a program that runs beside the command, for as long as it likes.
type Service struct {
	Name    string            `json:"name"`
	Command []string          `json:"command,omitempty"`
	Env     map[string]string `json:"env,omitempty"`
	// Port is where it will listen; 0 if nowhere.
	Port int `json:"port,omitempty"`
}

// services are the programs that were started beside the command.
type services struct {
	mu      sync.Mutex
	running map[string]*child
}

const (
	// maxServices bounds the services of a kernel.
	maxServices = 64
	// ServiceLogLimit is how much of a service's output is kept, in bytes.
	ServiceLogLimit = 1 << 20
	// serviceGrace is how long a service has to end before it is killed.
	serviceGrace = 3 * time.Second
)

// startService starts a service whose output goes to log, unless it runs. If it
// was started the log is the service's.
func (k *kernel) startService(wanted Service, log *os.File) (started bool, err error) {
	k.services.mu.Lock()
	defer k.services.mu.Unlock()
	before := k.services.running[wanted.Name]
	if before != nil && !before.over() {
		return false, nil
	}
	if before == nil && len(k.services.running) >= maxServices {
		return false, errors.New("there are too many services")
	}
	if len(wanted.Command) == 0 {
		return false, errors.New("the service has no command")
	}
	path, err := exec.LookPath(wanted.Command[0])
	if err != nil {
		return false, fmt.Errorf("cannot find the service's program: %w", err)
	}
	output, err := newCapped(log, ServiceLogLimit)
	if err != nil {
		return false, err
	}
	writer, err := output.writer()
	if err != nil {
		return false, err
	}
	defer writer.Close()
	input, err := os.Open(os.DevNull)
	if err != nil {
		return false, err
	}
	defer input.Close()
	running, err := k.spawn(program{
		path: path, args: wanted.Command, env: wanted.Env, files: []*os.File{input, writer, writer},
	})
	if err != nil {
		return false, fmt.Errorf("cannot start %s: %w", wanted.Command[0], err)
	}
	if k.services.running == nil {
		k.services.running = make(map[string]*child)
	}
	k.services.running[wanted.Name] = running
	go func() {
		// Whatever it has left in the background may go on writing.
		output.finish()
		log.Close()
	}()
	return true, nil
}

// serviceState says how a service is doing.
func (k *kernel) serviceState(asked Service) Answer {
	k.services.mu.Lock()
	known := k.services.running[asked.Name]
	k.services.mu.Unlock()
	var answer Answer
	if known != nil {
		if answer.Running = !known.over(); !answer.Running {
			answer.Ended, answer.Code = true, known.code
		}
	}
	if asked.Port != 0 {
		tried := dial(asked.Port)
		closeAll(tried.files)
		answer.Listening = tried.Error == ""
	}
	return answer
}

// stopService ends a service and what is left of its process group, and returns
// when its program is gone.
func (k *kernel) stopService(name string) {
	k.services.mu.Lock()
	known := k.services.running[name]
	k.services.mu.Unlock()
	if known == nil {
		return
	}
	k.signal(known, syscall.SIGTERM)
	select {
	case <-known.done:
	case <-time.After(serviceGrace):
		k.signal(known, syscall.SIGKILL)
		<-known.done
	}
}

// interrupt sends SIGINT to the command and to what is in the foreground of the
// terminals.
func (k *kernel) interrupt() {
	k.mu.Lock()
	if k.command != 0 {
		_ = syscall.Kill(-k.command, syscall.SIGINT)
	}
	k.mu.Unlock()
	for _, process := range k.terminals.server.Processes() {
		if shell, ok := process.(*shell); ok {
			shell.interrupt()
		}
	}
}
