package apps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// What an App Proxy may do wrong.
var (
	errProxy  = errors.New("apps: the App Proxy failed")
	errNoSlot = errors.New("apps: the App Proxy has no free place")
)

const (
	// proxyTries is how often a coordinator or worker is asked that answers with
	// 500 to 502, which they do while they start; proxyPause is the time between.
	proxyTries = 5
	proxyPause = time.Second
	// maxProxyAnswer bounds what is read of an answer.
	maxProxyAnswer = 64 << 10
)

// startService has the manager start the app and hand it to the coordinator.
func (o *app) startService(ctx context.Context) (any, error) {
	order, c := o.now()
	access, err := c.Sessions().StartService(ctx, order.request())
	if err != nil {
		return nil, err
	}
	if _, err := webURL(access.Proxy); err != nil || access.Token == "" {
		return nil, fmt.Errorf("%w: the manager gives no address and token", errProxy)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.access, o.redirect = access, ""
	return struct{}{}, nil
}

// webURL reads an address that a browser may be sent to.
func webURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, errors.New("not an address for a browser")
	}
	return u, nil
}

// coordinator asks the coordinator for a place at one of its workers.
func (a *Apps) coordinator(o *app) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		order, _ := o.now()
		o.mu.Lock()
		access := o.access
		o.mu.Unlock()
		base, err := webURL(access.Proxy)
		if err != nil {
			return nil, fmt.Errorf("%w: the app is not started", errProxy)
		}
		base = base.JoinPath("v2/proxy/auth")
		base.RawQuery = proxyQuery(order, access.Token).Encode()
		var place struct {
			URL string `json:"redirect_url"`
		}
		if err := a.askProxy(ctx, base.String(), &place); err != nil {
			return nil, err
		}
		if _, err := webURL(place.URL); err != nil {
			return nil, fmt.Errorf("%w: it gives no address", errProxy)
		}
		o.mu.Lock()
		defer o.mu.Unlock()
		o.redirect = place.URL
		return struct{}{}, nil
	}
}

// proxyQuery is what a coordinator is told of an app.
func proxyQuery(o order, token string) url.Values {
	protocol := o.Protocol
	if protocol == "preopen" {
		protocol = "http"
	}
	query := url.Values{"token": {token}, "session_id": {o.Session}, "app": {o.App}, "protocol": {protocol}}
	if o.Path != "" {
		query.Set("redirect", o.Path)
	}
	if o.HostPort != 0 {
		query.Set("port", strconv.Itoa(o.HostPort))
	}
	if o.Public {
		query.Set("open_to_public", "true")
		if o.Allowed != "" {
			query.Set("allowed_client_ips", o.Allowed)
		}
	}
	return query
}

// openProxied gives the address at the worker: for a browser as it is, for other
// programs what stands behind it.
func (a *Apps) openProxied(o *app) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		order, _ := o.now()
		o.mu.Lock()
		redirect := o.redirect
		o.mu.Unlock()
		if redirect == "" {
			return nil, fmt.Errorf("%w: it was not asked for a place", errProxy)
		}
		if !order.isTCP() {
			return opened{URL: redirect}, nil
		}
		var setup struct {
			Redirect    string `json:"redirect"`
			RedirectURI string `json:"redirectURI"`
		}
		if err := a.askProxy(ctx, redirect, &setup); err != nil {
			return nil, err
		}
		for _, text := range []string{setup.RedirectURI, setup.Redirect} {
			if gateway := gatewayOf(text); gateway != "" {
				return opened{Gateway: gateway}, nil
			}
		}
		return nil, fmt.Errorf("%w: it has no port for programs", errProxy)
	}
}

// gatewayOf is the address for programs in the URL for a helper on the person's
// machine, "" if there is none.
func gatewayOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	gateway, err := url.Parse(u.Query().Get("gateway"))
	if err != nil || gateway.Scheme != "tcp" || gateway.Hostname() == "" || gateway.Port() == "" || gateway.Port() == "0" {
		return ""
	}
	return "tcp://" + gateway.Host
}

// askProxy gets JSON from a coordinator or a worker. It follows no redirects: the
// address comes from the manager, but what stands there may lead anywhere.
func (a *Apps) askProxy(ctx context.Context, address string, out any) error {
	for try := 1; ; try++ {
		status, err := a.askOnce(ctx, address, out)
		if err == nil || try == proxyTries || status < 500 || status > 502 {
			return err
		}
		if !pause(ctx, proxyPause) {
			return err
		}
	}
}

func (a *Apps) askOnce(ctx context.Context, address string, out any) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, fmt.Errorf("%w: %v", errProxy, err)
	}
	r.Header.Set("Accept", "application/json")
	resp, err := a.Transport.RoundTrip(r)
	if err != nil {
		// The address holds a token, so the error is not shown as it is.
		return 0, fmt.Errorf("%w: it cannot be reached at %s", errProxy, r.URL.Host)
	}
	defer drop(resp.Body)
	switch {
	case resp.StatusCode == http.StatusServiceUnavailable:
		return resp.StatusCode, errNoSlot
	case resp.StatusCode != http.StatusOK:
		return resp.StatusCode, fmt.Errorf("%w: status %s", errProxy, resp.Status)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxProxyAnswer))
	if err == nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil {
		return resp.StatusCode, fmt.Errorf("%w: its answer cannot be read", errProxy)
	}
	return resp.StatusCode, nil
}
