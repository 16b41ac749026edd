//go:build linux

package node

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/pid1"
)

// network is the switch of one cluster: it carries packets between the
// interfaces of its kernels.
type network struct {
	mu    sync.RWMutex
	ports map[netip.Addr]*os.File
}

// networks are the switches by cluster.
type networks struct {
	mu sync.Mutex
	by map[string]*network
}

// networkOf describes a kernel's place in its cluster, nil without one.
func networkOf(spec Spec) *pid1.Network {
	if spec.Cluster == nil {
		return nil
	}
	described := &pid1.Network{Bits: networkBits}
	for i, name := range spec.Cluster.Hosts {
		described.Hosts = append(described.Hosts, pid1.Host{Name: name, Address: spec.Cluster.address(i)})
		if name == spec.Hostname {
			described.Address = spec.Cluster.address(i)
		}
	}
	return described
}

// connect plugs a running kernel into its cluster.
func (l *Local) connect(ctx context.Context, k *kernel) error {
	described := networkOf(k.spec)
	if described == nil {
		return nil
	}
	answer, files, err := k.call(ctx, pid1.Request{Op: pid1.OpNetwork})
	if err == nil && answer.Error != "" {
		err = errors.New(answer.Error)
	}
	if err != nil || len(files) != 1 {
		closeFiles(files)
		return errors.Join(errors.New("the init process has no network"), err)
	}
	// Non-blocking, so that waiting for packets takes no thread.
	fd, err := unix.FcntlInt(files[0].Fd(), unix.F_DUPFD_CLOEXEC, 0)
	closeFiles(files)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		return err
	}
	port := os.NewFile(uintptr(fd), k.spec.Hostname)
	network := l.networks.plug(k.spec.Cluster.ID, described.Address, port)
	if !l.background(func() { network.carry(described.Address, port) }) {
		port.Close()
	}
	return nil
}

// disconnect unplugs a kernel. Its interface would keep its network namespace.
func (l *Local) disconnect(k *kernel) {
	if described := networkOf(k.spec); described != nil {
		l.networks.unplug(k.spec.Cluster.ID, described.Address)
	}
}

func (n *networks) plug(cluster string, address netip.Addr, port *os.File) *network {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.by == nil {
		n.by = make(map[string]*network)
	}
	network, known := n.by[cluster]
	if !known {
		network = newNetwork()
		n.by[cluster] = network
	}
	network.mu.Lock()
	defer network.mu.Unlock()
	if before := network.ports[address]; before != nil {
		before.Close()
	}
	network.ports[address] = port
	return network
}

func newNetwork() *network { return &network{ports: make(map[netip.Addr]*os.File)} }

func (n *networks) unplug(cluster string, address netip.Addr) {
	n.mu.Lock()
	defer n.mu.Unlock()
	network := n.by[cluster]
	if network == nil {
		return
	}
	network.mu.Lock()
	defer network.mu.Unlock()
	if port := network.ports[address]; port != nil {
		port.Close()
		delete(network.ports, address)
	}
	if len(network.ports) == 0 {
		delete(n.by, cluster)
	}
}

// close unplugs everything.
func (n *networks) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, network := range n.by {
		network.mu.Lock()
		for _, port := range network.ports {
			port.Close()
		}
		network.mu.Unlock()
	}
	n.by = nil
}

// maxPacket is the longest packet there is.
const maxPacket = 64 << 10

// carry takes the packets of one interface to where they go, until it is
// closed.
func (n *network) carry(from netip.Addr, port *os.File) {
	packet := make([]byte, maxPacket)
	for {
		size, err := port.Read(packet)
		if err != nil {
			return
		}
		source, to, ok := addresses(packet[:size])
		if !ok || source != from {
			continue // not IPv4, or under another's name
		}
		n.mu.RLock()
		if target := n.ports[to]; target != nil {
			_, _ = target.Write(packet[:size]) // a lost packet is sent again
		}
		n.mu.RUnlock()
	}
}

// addresses gives where an IPv4 packet comes from and goes to.
func addresses(packet []byte) (from, to netip.Addr, ok bool) {
	if len(packet) < 20 || packet[0]>>4 != 4 {
		return netip.Addr{}, netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte(packet[12:16])), netip.AddrFrom4([4]byte(packet[16:20])), true
}

// reconnect plugs the kernels that an earlier server left into their clusters.
func (l *Local) reconnect(k *kernel) {
	if k.spec.Cluster == nil {
		return
	}
	l.background(func() {
		ctx, cancel := context.WithTimeout(context.Background(), talk)
		defer cancel()
		if err := l.connect(ctx, k); err != nil {
			l.log.Warn("a kernel cannot be reached by its cluster", "kernel", k.id, "error", err)
		}
		if !k.alive() {
			l.disconnect(k)
		}
	})
}
