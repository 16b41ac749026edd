package nodetest

import (
	"context"
	"fmt"
	"maps"
	"net"
	"sync"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/node"
)

// Node is a [node.Node] in memory. The zero value is not usable; see [New].
type Node struct {
	mu      sync.Mutex
	info    node.Info
	now     func() time.Time
	kernels map[string]*kernel
	created []node.Spec
	ports   map[port]func(net.Conn)
	started []node.Service
	events  chan node.Event
	closed  bool

	// createError is what Create answers with, hold what it waits for.
	createError error
	hold        chan struct{}
	// serviceError is what StartService answers with.
	serviceError error
}

type port struct {
	kernel string
	number int
}

type kernel struct {
	node.Kernel
	files map[string]string
	log   []byte
	stats model.Metrics
}

// New is a node of the given size. Its events hold a thousand before the
// test's actions wait.
func New(cpu, mem string) *Node {
	return &Node{
		info: node.Info{ID: "i-test", Architecture: "x86_64", Isolation: node.IsolationNamespaces, Limits: "cgroup2",
			Levels: []node.Level{{Isolation: node.IsolationNamespaces}, {Isolation: node.IsolationNone}}, Mounts: true, Clusters: true,
			Slots: model.ResourceSlots{"cpu": cpu, "mem": mem}},
		now:     time.Now,
		kernels: map[string]*kernel{},
		ports:   map[port]func(net.Conn){},
		events:  make(chan node.Event, 1000),
	}
}

// Info implements node.Node.
func (n *Node) Info() node.Info {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.info
}

// Weaken makes it a machine that does not isolate.
func (n *Node) Weaken() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.info.Isolation, n.info.Mounts, n.info.Clusters = node.IsolationNone, false, false
}

// FailCreate makes Create answer with err; nil ends that.
func (n *Node) FailCreate(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.createError = err
}

// HoldCreate makes Create wait until the returned function is called.
func (n *Node) HoldCreate() (release func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	hold := make(chan struct{})
	n.hold = hold
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.hold = nil
		close(hold)
	}
}

// Create implements node.Node.
func (n *Node) Create(ctx context.Context, spec node.Spec) error {
	n.mu.Lock()
	hold := n.hold
	n.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.createError != nil {
		return n.createError
	}
	if n.kernels[spec.ID] != nil {
		return fmt.Errorf("kernel %s: %w", spec.ID, node.ErrExists)
	}
	n.created = append(n.created, spec)
	n.kernels[spec.ID] = &kernel{Kernel: node.Kernel{ID: spec.ID, State: node.StateRunning, StartedAt: n.now()}}
	return nil
}

// Created lists the specs of all kernels that were ever created, in order.
func (n *Node) Created() []node.Spec {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]node.Spec(nil), n.created...)
}

// Restart implements node.Node.
func (n *Node) Restart(_ context.Context, id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k := n.kernels[id]; k == nil || k.State != node.StateRunning {
		return errUnknown(id)
	}
	return nil
}

func errUnknown(id string) error { return fmt.Errorf("kernel %s: %w", id, node.ErrUnknown) }

// Destroy implements node.Node.
func (n *Node) Destroy(_ context.Context, id string, _ time.Duration) (node.Exit, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	k := n.kernels[id]
	if k == nil {
		return node.Exit{}, errUnknown(id)
	}
	if k.Exit == nil {
		k.State = node.StateEnded
		k.Exit = &node.Exit{Code: 143, Reason: node.EndDestroyed, At: n.now(), Stats: k.stats}
	}
	return *k.Exit, nil
}

// End lets a kernel end by itself and reports it.
func (n *Node) End(id string, code int, reason node.EndReason) {
	exit := node.Exit{Code: code, Reason: reason, At: n.now()}
	n.mu.Lock()
	if k := n.kernels[id]; k != nil {
		exit.Stats = k.stats
		k.State, k.Exit = node.StateEnded, &exit
	}
	n.mu.Unlock()
	n.events <- node.Event{KernelID: id, Exit: exit}
}

// Forget removes a kernel without a word, as a reboot does.
func (n *Node) Forget(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.kernels, id)
}

// Remove implements node.Node.
func (n *Node) Remove(_ context.Context, id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k := n.kernels[id]; k != nil && k.State == node.StateRunning {
		return node.ErrRunning
	}
	delete(n.kernels, id)
	return nil
}

// Kernels implements node.Node.
func (n *Node) Kernels() []node.Kernel {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := make([]node.Kernel, 0, len(n.kernels))
	for _, k := range n.kernels {
		out = append(out, k.Kernel)
	}
	return out
}

// SetStats gives a kernel its metrics.
func (n *Node) SetStats(id string, m model.Metrics) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k := n.kernels[id]; k != nil {
		k.stats = m
	}
}

// Stats implements node.Node.
func (n *Node) Stats(id string) model.Metrics {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k := n.kernels[id]; k != nil {
		return maps.Clone(k.stats)
	}
	return nil
}

// SetLog gives a kernel its output.
func (n *Node) SetLog(id, text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k := n.kernels[id]; k != nil {
		k.log = []byte(text)
	}
}

// Log implements node.Node.
func (n *Node) Log(_ context.Context, id string, limit int64) ([]byte, bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	k := n.kernels[id]
	if k == nil {
		return nil, false, errUnknown(id)
	}
	if over := int64(len(k.log)) - limit; over > 0 {
		return append([]byte(nil), k.log[over:]...), true, nil
	}
	return append([]byte(nil), k.log...), false, nil
}

// Events implements node.Node.
func (n *Node) Events() <-chan node.Event { return n.events }

// Close implements node.Node.
func (n *Node) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.closed {
		n.closed = true
		close(n.events)
	}
	return nil
}
