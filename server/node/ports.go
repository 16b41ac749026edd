package node

import (
	"context"
	"errors"
	"net"
)

// Ports is the way to the programs that listen inside kernels. [Local] has it.
type Ports interface {
	// Dial connects to a TCP port of a kernel's loopback interface, which nothing
	// outside the kernel can reach otherwise. [TerminalPort], [SSHPort] and
	// [BrowsePort] are always there. The connection is the kernel's own socket, so
	// that nothing is copied on the way. The errors are [ErrUnknown], [ErrEnded],
	// [ErrNoPort] if nothing listens there and [ErrBusy] if the kernel has
	// [MaxConnections] already.
	Dial(ctx context.Context, id string, port int) (net.Conn, error)
}

// TerminalPort is the port of a kernel's terminals: ttyd's protocol over HTTP,
// as package tty describes it. It is the port of the service "ttyd" in every
// Backend.AI container.
const TerminalPort = 7681

// SSHPort is the port of a kernel's SSH server (package sshd), which is there
// without being started; it is the port of the service "sshd" in every
// Backend.AI container. BrowsePort is that of its file browser (package browse).
const (
	SSHPort    = 2200
	BrowsePort = 2003
)

// MaxConnections is how many connections of [Ports] a kernel can have at a time.
const MaxConnections = 512

// The errors of [Ports], to test for with errors.Is.
var (
	ErrEnded  = errors.New("the kernel has ended")
	ErrNoPort = errors.New("nothing listens on the port")
	ErrBusy   = errors.New("too much is going on in the kernel at once")
)
