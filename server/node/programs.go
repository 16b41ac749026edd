package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
)

// Program is what runs in a kernel for somebody who waits for what it says.
type Program struct {
	Command []string
	// Env is beside the kernel's own environment.
	Env map[string]string
}

// Programs runs programs in kernels whose input and output are the caller's.
// [Local] has it.
type Programs interface {
	// RunProgram starts a program as the kernel's user. The process must be
	// closed, which kills the program if it still runs; so does the end of this
	// process, and the kernel's. [ErrBusy] says that too many run already.
	RunProgram(ctx context.Context, id string, program Program) (*Process, error)
}

// What a program can say at file descriptor 3 ([Process].Asks): that it waits for
// a line of input, or for one that nobody should see.
const (
	AskLine   = 'l'
	AskSecret = 's'
)

// Process is a program that runs in a kernel.
type Process struct {
	Stdin          io.WriteCloser
	Stdout, Stderr io.ReadCloser
	Asks           io.ReadCloser

	control io.ReadWriteCloser
	closing sync.Once
}

// NewProcess makes a process of its files. control takes signals, one byte each,
// and gives one JSON object with the exit code as "code" at the end.
func NewProcess(stdin io.WriteCloser, stdout, stderr, asks io.ReadCloser, control io.ReadWriteCloser) *Process {
	return &Process{Stdin: stdin, Stdout: stdout, Stderr: stderr, Asks: asks, control: control}
}

// Signal sends a signal to the program and what it started. One that has ended
// does not get it.
func (p *Process) Signal(signal syscall.Signal) {
	_, _ = p.control.Write([]byte{byte(signal)})
}

// Wait waits for the end of the program and returns its exit code, 128+n for
// signal n. It fails with [ErrEnded] if the kernel ended with it.
func (p *Process) Wait() (int, error) {
	var end struct {
		Code int `json:"code"`
	}
	if err := json.NewDecoder(p.control).Decode(&end); err != nil {
		return -1, errors.Join(ErrEnded, fmt.Errorf("nobody says how the program ended: %w", err))
	}
	return end.Code, nil
}

// Close kills the program if it still runs, and closes its files.
func (p *Process) Close() error {
	p.closing.Do(func() {
		p.control.Close()
		p.Stdin.Close()
		p.Stdout.Close()
		p.Stderr.Close()
		p.Asks.Close()
	})
	return nil
}
