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

var _ node.Services = (*Node)(nil)

// StartService implements node.Services: the service listens where the test
// says, or fails with what FailService was given.
func (n *Node) StartService(_ context.Context, id string, s node.Service) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k := n.kernels[id]; k == nil || k.State != node.StateRunning {
		return errUnknown(id)
	}
	n.started = append(n.started, s)
	return n.serviceError
}

// FailService makes StartService answer with err; nil ends that.
func (n *Node) FailService(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.serviceError = err
}

// Started lists the services that were started, in order.
func (n *Node) Started() []node.Service {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]node.Service(nil), n.started...)
}

// StopService implements node.Services.
func (n *Node) StopService(_ context.Context, id, _ string) error { return n.alive(id) }

// ServiceLog implements node.Services.
func (n *Node) ServiceLog(_ context.Context, id, _ string, _ int64) ([]byte, error) {
	return nil, n.alive(id)
}

// Interrupt implements node.Services.
func (n *Node) Interrupt(_ context.Context, id string) error { return n.alive(id) }

func (n *Node) alive(id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.kernels[id] == nil {
		return errUnknown(id)
	}
	return nil
}
