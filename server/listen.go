package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// listen opens a port, or says what to do when it cannot. setting names the flag.
func listen(setting, address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		return listener, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("another program listens on %s already: stop it, or choose another port with --%s", address, setting)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("this user may not listen on %s: choose a port above 1023 with --%s", address, setting)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("%s is not an address of this machine: choose one that is with --%s", address, setting)
	default:
		return nil, fmt.Errorf("--%s: %w", setting, err)
	}
}

// loadCertificate reads the certificate of the web interface.
func loadCertificate(certFile, keyFile string) (*tls.Config, error) {
	certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("the certificate of --tls-cert and --tls-key cannot be used: %w", err)
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{certificate},
	}, nil
}

// isLoopback reports whether only this machine reaches a listener.
func isLoopback(listener net.Listener) bool {
	address, ok := listener.Addr().(*net.TCPAddr)
	return ok && address.IP.IsLoopback()
}

// baseURL is how a browser on this machine reaches a listener.
func baseURL(scheme string, listener net.Listener) string {
	address, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return scheme + "://" + listener.Addr().String()
	}
	host := address.IP
	if host.IsUnspecified() {
		host = net.IPv4(127, 0, 0, 1)
	}
	return scheme + "://" + net.JoinHostPort(host.String(), fmt.Sprint(address.Port))
}

// The limits of a connection. There is none on a whole request or answer: uploads,
// events and terminals take as long as they take. The next piece of a request's body
// and of an answer have one, see [unstalled] and [unread].
const (
	readHeaderTimeout = 10 * time.Second
	stallTimeout      = time.Minute
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
)

// newHTTPServer makes a server for a handler. Its requests end with ctx, also
// those of connections that were hijacked.
func newHTTPServer(ctx context.Context, handler http.Handler, logger *slog.Logger) *http.Server {
	server := &http.Server{
		Handler:           guard(logger, unread(unstalled(handler))),
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		// Broken handshakes and the like: daily noise on an open port.
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
	}
	closeUnused(server)
	return server
}

// closeUnused makes a server that shuts down close the connections on which
// nothing was asked yet. Browsers and proxies open some in advance, and Shutdown
// alone would wait five seconds for each.
func closeUnused(server *http.Server) {
	var mu sync.Mutex
	unused := map[net.Conn]bool{}
	server.ConnState = func(c net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		if state == http.StateNew {
			unused[c] = true
		} else {
			delete(unused, c)
		}
	}
	server.RegisterOnShutdown(func() {
		mu.Lock()
		defer mu.Unlock()
		for c := range unused {
			c.Close() // whoever is at the other end sees no less
		}
	})
}
