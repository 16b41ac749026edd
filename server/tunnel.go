package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/gateway"
)

// tunnelRetry is for how long a connection is tried again before it is given up:
// a manager that restarts is back by then.
const tunnelRetry = 30 * time.Second

// tunnel gives a port of this machine that leads to an app inside a session. Each
// connection to it is a tunnel of its own through the manager, so that the port
// stays while connections, the network or the manager come and go. It ends when
// the session does.
func tunnel(ctx context.Context, c invocation) error {
	o, err := readTunnelOptions(c.args, c.environ, os.ReadFile)
	if errors.Is(err, errTunnelHelp) {
		writeTunnelHelp(c.out)
		return nil
	}
	if err != nil {
		return err
	}
	manager, err := o.client()
	if err != nil {
		return err
	}
	t := &forward{sessions: manager.Sessions(), app: o.app, say: func(format string, args ...any) {
		fmt.Fprintf(c.err, "baiui: "+format+"\n", args...)
	}}
	if o.stdio {
		return t.stdio(ctx, os.Stdin, c.out)
	}
	listener, err := listen("port", net.JoinHostPort(o.listen, strconv.Itoa(o.port)))
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	if err := t.check(ctx); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s leads to %s of session %s; Ctrl+C ends it\n", listener.Addr(), o.app.App, o.app.Session)
	return t.serve(ctx, listener)
}

// client makes the client for the manager.
func (o tunnelOptions) client() (*client.Client, error) {
	roots, err := loadRoots(o.ca)
	if err != nil {
		return nil, err
	}
	return client.New(client.Config{
		Mode: model.ModeAPI, Endpoint: o.endpoint, KeyPair: o.keys,
		HTTP: &http.Client{Transport: gateway.NewTransport(roots)}, UserAgent: "baiui tunnel",
	})
}

// forward leads connections to an app.
type forward struct {
	sessions *client.Sessions
	app      client.AppRequest
	say      func(format string, args ...any)
}

// checkTimeout is how long the first look at the app may take, which starts it.
const checkTimeout = 90 * time.Second

// check says at once what would keep every connection from the app. An app that
// does not listen yet may do so later.
func (f *forward) check(ctx context.Context) error {
	look, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	tunnel, err := f.sessions.Tunnel(look, f.app)
	if err != nil {
		return f.explain(err)
	}
	return tunnel.Close()
}

// serve takes connections until ctx ends or the app cannot be reached any more
// for a reason that does not pass.
func (f *forward) serve(ctx context.Context, listener net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })()
	var group sync.WaitGroup
	defer group.Wait()
	for {
		conn, err := listener.Accept()
		if err != nil {
			var lasting *lastingError
			if cause := context.Cause(ctx); errors.As(cause, &lasting) {
				return lasting
			}
			if ctx.Err() != nil {
				return nil // ended by the person
			}
			return err
		}
		group.Go(func() {
			if err := f.connect(ctx, conn); err != nil {
				var lasting *lastingError
				if errors.As(err, &lasting) {
					cancel(lasting)
					return
				}
				f.say("a connection ended: %v", err)
			}
		})
	}
}

// connect leads one connection to the app.
func (f *forward) connect(ctx context.Context, conn net.Conn) error {
	defer func() { _ = conn.Close() }()
	tunnel, err := f.dial(ctx)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close(); _ = tunnel.Close() })()
	return splice(tunnel, conn, conn)
}

// dial opens a tunnel; what may pass is tried again.
func (f *forward) dial(ctx context.Context) (*client.Tunnel, error) {
	trying, cancel := context.WithTimeout(ctx, tunnelRetry)
	defer cancel()
	for pause := 250 * time.Millisecond; ; pause = min(2*pause, 4*time.Second) {
		tunnel, err := f.sessions.Tunnel(trying, f.app)
		if err == nil {
			return tunnel, nil
		}
		err = f.explain(err)
		var lasting *lastingError
		if errors.As(err, &lasting) {
			return nil, err
		}
		timer := time.NewTimer(pause)
		select {
		case <-trying.Done():
			timer.Stop()
			return nil, err
		case <-timer.C:
		}
	}
}

// stdio leads standard input and output to the app, as ssh's ProxyCommand wants.
func (f *forward) stdio(ctx context.Context, in io.Reader, out io.Writer) error {
	tunnel, err := f.dial(ctx)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = tunnel.Close() })()
	return splice(tunnel, in, out)
}

// splice copies both ways until either side ends.
func splice(tunnel *client.Tunnel, in io.Reader, out io.Writer) error {
	go func() {
		// What was sent has to arrive before the tunnel ends.
		_, _ = io.Copy(tunnel, in)
		_ = tunnel.Conn.Close()
	}()
	_, err := io.Copy(out, tunnel)
	_ = tunnel.Close()
	if errors.Is(err, client.ErrNotListening) {
		return errors.New("nothing listens on the app's port in the session")
	}
	return nil // an end is no error, whoever made it
}

// lastingError is a failure that trying again does not help.
type lastingError struct{ error }

func (e *lastingError) Unwrap() error { return e.error }

// explain says for a person why there is no tunnel, and whether that may pass.
func (f *forward) explain(err error) error {
	text := ""
	switch client.KindOf(err) {
	case client.KindNotFound:
		text = fmt.Sprintf("there is no running session %q of yours with an app %q", f.app.Session, f.app.App)
	case client.KindAuth, client.KindCredentials, client.KindForbidden:
		text = "the manager does not accept the key pair"
	case client.KindClock:
		text = "the clock of this machine is off by more than the manager allows; set it"
	case client.KindNotManager, client.KindVersion, client.KindInvalid:
		text = err.Error()
	case client.KindServer:
		return fmt.Errorf("the session could not start %s: %w", f.app.App, err)
	default:
		return err
	}
	return &lastingError{errors.New(text)}
}
