package nodetest

import (
	"context"
	"fmt"
	"net"

	"github.com/baiui/baiui/server/node"
)

var _ node.Ports = (*Node)(nil)

// Listen lets serve answer connections to a port of a kernel.
func (n *Node) Listen(id string, number int, serve func(net.Conn)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ports[port{id, number}] = serve
}

// Dial implements node.Ports with pipes in memory.
func (n *Node) Dial(_ context.Context, id string, number int) (net.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	k := n.kernels[id]
	switch {
	case k == nil:
		return nil, errUnknown(id)
	case k.State != node.StateRunning:
		return nil, fmt.Errorf("kernel %s: %w", id, node.ErrEnded)
	}
	serve := n.ports[port{id, number}]
	if serve == nil {
		return nil, fmt.Errorf("kernel %s: port %d: %w", id, number, node.ErrNoPort)
	}
	near, far := net.Pipe()
	go serve(far)
	return near, nil
}
