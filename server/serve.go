package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/server/config"
	"github.com/baiui/baiui/server/gateway"
	"github.com/baiui/baiui/server/host"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/store"
)

// drain is how long requests may take to finish when the server stops.
const drain = 5 * time.Second

// collectAt is the growth of the heap, in percent, at which garbage is collected.
// A relay keeps a few MiB and drops some 20 kB per request, so that Go's default of
// 100 would collect every few hundred requests; this takes a few MiB more for less
// of that.
const collectAt = 200

// server is everything that `baiui serve` runs.
type server struct {
	config    config.Config
	log       *slog.Logger
	out       io.Writer
	listener  net.Listener // of the web interface
	ui        string       // its URL
	tls       *tls.Config  // nil for plain HTTP
	manager   *url.URL
	transport *http.Transport
	embedded  *embedded // nil with --manager
	signins   *gateway.Signins
	site      http.Handler
	apps      *openApps
}

// serve runs the server until ctx ends.
func serve(ctx context.Context, c invocation) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	s := &server{config: c.Config, log: newLog(c.err, c.Config), out: c.out}
	warnOfOpenSecrets(c, s.log)
	if err := s.open(ctx); err != nil {
		return errors.Join(err, s.close())
	}
	err := s.run(ctx)
	if s.embedded != nil {
		tellRunning(s.out, s.embedded.node, s.config.Data)
	}
	return errors.Join(err, s.close())
}

// warnOfOpenSecrets tells of a secret in a configuration file that others can read.
// It is no error: in a container there may be no others.
func warnOfOpenSecrets(c invocation, log *slog.Logger) {
	for _, value := range c.Values {
		if !value.Key.Secret || value.Text == "" || value.Origin != c.Config.File {
			continue
		}
		if info, err := os.Stat(c.Config.File); err == nil && info.Mode().Perm()&0o077 != 0 {
			log.Warn("others can read the configuration file, which holds "+value.Key.Name+"; run: chmod 600 "+c.Config.File, "mode", info.Mode().Perm())
		}
	}
}

// open prepares everything that can fail.
func (s *server) open(ctx context.Context) (err error) {
	c := s.config
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("the data folder cannot be made: %w; choose another with --data", err)
	}
	if s.listener, err = listen("listen", c.Listen); err != nil {
		return err
	}
	s.ui = baseURL("http", s.listener)
	if c.TLSCert != "" {
		if s.tls, err = loadCertificate(c.TLSCert, c.TLSKey); err != nil {
			return err
		}
		s.ui = baseURL("https", s.listener)
	} else if !isLoopback(s.listener) && len(c.TrustedProxies) == 0 {
		s.log.Warn("passwords travel unencrypted to this address: give --tls-cert and --tls-key, or put a proxy with TLS in front and name it with --trusted-proxy", "listen", c.Listen)
	}
	if s.apps, err = listenForApps(c, s.tls); err != nil {
		return err
	}
	if err := s.openManager(ctx); err != nil {
		return err
	}
	if s.signins, err = openSignins(c, s.log); err != nil {
		return err
	}
	if s.embedded != nil {
		s.embedded.store.OnRevoke(s.endSignins)
	}
	prefixes, err := config.ParsePrefixes(c.TrustedProxies)
	if err != nil {
		return err
	}
	peers := gateway.Peers{Trusted: prefixes}
	if err := s.apps.open(s, peers); err != nil {
		return err
	}
	info, origins := describe(s.manager, s.embedded != nil, c.AllowEndpoints)
	info.PublicApps = c.AppsPublic
	g := gateway.New(gateway.Options{
		Manager: s.manager, Transport: s.transport, Domain: c.Domain, Signins: s.signins, Peers: peers,
		MaxBody: c.MaxBody, Info: info, Log: s.log, Apps: s.apps.apps.ServePage,
	})
	// Over TLS the certificate tells who may be asked for, behind a proxy the proxy.
	localNames := isLoopback(s.listener) && s.tls == nil && len(prefixes) == 0
	s.site, err = newSite(g, peers.Secure, localNames, host.Options{
		SignedIn: g.SignedIn, Policy: host.Policy{ConnectTo: origins}, Log: s.log,
	})
	return err
}

// endSignins ends the sign-ins whose key pairs are not what they were, but for the
// one that the change came from.
func (s *server) endSignins(ctx context.Context, r store.Revocation) {
	code := client.CodeAccountClosed
	if r.Password {
		code = client.CodePasswordChanged
	}
	s.signins.EndOf(r.AccessKeys, api.SigninOf(ctx), code)
}

// openManager finds the manager: the one that was named, or the one inside.
func (s *server) openManager(ctx context.Context) (err error) {
	c := s.config
	roots, err := loadRoots(c.ManagerCA)
	if err != nil {
		return err
	}
	s.transport = gateway.NewTransport(roots)
	if c.Manager != "" {
		s.manager, err = config.ParseEndpoint(c.Manager)
		return err
	}
	if s.embedded, err = openEmbedded(ctx, c, []net.Listener{s.listener, s.apps.listener}, s.log); err != nil {
		s.embedded = nil
		return err
	}
	s.manager, err = config.ParseEndpoint(baseURL("http", s.embedded.listener))
	return err
}

// openSignins opens the table of who is signed in.
func openSignins(c config.Config, log *slog.Logger) (*gateway.Signins, error) {
	key, err := c.SigninKeyBytes()
	if err != nil {
		return nil, err
	}
	if key == nil {
		if key, err = gateway.KeyFile(filepath.Join(c.Data, "signin.key")); err != nil {
			return nil, fmt.Errorf("the key of stored sign-ins: %w", err)
		}
	}
	signins, err := gateway.OpenSignins(filepath.Join(c.Data, "signins"), key, c.SigninIdle, c.SigninLifetime, log)
	if errors.Is(err, gateway.ErrInUse) {
		return nil, inUse(c.Data)
	}
	return signins, err
}

