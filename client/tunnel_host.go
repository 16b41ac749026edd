//go:build !js

package client

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/baiui/baiui/client/model"
)

// ErrNotListening is the end of a [Tunnel] to an app that listens on none of its
// ports, at least not yet.
var ErrNotListening = errors.New("client: nothing listens on the app's port")

// tunnelTimeout is how long opening a tunnel may take, which starts the app the
// first time.
const tunnelTimeout = appTimeout

// Tunnel is a connection to an app inside a session, through the manager. It is
// a stream of bytes; the manager has no way to end only one direction of it.
type Tunnel struct {
	net.Conn
	ws      *websocket.Conn
	heard   atomic.Bool // the app has sent something
	refused atomic.Bool
	closed  atomic.Bool
	reading sync.Mutex // held by a Read
}

// Tunnel opens a connection to an app, and starts the app if it does not run.
// Managers accept a tunnel before they look whether the app listens: if it does
// not, the first Read fails with [ErrNotListening]. ctx bounds the opening, not
// the connection. Failures are those of any request: KindNotFound where there is
// no such session or app, KindServer where the app cannot be started.
func (s *Sessions) Tunnel(ctx context.Context, r AppRequest) (*Tunnel, error) {
	c := s.client
	request := Request{Path: r.TunnelPath()}
	if err := c.Connect(ctx); err != nil {
		return nil, err
	}
	header, err := c.tunnelHeader(request)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, tunnelTimeout, errDeadline)
	defer cancel()
	prefix := ""
	if c.config.Mode == model.ModeSession {
		prefix = "/func"
	}
	ws, resp, err := websocket.Dial(ctx, c.Endpoint()+prefix+request.Path, &websocket.DialOptions{HTTPClient: c.http, HTTPHeader: header})
	if err != nil {
		return nil, c.tunnelError(ctx, request, resp, err)
	}
	// A message is a piece of the stream and is read piece by piece: its size costs
	// no memory here.
	ws.SetReadLimit(-1)
	return &Tunnel{Conn: websocket.NetConn(context.WithoutCancel(ctx), ws, websocket.MessageBinary), ws: ws}, nil
}

// tunnelHeader are the headers of the request for a tunnel.
func (c *Client) tunnelHeader(r Request) (http.Header, error) {
	header := http.Header{}
	header.Set("User-Agent", c.config.UserAgent)
	if c.config.Mode != model.ModeAPI {
		return header, nil
	}
	var signed Signed
	if c.config.Presigned == nil {
		list, err := c.Presign(http.MethodGet, r.Path, 0)
		if err != nil {
			return nil, err
		}
		signed = list[0]
	} else {
		var ok bool
		if signed, ok = c.config.Presigned(http.MethodGet, r.Path); !ok {
			e := c.newError(r, KindForbidden)
			e.Title = "no signature was given for this request"
			return nil, e
		}
	}
	header.Set("X-BackendAI-Date", signed.Date)
	header.Set("X-BackendAI-Version", signed.Version)
	header.Set("Authorization", signed.Authorization)
	return header, nil
}

// maxRefusal is how much is read of the answer of a manager that opens no tunnel.
const maxRefusal = 64 << 10

// tunnelError is why a tunnel was not opened.
func (c *Client) tunnelError(ctx context.Context, r Request, resp *http.Response, err error) error {
	if resp == nil || resp.StatusCode == http.StatusSwitchingProtocols || resp.StatusCode < 300 {
		return c.transportError(ctx, r, err)
	}
	// The websocket library hands over what it has read of the body.
	data, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	return c.statusError(r, resp, data)
}

// Read reads what the app sends. It fails with [ErrNotListening] if the app was
// not there, and with io.EOF when the app or the session has ended the
// connection. The proxy of a container's published ports takes every connection
// and ends it where nothing listens behind: an end before the first byte is
// therefore ErrNotListening, too.
func (t *Tunnel) Read(p []byte) (int, error) {
	t.reading.Lock()
	defer t.reading.Unlock()
	n, err := t.Conn.Read(p)
	if n > 0 {
		t.heard.Store(true)
	}
	if err == nil || n > 0 {
		return n, err
	}
	if websocket.CloseStatus(err) == websocket.StatusTryAgainLater || errors.Is(err, io.EOF) && !t.heard.Load() {
		t.refused.Store(true)
		return 0, ErrNotListening
	}
	return n, err
}

// NotListening reports whether the tunnel ended because the app was not there.
// It may be asked after Read has failed or the tunnel was closed: when a Write
// has failed, a Read in another goroutine may be about to learn why.
func (t *Tunnel) NotListening() bool {
	if t.closed.Load() {
		t.reading.Lock() // which a closed tunnel lets go of at once
		defer t.reading.Unlock()
	}
	return t.refused.Load()
}

// Close ends the tunnel at once, without the handshake that a websocket has for
// that: a connection of the other kind has none either.
func (t *Tunnel) Close() error {
	err := t.ws.CloseNow()
	t.closed.Store(true)
	return err
}

// The pauses of [Sessions.WaitForApp].
const (
	// settled is after how long a tunnel that was not ended leads somewhere:
	// managers end it as soon as the app has refused.
	settled         = 50 * time.Millisecond
	appPause        = 200 * time.Millisecond
	longestAppPause = 2 * time.Second
)

// WaitForApp starts an app and waits until it listens, as long as ctx lasts. The
// error is then [ErrNotListening], else that of the tunnel.
func (s *Sessions) WaitForApp(ctx context.Context, r AppRequest) error {
	var before error
	for pause := appPause; ; pause = min(2*pause, longestAppPause) {
		err := s.tryApp(ctx, r)
		if before != nil && ctx.Err() != nil {
			return before // a look that the time cut short says less
		}
		before = err
		if !errors.Is(err, ErrNotListening) || !sleep(ctx, pause) {
			return err
		}
	}
}

// tryApp opens a tunnel for a moment.
func (s *Sessions) tryApp(ctx context.Context, r AppRequest) error {
	tunnel, err := s.Tunnel(ctx, r)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		_, err := tunnel.Read(make([]byte, 1))
		ended <- err
	}()
	timer := time.NewTimer(settled)
	defer timer.Stop()
	select {
	case err = <-ended:
	case <-timer.C:
	case <-ctx.Done():
		err = s.client.contextError(ctx, Request{Path: r.TunnelPath()})
	}
	_ = tunnel.Close() // also ends the Read
	if errors.Is(err, ErrNotListening) || ctx.Err() != nil {
		return err
	}
	return nil // it listens, whatever it thinks of being connected for a moment
}
