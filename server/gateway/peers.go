package gateway

import (
	"net/http"
	"net/netip"
	"strings"
)

// Peers tells a proxy in front of this server from a client. The zero value
// trusts nobody. It does not cover a proxy that forwards headers of its clients
// unread: such a proxy must not be trusted.
type Peers struct {
	Trusted []netip.Prefix
}

// remote is the address at the other end of the connection; it is invalid in
// the tests of handlers.
func remote(r *http.Request) netip.Addr {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return address.Addr().Unmap().WithZone("")
}

func (p Peers) trusts(address netip.Addr) bool {
	for _, prefix := range p.Trusted {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}

// Client is the address that the request came from: the last one in
// X-Forwarded-For that is not a trusted proxy, if the connection is from one.
func (p Peers) Client(r *http.Request) netip.Addr {
	address := remote(r)
	if len(p.Trusted) == 0 || !p.trusts(address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break // what is left of it was not written by our proxy
		}
		address = hop.Unmap()
		if !p.trusts(address) {
			break
		}
	}
	return address
}

// Secure reports whether the browser came over TLS.
func (p Peers) Secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	return len(p.Trusted) > 0 && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") && p.trusts(remote(r))
}

// Host is the host that the browser asked for.
func (p Peers) Host(r *http.Request) string {
	if len(p.Trusted) > 0 {
		if host := r.Header.Get("X-Forwarded-Host"); host != "" && p.trusts(remote(r)) {
			return host
		}
	}
	return r.Host
}

// Origin is the origin that the browser sees: scheme, host and port.
func (p Peers) Origin(r *http.Request) string {
	if p.Secure(r) {
		return "https://" + p.Host(r)
	}
	return "http://" + p.Host(r)
}

// fromBrowser reports whether a browser made the request. Browsers send
// Sec-Fetch-Site wherever cookies are worth stealing (TLS, localhost), and
// Origin with everything that writes; other programs send neither.
func fromBrowser(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
}
