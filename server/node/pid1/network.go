//go:build linux

package pid1

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Network is the private network of a kernel that belongs to a cluster.
type Network struct {
	Address netip.Addr // its own, IPv4
	Bits    int        // of the network
	Hosts   []Host
}

// Host is a name in the network.
type Host struct {
	Name    string
	Address netip.Addr
}

const (
	// networkDevice is the name of the kernel's interface, the usual one.
	networkDevice = "eth0"
	// networkMTU is large because packets go through memory only.
	networkMTU = 65520
	// networkVariable tells the second stage the descriptor of the interface.
	networkVariable = "KERNEL_NETWORK_FD"
)

// joinNetwork makes the kernel's interface. What is sent to it comes out of the
// file, which stays open beyond the next exec; the server carries the packets.
func joinNetwork(network *Network) error {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("/dev/net/tun: %w", err)
	}
	request, err := unix.NewIfreq(networkDevice)
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		return fmt.Errorf("make the interface: %w", err)
	}
	if err := os.Setenv(networkVariable, strconv.Itoa(fd)); err != nil {
		return err
	}
	return configure(network)
}

// configure gives the interface its address and brings it up.
func configure(network *Network) error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	mask := netip.PrefixFrom(network.Address, network.Bits)
	if !mask.IsValid() || !network.Address.Is4() {
		return fmt.Errorf("%v/%d is not an IPv4 network", network.Address, network.Bits)
	}
	var maskBytes [4]byte
	binary.BigEndian.PutUint32(maskBytes[:], ^uint32(0)<<(32-network.Bits))
	for _, step := range []struct {
		name string
		code uint
		set  func(*unix.Ifreq) error
	}{
		{"address", unix.SIOCSIFADDR, func(r *unix.Ifreq) error { a := network.Address.As4(); return r.SetInet4Addr(a[:]) }},
		{"mask", unix.SIOCSIFNETMASK, func(r *unix.Ifreq) error { return r.SetInet4Addr(maskBytes[:]) }},
		{"packet size", unix.SIOCSIFMTU, func(r *unix.Ifreq) error { r.SetUint32(networkMTU); return nil }},
		{"state", unix.SIOCSIFFLAGS, func(r *unix.Ifreq) error { r.SetUint16(unix.IFF_UP); return nil }},
	} {
		request, err := unix.NewIfreq(networkDevice)
		if err == nil {
			err = step.set(request)
		}
		if err == nil {
			err = unix.IoctlIfreq(socket, step.code, request)
		}
		if err != nil {
			return fmt.Errorf("set the %s of the interface: %w", step.name, err)
		}
	}
	return nil
}

// inheritNetwork gives the interface that the first stage left open, nil if
// there is none.
func inheritNetwork() *os.File {
	fd, err := strconv.Atoi(os.Getenv(networkVariable))
	if err != nil {
		return nil
	}
	return os.NewFile(uintptr(fd), networkDevice)
}

// hosts is the content of /etc/hosts.
func hosts(config Config) string {
	var text strings.Builder
	if config.Network == nil {
		fmt.Fprintf(&text, "127.0.0.1\tlocalhost %s\n", config.Hostname)
	} else {
		text.WriteString("127.0.0.1\tlocalhost\n")
	}
	text.WriteString("::1\tlocalhost ip6-localhost ip6-loopback\n")
	if config.Network != nil {
		for _, host := range config.Network.Hosts {
			fmt.Fprintf(&text, "%s\t%s\n", host.Address, host.Name)
		}
	}
	return text.String()
}

// answerNetwork brings the kernel's interface to the server.
func (k *kernel) answerNetwork() Answer {
	if k.network == nil {
		return Answer{Error: "the kernel is in no cluster"}
	}
	file, err := fileAgain(k.network)
	if err != nil {
		return failed(err)
	}
	return Answer{files: []*os.File{file}}
}
