//go:build linux

package sshd

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"
	"github.com/gliderlabs/ssh"
)

// lastWords is how long output is read after the end of a shell from what it has
// left in the background.
const lastWords = 100 * time.Millisecond

// session runs a shell or a command.
func (s *Server) session(session ssh.Session) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		shell = "/bin/sh"
	}
	command := exec.Command(shell)
	if raw := session.RawCommand(); raw != "" {
		command.Args = append(command.Args, "-c", raw)
	}
	command.Dir, command.Env = s.home, append(s.env[:len(s.env):len(s.env)], accepted(session.Environ())...)
	code := 0
	if size, resizes, wanted := session.Pty(); wanted {
		code, err = onTerminal(session, command, size, resizes)
	} else {
		code, err = onPipes(session, command)
	}
	if err != nil {
		fmt.Fprintln(session.Stderr(), err)
	}
	_ = session.Exit(code)
}

// exitUnstarted is what shells give for a command that cannot be started.
const exitUnstarted = 126

// accepted are the variables a client may set: its language.
func accepted(wanted []string) (variables []string) {
	for _, variable := range wanted {
		if strings.HasPrefix(variable, "LANG=") || strings.HasPrefix(variable, "LC_") {
			variables = append(variables, variable)
		}
	}
	return variables
}

// onTerminal runs a command on a terminal of its own.
func onTerminal(session ssh.Session, command *exec.Cmd, size ssh.Pty, resizes <-chan ssh.Window) (int, error) {
	command.Env = append(command.Env, "TERM="+size.Term)
	terminal, err := pty.StartWithSize(command, windowOf(size.Window))
	if err != nil {
		return exitUnstarted, err
	}
	var output sync.WaitGroup
	output.Go(func() { _, _ = io.Copy(session, terminal) })
	go func() { _, _ = io.Copy(terminal, session) }()
	go func() {
		for window := range resizes {
			_ = pty.Setsize(terminal, windowOf(window))
		}
	}()
	defer hangUp(session, command)()
	code := codeOf(command.Wait())
	// What it has left in the background may hold the terminal for ever.
	defer time.AfterFunc(lastWords, func() { _ = terminal.Close() }).Stop()
	output.Wait()
	_ = terminal.Close()
	return code, nil
}

func windowOf(w ssh.Window) *pty.Winsize {
	return &pty.Winsize{Rows: uint16(w.Height), Cols: uint16(w.Width)}
}

// onPipes runs a command whose input and output are the session's. It has ended
// when its output has, as with every SSH server.
func onPipes(session ssh.Session, command *exec.Cmd) (int, error) {
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	command.Stdout, command.Stderr = session, session.Stderr()
	input, err := command.StdinPipe()
	if err != nil {
		return exitUnstarted, err
	}
	if err := command.Start(); err != nil {
		return exitUnstarted, err
	}
	go func() {
		_, _ = io.Copy(input, session)
		_ = input.Close()
	}()
	defer hangUp(session, command)()
	return codeOf(command.Wait()), nil
}

// hangUp passes signals of the client on to a command, and tells it when the
// client has gone. The function it gives back ends that.
func hangUp(session ssh.Session, command *exec.Cmd) (stop func()) {
	signals, done := make(chan ssh.Signal, 1), make(chan struct{})
	session.Signals(signals)
	go func() {
		for {
			select {
			case name := <-signals:
				if signal, known := signalsByName()[name]; known {
					_ = syscall.Kill(-command.Process.Pid, signal)
				}
			case <-session.Context().Done():
				_ = syscall.Kill(-command.Process.Pid, syscall.SIGHUP)
				return
			case <-done:
				return
			}
		}
	}()
	return sync.OnceFunc(func() {
		session.Signals(nil)
		close(done)
	})
}

func signalsByName() map[ssh.Signal]syscall.Signal {
	return map[ssh.Signal]syscall.Signal{
		ssh.SIGHUP: syscall.SIGHUP, ssh.SIGINT: syscall.SIGINT, ssh.SIGQUIT: syscall.SIGQUIT, ssh.SIGTERM: syscall.SIGTERM,
		ssh.SIGKILL: syscall.SIGKILL, ssh.SIGUSR1: syscall.SIGUSR1, ssh.SIGUSR2: syscall.SIGUSR2,
	}
}

// codeOf is the exit code of a command, 128+n if signal n ended it.
func codeOf(err error) int {
	var ended *exec.ExitError
	switch {
	case err == nil:
		return 0
	case !errors.As(err, &ended):
		return exitUnstarted
	}
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return ended.ExitCode()
}
