package main

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/baiui/baiui/server/gateway"
	"github.com/baiui/baiui/server/host"
	"github.com/baiui/baiui/web"
)

// site is everything that is served to a browser: the gateway, and the page for
// all other addresses.
type site struct {
	gateway *gateway.Gateway
	page    http.Handler
	// secure reports whether the browser came over TLS.
	secure func(*http.Request) bool
	// localNames says that only this machine can come here, and by names of its
	// own. A page from elsewhere whose name was made to lead here after it was
	// loaded (DNS rebinding) would be of one origin with this server.
	localNames bool
}

// strictTransport makes a browser that came over TLS once never come without.
// Subdomains are not ours to decide about.
const strictTransport = "max-age=31536000"

// newSite makes the site. A program without a bundle serves the API alone and
// says so.
func newSite(g *gateway.Gateway, secure func(*http.Request) bool, localNames bool, options host.Options) (http.Handler, error) {
	s := site{gateway: g, secure: secure, localNames: localNames}
	assets, err := web.Manifest()
	switch {
	case errors.Is(err, web.ErrNoBundle):
		options.Log.Warn("the page cannot be served", "error", err)
		s.page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			gateway.WriteProblem(w, http.StatusServiceUnavailable, "service-unavailable", "The page cannot be served.", err.Error())
		})
	case err != nil:
		return nil, err
	default:
		options.Files, options.Assets, options.Pages = web.Dist(), assets, newLazyPages(assets)
		s.page = host.New(options)
	}
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.secure(r) {
		w.Header().Set("Strict-Transport-Security", strictTransport)
	}
	switch {
	case s.localNames && !isLocalName(r.Host):
		gateway.WriteProblem(w, http.StatusMisdirectedRequest, "misdirected-request", "This is not the host that was asked for.",
			"The server listens on this machine alone and answers to localhost and to addresses. If a proxy stands in front of it, name the proxy with --trusted-proxy.")
	case s.gateway.Owns(r):
		s.gateway.ServeHTTP(w, r)
	default:
		s.page.ServeHTTP(w, r)
	}
}

// isLocalName reports whether a Host header is one that cannot be made to lead
// here by anybody else: an address, or a name under localhost (RFC 6761, 6.3).
func isLocalName(hostport string) bool {
	name := hostport
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		name = host
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil
}
