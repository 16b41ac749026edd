//go:build linux

package pid1

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/tty"
)

// TerminalPort is where the terminals of a kernel are found, as in every
// Backend.AI container (service port "ttyd"). Nothing listens there really: the
// init process answers requests for this port itself.
const TerminalPort = 7681

// terminals serves the kernel's terminals, from the first connection on.
type terminals struct {
	server      *tty.Server
	connections chan net.Conn
}

// headerPatience bounds the time a client takes to say what it wants.
const headerPatience = 10 * time.Second

func newTerminals(k *kernel) *terminals {
	title := cmp.Or(k.config.Hostname, "terminal")
	return &terminals{
		server: tty.NewServer(tty.Options{
			Start: k.startShell, Title: title, Tmux: func() bool { return k.tmux() != "" },
		}),
		// Handed over at once; the channel is only for the form.
		connections: make(chan net.Conn),
	}
}

// run serves connections until the kernel ends.
func (t *terminals) run() {
	server := http.Server{Handler: t.server, ReadHeaderTimeout: headerPatience, IdleTimeout: time.Minute}
	_ = server.Serve(t)
}

// dial makes a connection to the terminals; the answer brings its other end.
func (t *terminals) dial() Answer {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return failed(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "terminal"), os.NewFile(uintptr(pair[1]), "terminal")
	defer ours.Close()
	connection, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
		return failed(err)
	}
	t.connections <- connection
	return Answer{files: []*os.File{theirs}}
}

// Accept, Close and Addr make the terminals the listener of their HTTP server.

// Accept gives the next connection.
func (t *terminals) Accept() (net.Conn, error) { return <-t.connections, nil }

// Close does nothing: the terminals end with the kernel.
func (t *terminals) Close() error { return nil }

// Addr names the terminals.
func (t *terminals) Addr() net.Addr { return &net.UnixAddr{Name: "terminals", Net: "unix"} }

// shell is what runs in a terminal.
type shell struct {
	kernel *kernel
	name   string // that of tmux's session, if it is tmux
	master *os.File
	child  *child
}

// lastWords is how long output is read after the end of a shell from what it has
// left in the background.
const lastWords = 100 * time.Millisecond

// hangUp is how long a shell that is hung up on may take to end by itself.
const hangUp = time.Second

// startShell starts a shell on a terminal of its own.
func (k *kernel) startShell(name string, size tty.Size) (tty.Process, error) {
	master, slave, err := k.openTerminal()
	if err != nil {
		return nil, fmt.Errorf("cannot open a terminal: %w", err)
	}
	defer slave.Close()
	s := &shell{kernel: k, name: name, master: master}
	if err := s.Resize(size); err != nil {
		master.Close()
		return nil, err
	}
	started := program{
		env:   map[string]string{"TERM": "xterm-256color", "COLORTERM": "truecolor"},
		files: []*os.File{slave, slave, slave}, terminal: true,
	}
	started.path, started.args = shellCommand(k.tmux(), name)
	if s.child, err = k.spawn(started); err != nil {
		master.Close()
		return nil, fmt.Errorf("cannot start a shell: %w", err)
	}
	go func() {
		<-s.child.done
		_ = master.SetReadDeadline(time.Now().Add(lastWords))
	}()
	return s, nil
}

// tmux is the path of tmux, "" if it is not wanted or not there.
func (k *kernel) tmux() string {
	if !k.config.Tmux {
		return ""
	}
	path, err := exec.LookPath("tmux")
	if err != nil {
		return ""
	}
	return path
}

// shellCommand is what to run in a terminal: tmux if there is one, so that what
// runs in it survives even its terminal, else the best shell.
func shellCommand(tmux, name string) (path string, args []string) {
	if tmux != "" {
		// Its server stays when the last terminal is closed: one that is just about to
		// end takes new terminals in and ends them.
		return tmux, []string{"tmux", "-2", "-u", "new-session", "-A", "-s", name, ";", "set-option", "-sq", "exit-empty", "off"}
	}
	if path, err := exec.LookPath("bash"); err == nil {
		return path, []string{"bash"}
	}
	return "/bin/sh", []string{"sh"}
}

// openTerminal makes a pair of terminal ends that the kernel's user owns.
func (k *kernel) openTerminal() (master, slave *os.File, err error) {
	if k.config.SwitchUser {
		// The owner of a new terminal is the user its maker acts as towards files,
		// and that is a matter of the thread.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := actAs(k.config.UID, k.config.GID); err != nil {
			return nil, nil, err
		}
		defer actAs(os.Getuid(), os.Getgid())
	}
	opened, slave, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	defer opened.Close()
	// Another file for the same end, because this one cannot be waited for with
	// a deadline any more.
	fd, err := unix.FcntlInt(opened.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		slave.Close()
		return nil, nil, err
	}
	return os.NewFile(uintptr(fd), "terminal"), slave, nil
}

// actAs sets the user and group the calling thread acts as towards files.
func actAs(uid, gid int) error {
	if _, err := unix.SetfsgidRetGid(gid); err != nil {
		return err
	}
	_, err := unix.SetfsuidRetUid(uid)
	return err
}

func (s *shell) Read(into []byte) (int, error)  { return s.master.Read(into) }
func (s *shell) Write(from []byte) (int, error) { return s.master.Write(from) }
func (s *shell) SetWriteDeadline(deadline time.Time) error {
	return s.master.SetWriteDeadline(deadline)
}

func (s *shell) Resize(size tty.Size) error {
	return s.control(func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: size.Rows, Col: size.Columns})
	})
}

// interrupt sends SIGINT to what is in the foreground of the terminal.
func (s *shell) interrupt() {
	_ = s.control(func(fd int) error {
		group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
		if err != nil || group <= 1 {
			return err
		}
		return unix.Kill(-group, unix.SIGINT)
	})
}

func (s *shell) control(do func(fd int) error) error {
	connection, err := s.master.SyscallConn()
	if err != nil {
		return err
	}
	var done error
	if err := connection.Control(func(fd uintptr) { done = do(int(fd)) }); err != nil {
		return err
	}
	return done
}

// End ends what runs in the terminal. A shell that is hung up on ends by itself,
// but tmux would only be left. A shell may also be deaf to it, and bash is just
// before it reads a line: for such a one the line ends.
func (s *shell) End() {
	if tmux := s.kernel.tmux(); tmux != "" {
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			return
		}
		defer null.Close()
		ended, err := s.kernel.spawn(program{
			path: tmux, args: []string{"tmux", "kill-session", "-t", "=" + s.name}, files: []*os.File{null, null, null},
		})
		if err == nil {
			<-ended.done
		}
	}
	s.kernel.signal(s.child, unix.SIGHUP)
	go func() {
		select {
		case <-s.child.done:
		case <-time.After(hangUp):
			_ = s.master.SetReadDeadline(time.Now()) // who reads closes it
		}
	}()
}

// Close hangs up and waits for the shell's end.
func (s *shell) Close() int {
	s.master.Close()
	select {
	case <-s.child.done:
	case <-time.After(lastWords):
		s.kernel.signal(s.child, unix.SIGKILL)
		<-s.child.done
	}
	return s.child.code
}
