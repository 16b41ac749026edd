//go:build linux

package pid1

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// kernel is the init process's view of the kernel it leads.
type kernel struct {
	config Config
	log    *capped
	exit   *os.File

	network   *os.File // the cluster's interface, or nil
	terminals *terminals
	services  services
	guests    guests
	runs      runs
	helpers   atomic.Int32 // that run

	mu       sync.Mutex // also held while a child starts, so that it cannot be reaped unknown
	command  int        // process ID of the command; 0 without one
	children map[int]*child
	code     int  // how the command ended
	stopped  bool // the server asked for the end
	ending   bool
	end      chan struct{} // closed when the kernel shall end now
	childs   chan os.Signal
}

// run is the second stage. It returns when the kernel has ended.
func run(syncFile *os.File) error {
	// Nothing in the kernel may look into this process, also where it runs as
	// the same user.
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return err
	}
	if err := unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return err
	}
	configFile := os.NewFile(FDConfig, "config")
	config, err := readConfig(configFile)
	if err != nil {
		return err
	}
	configFile.Close()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	k := &kernel{
		config: config,
		exit:   os.NewFile(FDExit, "exit"),
		end:    make(chan struct{}),
		childs: make(chan os.Signal, 1),

		network: inheritNetwork(),

		children: make(map[int]*child),
	}
	k.terminals = newTerminals(k)
	if k.log, err = newCapped(os.NewFile(FDLog, "log"), config.LogLimit); err != nil {
		return err
	}
	signal.Notify(k.childs, syscall.SIGCHLD)
	go k.obey()
	go k.terminals.run()
	if err := k.listen(os.NewFile(FDControl, "control")); err != nil {
		return err
	}
	if config.Network != nil {
		if err := k.listenForSSH(context.Background()); err != nil {
			return err
		}
	}
	if len(config.Command) > 0 {
		if err := k.start(); err != nil {
			return err
		}
	}
	reply(syncFile, nil)
	syncFile.Close()
	k.reapUntilEnd()
	k.killAll()
	k.log.finish()
	return k.record()
}

// obey handles the signals that processes send to the init process. Asking it to
// terminate is the same as stopping the kernel; the others are ignored.
func (k *kernel) obey() {
	signals := make(chan os.Signal, 8)
	// Caught, not ignored: what is ignored here would be ignored by the command
	// too.
	signal.Notify(signals)
	for received := range signals {
		switch received {
		case syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT:
			k.stop(0)
		}
	}
}

// start runs the command.
func (k *kernel) start() error {
	name := k.config.Command[0]
	path, err := exec.LookPath(name)
	if err != nil {
		return fmt.Errorf("cannot find the command: %w", err)
	}
	output, err := k.log.writer()
	if err != nil {
		return err
	}
	defer output.Close()
	input, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	defer input.Close()
	k.mu.Lock()
	defer k.mu.Unlock()
	pid, err := k.fork(program{path: path, args: k.config.Command, files: []*os.File{input, output, output}})
	if err != nil {
		return fmt.Errorf("cannot start %s: %w", name, err)
	}
	k.command = pid
	return nil
}

// environment is what a process finds: its own variables over the spec's over
// the basics.
func environment(config Config, extra map[string]string) []string {
	values := map[string]string{
		"HOME": config.Dir, "USER": "work", "LOGNAME": "work", "SHELL": "/bin/bash",
		"LANG": "C.UTF-8", "TMPDIR": "/tmp",
	}
	if !config.Isolated {
		delete(values, "USER")
		delete(values, "LOGNAME")
	}
	for name, value := range config.Env {
		values[name] = value
	}
	for name, value := range extra {
		values[name] = value
	}
	values[MarkVariable] = config.KernelID
	return list(values)
}

// list gives variables as a process gets them.
func list(values map[string]string) []string {
	variables := make([]string, 0, len(values))
	for name, value := range values {
		variables = append(variables, name+"="+value)
	}
	return variables
}

// MarkVariable is in the environment of every process of a kernel.
const MarkVariable = "BACKENDAI_KERNEL_ID"

// reapUntilEnd collects dead processes until the command or the server ends the
// kernel.
func (k *kernel) reapUntilEnd() {
	for {
		k.reap()
		select {
		case <-k.childs:
		case <-k.end:
			return
		}
	}
}

// reap collects every dead child and reports whether living ones remain.
func (k *kernel) reap() (left bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil: // no children at all
			if k.stopped {
				k.finishLocked()
			}
			return false
		case pid == 0:
			return true
		case pid == k.command:
			k.code = exitCode(status)
			k.command = 0
			if !k.stopped {
				k.finishLocked()
			} // else the others still have their grace
		default:
			if ended, known := k.children[pid]; known {
				delete(k.children, pid)
				ended.code = exitCode(status)
				close(ended.done)
			}
		}
	}
}

// finishLocked lets the kernel end; k.mu must be held.
func (k *kernel) finishLocked() {
	if !k.ending {
		k.ending = true
		close(k.end)
	}
}

func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// stop ends the kernel: everything is asked to terminate, and what has not
// after grace is killed.
func (k *kernel) stop(grace time.Duration) {
	k.mu.Lock()
	k.stopped = true
	k.mu.Unlock()
	if grace <= 0 {
		k.finish()
		return
	}
	k.signalAll(syscall.SIGTERM)
	time.AfterFunc(grace, k.finish)
	// If nothing runs there is nothing to wait for; look now.
	select {
	case k.childs <- syscall.SIGCHLD:
	default:
	}
}

func (k *kernel) finish() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.finishLocked()
}

// record writes how the kernel ended, durably, as the last thing.
func (k *kernel) record() error {
	k.mu.Lock()
	exit := Exit{Code: k.code, Stopped: k.stopped, At: time.Now()}
	k.mu.Unlock()
	data, err := json.Marshal(exit)
	if err != nil {
		return err
	}
	if _, err := k.exit.WriteAt(data, 0); err != nil {
		return err
	}
	return k.exit.Sync()
}
