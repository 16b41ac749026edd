package apps

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"time"

	"github.com/baiui/baiui/client"
)

// step is what a stage does; nil for a stage that there is not.
func (a *Apps) step(o *app, stage string) (step func(context.Context) (any, error), timeout time.Duration) {
	o.mu.Lock()
	way := o.route
	o.mu.Unlock()
	switch {
	case stage == "start" && way == routeTunnel:
		return o.startTunnel, startTimeout
	case stage == "start":
		return o.startService, startTimeout
	case stage == "reach" && way == routeTunnel:
		return o.reachTunnel, reachTimeout
	case stage == "reach":
		return a.coordinator(o), reachTimeout
	case stage == "open" && way == routeTunnel:
		return func(ctx context.Context) (any, error) { return a.openTunnel(ctx, o) }, openTimeout
	case stage == "open":
		return a.openProxied(o), openTimeout
	}
	return nil, 0
}

// startTunnel starts the program behind the app: managers answer when it runs.
func (o *app) startTunnel(ctx context.Context) (any, error) {
	order, c := o.now()
	tunnel, err := c.Sessions().Tunnel(ctx, order.request())
	if err != nil {
		return nil, err
	}
	return struct{}{}, tunnel.Close()
}

// reachTunnel waits until the app listens.
func (o *app) reachTunnel(ctx context.Context) (any, error) {
	order, c := o.now()
	if order.Protocol == "preopen" {
		// Nobody starts what shall listen there, so it does already or it will not.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, preopenTimeout)
		defer cancel()
	}
	return struct{}{}, c.Sessions().WaitForApp(ctx, order.request())
}

// preopenTimeout is how long a port that was opened in advance is waited for.
const preopenTimeout = 4 * time.Second

// opened is the answer to the last stage.
type opened struct {
	// URL is where the tab goes; good once, and for a minute.
	URL string `json:"url,omitempty"`
	// Gateway is where a program reaches an app that is none for browsers, as
	// tcp://host:port.
	Gateway string `json:"gateway,omitempty"`
}

// openTunnel waits for the first byte of the app and gives a ticket.
func (a *Apps) openTunnel(ctx context.Context, o *app) (any, error) {
	order, _ := o.now()
	if order.isTCP() {
		return opened{}, nil // there is nothing to see in a browser
	}
	looks := time.Now()
	err := o.firstByte(ctx, order.Path)
	for errors.Is(err, client.ErrNotListening) && pause(ctx, listenPause) {
		if order.Protocol == "preopen" && time.Since(looks) > preopenTimeout {
			break
		}
		// A look that the time cut short says less than the one before.
		if again := o.firstByte(ctx, order.Path); again == nil || ctx.Err() == nil {
			err = again
		}
	}
	if err != nil {
		return nil, err
	}
	return opened{URL: o.ticketURL(a.Now())}, nil
}

// listenPause is the time between two looks at an app that does not listen yet.
const listenPause = 500 * time.Millisecond

// pause waits; false if ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// errSilent says that an app takes connections but does not answer as HTTP has
// it.
var errSilent = errors.New("apps: no answer in HTTP")

// firstByte asks the app as a browser would, and waits for the head of the
// answer, whatever it says.
func (o *app) firstByte(ctx context.Context, path string) error {
	if path == "" {
		path = "/"
	}
	used := &usedConn{}
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: used.note})
	r, err := http.NewRequestWithContext(traced, http.MethodGet, o.origin()+path, nil)
	if err != nil {
		return err
	}
	// By the same connections as the browser's requests.
	r.Host, r.URL.Scheme, r.URL.Host = r.URL.Host, "http", o.label
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	resp, err := o.roundTripper.RoundTrip(r)
	if err != nil {
		if used.refused() {
			return client.ErrNotListening
		}
		var failure *client.Error
		if errors.As(err, &failure) || errors.Is(err, client.ErrNotListening) || ctx.Err() != nil {
			return err
		}
		return errSilent
	}
	return resp.Body.Close()
}

// problemOf is how a failure is told to the page: the last part of the problem's
// type is one that the page has a sentence for.
func problemOf(err error) (status int, slug, title string) {
	switch kind := client.KindOf(err); {
	case errors.Is(err, errNoApp):
		return http.StatusNotFound, "app-not-found", "The session has no such app."
	case errors.Is(err, client.ErrNotListening):
		return http.StatusBadGateway, "app-not-listening", "Nothing listens on the app's port."
	case errors.Is(err, errSilent):
		return http.StatusBadGateway, "app-silent", "The app does not answer in HTTP."
	case errors.Is(err, errProxy):
		return http.StatusBadGateway, "app-proxy-failed", "The App Proxy does not do its part."
	case errors.Is(err, errNoSlot):
		return http.StatusServiceUnavailable, "app-proxy-full", "The App Proxy has no room."
	case kind == client.KindNotFound:
		return http.StatusNotFound, "session-not-found", "There is no such session."
	case kind == client.KindAuth, kind == client.KindCredentials, kind == client.KindForbidden, kind == client.KindClock:
		return http.StatusForbidden, "generic-forbidden", "The manager does not allow this."
	case kind == client.KindServer:
		return http.StatusBadGateway, "app-not-started", "The app could not be started."
	case kind == client.KindTimeout, kind == client.KindAborted, errors.Is(err, context.DeadlineExceeded):
		return http.StatusGatewayTimeout, "gateway-timeout", "There was no answer in time."
	case kind == client.KindInvalid, kind == client.KindConflict, kind == client.KindQuota:
		return http.StatusBadRequest, "invalid-api-params", "The manager does not accept this."
	}
	return http.StatusBadGateway, "bad-gateway", "The manager cannot be reached."
}

// refuseFailure answers with a failure of the manager, the app or the App Proxy.
func (a *Apps) refuseFailure(w http.ResponseWriter, err error) {
	status, slug, title := problemOf(err)
	details := ""
	var failure *client.Error
	if errors.As(err, &failure) && failure.Status != 0 {
		// What the manager says is for the person; addresses of the inside are not.
		details = strings.TrimSpace(failure.Message)
		if details == "" {
			details = failure.Title
		}
	}
	a.Log.Info("an app is not opened", "reason", slug, "error", err)
	refuse(w, status, slug, title, details)
}

// drop reads what is left of a small answer, so that its connection can be used
// again.
func drop(body io.ReadCloser) {
	_, _ = io.Copy(io.Discard, io.LimitReader(body, 64<<10))
	_ = body.Close()
}
