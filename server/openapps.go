package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"

	"github.com/baiui/baiui/server/apps"
	"github.com/baiui/baiui/server/config"
	"github.com/baiui/baiui/server/gateway"
)

// openApps is the other origin of this server: that of the apps of sessions.
type openApps struct {
	listener net.Listener
	tls      *tls.Config // nil for plain HTTP
	place    apps.Place  // where a browser of this machine finds an app
	apps     *apps.Apps
}

// listenForApps opens the listener. It speaks TLS where the web interface does,
// except for names under localhost: no certificate is for those, and what goes to
// them does not leave the machine.
func listenForApps(c config.Config, certificate *tls.Config) (*openApps, error) {
	listener, err := listen("apps-listen", c.AppsAddress())
	if err != nil {
		return nil, err
	}
	o := &openApps{listener: listener}
	port := listener.Addr().(*net.TCPAddr).Port
	if c.AppsHost == "" {
		o.place = apps.LocalPlace("http", port)
		return o, nil
	}
	scheme := "http"
	if o.tls = certificate; o.tls != nil {
		scheme = "https"
	}
	if o.place, err = apps.ParsePlace(c.AppsHost, scheme, port); err != nil {
		return nil, errors.Join(fmt.Errorf("apps-host: %w", err), listener.Close())
	}
	return o, nil
}

// open makes the table of open apps, once the manager and the sign-ins are there.
func (o *openApps) open(s *server, peers gateway.Peers) error {
	key, err := appsKey(s.config)
	if err != nil {
		return err
	}
	endpoints := []*url.URL{s.manager}
	for _, text := range s.config.AllowEndpoints {
		if u, err := config.ParseEndpoint(text); err == nil { // checked when it was read
			endpoints = append(endpoints, u)
		}
	}
	options := apps.Options{
		Manager: s.manager, Endpoints: endpoints, Transport: s.transport, Key: key, Peers: peers,
		Public: s.config.AppsPublic, OwnCookie: s.signins.Opens, Log: s.log,
	}
	if s.config.AppsHost == "" {
		options.Local = o.place
	} else {
		options.Place = o.place
	}
	o.apps = apps.New(options)
	return nil
}

// appsKey is the key of the names of apps. It follows from that of the sign-ins,
// which stays the same over restarts, and gives nothing of it away.
func appsKey(c config.Config) ([]byte, error) {
	key, err := c.SigninKeyBytes()
	if key == nil && err == nil {
		key, err = gateway.KeyFile(filepath.Join(c.Data, "signin.key"))
	}
	if err != nil {
		return nil, fmt.Errorf("the key of stored sign-ins: %w", err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("names of apps"))
	return mac.Sum(nil), nil
}

// close gives the listener back.
func (o *openApps) close() error {
	if o.apps != nil {
		o.apps.Close()
	}
	// The HTTP server closes it too, if it got that far.
	if err := o.listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
