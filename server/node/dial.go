//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"github.com/baiui/baiui/server/node/pid1"
)

var _ Ports = (*Local)(nil)

// Dial connects to a port inside a kernel. Without isolation the port is one of
// the host's, whoever listens there.
func (l *Local) Dial(ctx context.Context, id string, port int) (net.Conn, error) {
	k, err := l.find(id)
	if err != nil {
		return nil, err
	}
	if k.connections.Add(1) > MaxConnections {
		k.connections.Add(-1)
		return nil, fmt.Errorf("kernel %s: %w", id, ErrBusy)
	}
	connection, err := k.dial(ctx, port)
	if err != nil {
		k.connections.Add(-1)
		return nil, err
	}
	return &tunnel{Conn: connection, closed: sync.OnceFunc(func() { k.connections.Add(-1) })}, nil
}

func (k *kernel) dial(ctx context.Context, port int) (net.Conn, error) {
	_, files, err := k.callRunning(ctx, pid1.Request{Op: pid1.OpDial, Port: port})
	if err != nil {
		if errors.Is(err, ErrNoPort) {
			err = fmt.Errorf("port %d: %w", port, err)
		}
		return nil, err
	}
	defer closeFiles(files)
	if len(files) != 1 {
		return nil, fmt.Errorf("kernel %s: the init process sent no connection", k.id)
	}
	return net.FileConn(files[0])
}

// tunnel is a connection that is counted. It keeps the ways of the socket below
// it to copy without the data passing through this process.
type tunnel struct {
	net.Conn
	closed func()
}

func (t *tunnel) Close() error {
	t.closed()
	return t.Conn.Close()
}

// CloseWrite tells the other side that nothing more will come.
func (t *tunnel) CloseWrite() error {
	if half, ok := t.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

func (t *tunnel) ReadFrom(from io.Reader) (int64, error) { return io.Copy(t.Conn, from) }
func (t *tunnel) WriteTo(to io.Writer) (int64, error)    { return io.Copy(to, t.Conn) }
