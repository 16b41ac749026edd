package callback

import (
	"errors"
	"net"
	"net/netip"
	"slices"
)

// ErrInternal: the address is not a public one.
var ErrInternal = errors.New("callbacks are only sent to public addresses")

// special are blocks that netip counts as global and that lead elsewhere: to
// shared, test and reserved networks, or to an IPv4 address inside an IPv6 one.
func special() []netip.Prefix {
	var out []netip.Prefix
	for _, text := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "fec0::/10"} {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}

// public reports whether an address is one that anybody could speak to. own are the
// addresses of this machine, which may be public and lead inside all the same.
func public(a netip.Addr, own []net.Addr) bool {
	a = a.WithZone("").Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	if slices.ContainsFunc(special(), func(p netip.Prefix) bool { return p.Contains(a) }) {
		return false
	}
	return !slices.ContainsFunc(own, func(o net.Addr) bool {
		p, err := netip.ParsePrefix(o.String())
		return err == nil && p.Addr().WithZone("").Unmap() == a
	})
}

// checkAddress is what a dialer asks before it connects to a resolved address.
func checkAddress(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrInternal
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return err
	}
	if !public(at.Addr(), own) {
		return ErrInternal
	}
	return nil
}
