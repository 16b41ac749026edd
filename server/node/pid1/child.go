//go:build linux

package pid1

import (
	"os"
	"runtime"
	"syscall"
)

// program is what a process of the kernel is started from.
type program struct {
	path  string
	args  []string
	env   map[string]string // beside the kernel's own
	files []*os.File        // standard input, output, error, and more
	// alone says that the environment is env only.
	alone bool
	// terminal says that standard input is to be the controlling terminal.
	terminal bool
}

// child is a process that somebody waits for.
type child struct {
	pid  int
	code int           // valid after done
	done chan struct{} // closed when it was reaped
}

// over reports whether the process has ended.
func (c *child) over() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// spawn starts a process beside the command.
func (k *kernel) spawn(p program) (*child, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	pid, err := k.fork(p)
	if err != nil {
		return nil, err
	}
	started := &child{pid: pid, done: make(chan struct{})}
	k.children[pid] = started
	return started, nil
}

// signal sends a signal to the group a child leads, unless it has been reaped:
// its ID could mean another process by then.
func (k *kernel) signal(c *child, signal syscall.Signal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !c.over() {
		_ = syscall.Kill(-c.pid, signal)
	}
}

// fork starts a process of the kernel as its user, in a session of its own.
// k.mu must be held.
func (k *kernel) fork(p program) (int, error) {
	attributes := &syscall.SysProcAttr{Setsid: true, Setctty: p.terminal}
	if k.config.SwitchUser {
		attributes.Credential = &syscall.Credential{Uid: uint32(k.config.UID), Gid: uint32(k.config.GID)}
	}
	if !k.config.Isolated {
		// Without a namespace nothing else ends the process with its init.
		attributes.Pdeathsig = syscall.SIGKILL
	}
	descriptors := make([]uintptr, len(p.files))
	for i, file := range p.files {
		descriptors[i] = file.Fd()
	}
	// When memory runs out the command shall go first, not this process, which
	// has to report it. Lowering the value again is allowed down to where it
	// was.
	setOOMScore("500")
	defer setOOMScore("0")
	variables := environment(k.config, p.env)
	if p.alone {
		variables = list(p.env)
	}
	pid, err := syscall.ForkExec(p.path, p.args, &syscall.ProcAttr{
		Dir: k.config.Dir, Env: variables, Files: descriptors, Sys: attributes,
	})
	runtime.KeepAlive(p.files)
	return pid, err
}

// setOOMScore is a preference only; where it cannot be set the kernel works on.
func setOOMScore(score string) {
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte(score), 0)
}
