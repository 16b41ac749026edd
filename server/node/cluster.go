package node

import (
	"fmt"
	"net/netip"
	"slices"
)

// Cluster makes kernels see each other: those with the same ID share a private
// network, in which each is found by its host name. They have loopback
// interfaces of their own, so that programs on several can use the same port.
// Kernels of other clusters, and the host, are not in it. Clusters take isolation
// and /dev/net/tun.
//
// The server carries the packets: while it is down they are lost, and connections
// inside the cluster wait.
type Cluster struct {
	ID string // letters, digits, - and _, at most 64
	// Hosts are the host names of all its kernels, in the same order for each.
	// The kernel's own is among them.
	Hosts []string
}

// maxHosts bounds the kernels of a cluster.
const maxHosts = 250

// networkBits and clusterNetwork are the network of every cluster. They do not
// see each other, so all can have the same.
const networkBits = 24

func clusterNetwork() netip.Addr { return netip.AddrFrom4([4]byte{10, 250, 0, 0}) }

// address is that of a host.
func (c Cluster) address(index int) netip.Addr {
	base := clusterNetwork().As4()
	base[3] = byte(index + 1)
	return netip.AddrFrom4(base)
}

// check refuses a cluster that cannot be.
func (c Cluster) check(hostname string) error {
	switch {
	case !identifiers.MatchString(c.ID):
		return fmt.Errorf("cluster ID %q: only letters, digits, - and _, at most 64", c.ID)
	case len(c.Hosts) > maxHosts:
		return fmt.Errorf("a cluster has at most %d kernels", maxHosts)
	case !slices.Contains(c.Hosts, hostname):
		return fmt.Errorf("the host name %q is not one of the cluster's", hostname)
	}
	for i, host := range c.Hosts {
		if !hostnames.MatchString(host) || slices.Contains(c.Hosts[:i], host) {
			return fmt.Errorf("the cluster's host name %q is none or not the only one", host)
		}
	}
	return nil
}
