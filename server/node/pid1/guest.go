//go:build linux

package pid1

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/browse"
	"github.com/baiui/baiui/server/node/sshd"
)

// The ports of what every kernel serves beside its terminals. Like those nothing
// listens there really: the init process hands connections to a process of the
// kernel's user, which it starts when the first one comes. SSH has the port it has
// in every Backend.AI container; that of the file browser is among those no app
// of an image may use.
const (
	SSHPort    = 2200
	BrowsePort = 2003
)

// guest is what the process is told with each connection.
type guest struct {
	Port    int            `json:"port"`
	HostKey []byte         `json:"host_key,omitempty"`
	Places  []browse.Place `json:"places,omitempty"`
}

// guests is the process that serves connections as the kernel's user.
type guests struct {
	mu      sync.Mutex
	process *child
	wire    *Wire // to the process
}

// dialGuest makes a connection to a port that the process serves; the answer
// brings its other end.
func (k *kernel) dialGuest(port int) Answer {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return failed(err)
	}
	theirs, ours := os.NewFile(uintptr(pair[0]), "guest"), os.NewFile(uintptr(pair[1]), "guest")
	defer theirs.Close()
	if err := k.handOver(port, theirs); err != nil {
		ours.Close()
		return failed(err)
	}
	return Answer{files: []*os.File{ours}}
}

// handOver gives a connection to the process. The user may have ended that one,
// so it is started again once.
func (k *kernel) handOver(port int, connection *os.File) error {
	k.guests.mu.Lock()
	defer k.guests.mu.Unlock()
	message := guest{Port: port}
	if port == SSHPort {
		message.HostKey = k.config.HostKey
	} else {
		message.Places = k.config.places()
	}
	var err error
	for range 2 {
		if k.guests.process == nil || k.guests.process.over() {
			if err = k.startGuests(); err != nil {
				return err
			}
		}
		if err = k.guests.wire.Send(message, connection); err == nil {
			return nil
		}
		k.guests.process = nil
	}
	return err
}

// startGuests starts the process; k.guests.mu must be held.
func (k *kernel) startGuests() error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	theirs, ours := os.NewFile(uintptr(pair[0]), "guests"), os.NewFile(uintptr(pair[1]), "guests")
	defer theirs.Close()
	defer ours.Close()
	connection, err := unixOf(ours)
	if err != nil {
		return err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		connection.Close()
		return err
	}
	defer null.Close()
	// With the kernel's own environment: it is that of shells.
	process, err := k.spawn(program{
		path: "/proc/self/exe", args: []string{Argv0, StageGuests, k.config.KernelID},
		files: []*os.File{null, null, null, theirs},
	})
	if err != nil {
		connection.Close()
		return err
	}
	if k.guests.wire != nil {
		k.guests.wire.connection.Close()
	}
	k.guests.process, k.guests.wire = process, NewWire(connection)
	return nil
}

// unixOf gives the connection of a socket.
func unixOf(file *os.File) (*net.UnixConn, error) {
	connection, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	socket, ok := connection.(*net.UnixConn)
	if !ok {
		connection.Close()
		return nil, errors.New("it is no unix socket")
	}
	return socket, nil
}

// places are the directories for the file browser: the home, with what is
// mounted in it, and what is mounted elsewhere.
func (c Config) places() []browse.Place {
	places := []browse.Place{{Name: path.Base(c.Dir), Dir: c.Dir}}
	for _, bind := range c.Root.Binds {
		if bind.Folder && !strings.HasPrefix(bind.Target, c.Dir+"/") {
			places = append(places, browse.Place{Name: strings.ReplaceAll(bind.Target[1:], "/", "∕"), Dir: bind.Target})
		}
	}
	return places
}

// serveGuests is the process. It ends with the init process.
func serveGuests() {
	// Nothing it starts may take connections in its place.
	unix.CloseOnExec(helperFD)
	home, err := os.Getwd()
	if err != nil {
		return
	}
	connection, err := unixOf(os.NewFile(helperFD, "guests"))
	if err != nil {
		return
	}
	served := guestServer{home: home}
	wire := NewWire(connection)
	for {
		var message guest
		files, err := wire.Receive(&message)
		if err != nil {
			return
		}
		for _, file := range files {
			if connection, err := net.FileConn(file); err == nil {
				served.take(message, connection)
			}
			file.Close()
		}
	}
}

// guestServer serves connections in the process.
type guestServer struct {
	home    string
	ssh     *sshd.Server
	browser chan net.Conn
}

func (s *guestServer) take(message guest, connection net.Conn) {
	var err error
	switch message.Port {
	case SSHPort:
		if s.ssh == nil {
			s.ssh, err = sshd.New(sshd.Options{HostKey: message.HostKey, Home: s.home, Env: os.Environ()})
		}
		if err == nil {
			go s.ssh.Serve(connection)
			return
		}
	case BrowsePort:
		if s.browser == nil {
			err = s.startBrowser(message.Places)
		}
		if err == nil {
			s.browser <- connection
			return
		}
	}
	connection.Close()
}

func (s *guestServer) startBrowser(places []browse.Place) error {
	page, err := browse.New(places)
	if err != nil {
		return err
	}
	connections := make(handed)
	s.browser = connections
	server := http.Server{Handler: page, ReadHeaderTimeout: headerPatience, IdleTimeout: time.Minute}
	go func() { _ = server.Serve(connections) }()
	return nil
}

// handed is a listener of connections that come from somewhere else.
type handed chan net.Conn

// Accept gives the next connection.
func (h handed) Accept() (net.Conn, error) { return <-h, nil }

// Close does nothing: the process ends with the kernel.
func (h handed) Close() error { return nil }

// Addr names the listener.
func (h handed) Addr() net.Addr { return &net.UnixAddr{Name: "guests", Net: "unix"} }

// listenForSSH takes SSH connections from the other kernels of the cluster.
func (k *kernel) listenForSSH(ctx context.Context) error {
	address := net.TCPAddr{IP: k.config.Network.Address.AsSlice(), Port: SSHPort}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", address.String())
	if err != nil {
		return err
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			if file, err := fileOf(connection); err == nil {
				_ = k.handOver(SSHPort, file) // the other side sees the connection end
				file.Close()
			}
			connection.Close()
		}
	}()
	return nil
}