// inUse is the error of a second server in one data folder.
func inUse(data string) error {
	return fmt.Errorf("another server uses the folder %s: stop it, or choose another folder with --data", data)
}

// describe says what the sign-in form may offer, and the origins that the page may
// connect to for it.
func describe(manager *url.URL, embedded bool, allowed []string) (info gateway.Info, origins []string) {
	info = gateway.Info{Version: buildVersion(), Embedded: embedded, Manager: manager.String(), Modes: []string{"SESSION", "API"}}
	endpoints := []*url.URL{manager}
	for _, text := range allowed {
		if u, err := config.ParseEndpoint(text); err == nil { // checked when it was read
			endpoints = append(endpoints, u)
		}
	}
	for _, u := range endpoints {
		info.Endpoints = append(info.Endpoints, gateway.Endpoint{URL: u.String(), Label: u.Host})
		origins = append(origins, u.Scheme+"://"+u.Host)
	}
	return info, origins
}

// run serves until ctx ends or something breaks.
func (s *server) run(ctx context.Context) error {
	// Requests and the manager outlive ctx by the time that draining takes.
	requests, endRequests := context.WithCancel(context.WithoutCancel(ctx))
	defer endRequests()
	scheduling, endScheduling := context.WithCancel(context.WithoutCancel(ctx))
	defer endScheduling()

	group, ctx := errgroup.WithContext(ctx)
	page := newHTTPServer(requests, s.site, s.log)
	page.TLSConfig = s.tls
	group.Go(func() error { return serveHTTP(page, s.listener) })
	opened := newHTTPServer(requests, s.apps.apps, s.log)
	opened.TLSConfig = s.apps.tls
	group.Go(func() error { return serveHTTP(opened, s.apps.listener) })
	servers := []*http.Server{page, opened}
	if e := s.embedded; e != nil {
		api := newHTTPServer(requests, e.manager.Handler(), s.log)
		servers = append(servers, api)
		group.Go(func() error { return serveHTTP(api, e.listener) })
		group.Go(func() error { return e.manager.Run(scheduling) })
	}
	group.Go(func() error { return s.announce(ctx) })
	group.Go(func() error {
		<-ctx.Done()
		s.log.Info("stopping")
		s.signins.EndStreams()
		s.apps.apps.Close()
		err := stop(servers, endRequests)
		endScheduling()
		return err
	})
	return group.Wait()
}

// serveHTTP serves until the server is shut down.
func serveHTTP(server *http.Server, listener net.Listener) error {
	serve := func() error { return server.Serve(listener) }
	if server.TLSConfig != nil {
		serve = func() error { return server.ServeTLS(listener, "", "") }
	}
	if err := serve(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// stop shuts servers down one after the other: whoever asks before whoever
// answers. What is not finished in time is cut.
func stop(servers []*http.Server, endRequests func()) error {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	var errs []error
	for _, server := range servers {
		if err := server.Shutdown(ctx); err != nil {
			endRequests()
			errs = append(errs, server.Close())
		}
	}
	endRequests()
	return errors.Join(errs...)
}

// announce prints where the server is, waits until the manager answers, and says
// that all is ready. A manager that is down is waited for; something that is no
// manager ends the server.
func (s *server) announce(ctx context.Context) error {
	fmt.Fprintf(s.out, "baiui %s: open %s/ in a browser\n", buildVersion(), s.ui)
	if s.embedded != nil {
		printAccounts(s.out, s.embedded.made, filepath.Join(s.config.Data, accountsFile))
	} else {
		fmt.Fprintf(s.out, "Sign in with an account of %s\n", s.manager)
	}
	if err := s.waitForManager(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // stopped while waiting
		}
		return err
	}
	fmt.Fprintf(s.out, "ready: ui=%s manager=%s apps=%s\n", s.ui, s.manager, s.apps.place)
	if s.config.Demo {
		if err := startDemo(ctx, s.manager.String(), filepath.Join(s.config.Data, accountsFile), s.log); err != nil && ctx.Err() == nil {
			s.log.Warn("not all sessions of the demonstration were started", "error", err)
		} else {
			s.log.Info("the demonstration is complete")
		}
	}
	return nil
}

// waitForManager looks at the manager until it answers.
func (s *server) waitForManager(ctx context.Context) error {
	ticker := time.NewTicker(probeEvery)
	defer ticker.Stop()
	for warned := false; ; {
		found, err := probe(ctx, s.transport, s.manager.String())
		var wrong *wrongManagerError
		switch {
		case err == nil:
			s.log.Info("the manager answers", "manager", s.manager, "release", found.release)
			if advice := found.clockAdvice(); advice != "" {
				s.log.Warn(advice)
			}
			return nil
		case errors.As(err, &wrong):
			return err
		case !warned && ctx.Err() == nil:
			s.log.Warn("the manager does not answer; people can sign in as soon as it does", "manager", s.manager, "error", err)
			warned = true
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// close gives back what open opened.
func (s *server) close() error {
	var errs []error
	if s.signins != nil {
		errs = append(errs, s.signins.Close())
	}
	if s.embedded != nil {
		errs = append(errs, s.embedded.close())
	}
	if s.apps != nil {
		errs = append(errs, s.apps.close())
	}
	if s.listener != nil {
		if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
