package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// How a stream of events is kept.
const (
	// quietFor is how long a stream may say nothing, not even that it is alive,
	// before it counts as dead: managers ping every 15 seconds.
	quietFor = 45 * time.Second
	// The pause before connecting again: the first, and the longest. Each one is
	// twice the one before, give or take a half, so that the pages of a manager
	// that was restarted do not all come back at once.
	firstPause   = time.Second
	longestPause = time.Minute
	// steady is how long a stream must have lasted for the pauses to begin anew.
	steady = 30 * time.Second
)

// errQuiet is the cause of the end of a stream that said nothing for too long.
var errQuiet = errors.New("the event stream went silent")

// streamHooks are the calls of a stream, all on the goroutine that keeps it.
type streamHooks struct {
	opened func()
	event  func(ServerEvent) (done bool)
	closed func(error)
}

// keepStream connects to a stream of events and again whenever it breaks, until
// the context ends, hooks.event says that it is done, or the failure is one that
// will not pass: the manager does not have the stream (KindNotFound, KindInvalid
// and 501), the person may not hear it, or the sign-in is over.
func (c *Client) keepStream(ctx context.Context, r Request, hooks streamHooks) error {
	if err := c.Connect(ctx); err != nil && !KindOf(err).mayPass() {
		return err
	}
	var last lastEvent
	for pause := firstPause; ; {
		began := time.Now()
		done, failure := c.openStream(ctx, r, &last, hooks)
		if failure == nil && done {
			return nil
		}
		if ctx.Err() != nil {
			return c.contextError(ctx, r)
		}
		if failure != nil && !reconnects(failure) {
			return failure
		}
		c.Recheck()
		if time.Since(began) >= steady {
			pause = firstPause
		}
		wait := pause/2 + rand.N(pause)
		if failure != nil {
			wait = max(wait, failure.RetryAfter)
		}
		if !sleep(ctx, max(wait, last.retry)) {
			return c.contextError(ctx, r)
		}
		pause = min(2*pause, longestPause)
	}
}

// lastEvent is what one connection leaves to the next.
type lastEvent struct {
	id    string
	retry time.Duration
}

// reconnects reports whether a stream that failed like this may be there later.
func reconnects(failure *Error) bool {
	if failure.Status == http.StatusNotImplemented {
		return false
	}
	switch failure.Kind {
	case KindServer, KindRateLimit, KindBadAnswer, KindTooLarge:
		return true
	}
	return failure.Kind.mayPass()
}

// openStream is one connection. The failure is nil when the stream ended by
// itself, which is how managers end those that are too slow, and how a proxy
// ends those that are too old.
func (c *Client) openStream(ctx context.Context, r Request, last *lastEvent, hooks streamHooks) (done bool, failure *Error) {
	if err := c.Connect(ctx); err != nil {
		return false, c.transportError(ctx, r, err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(quietFor, func() { cancel(errQuiet) })
	defer quiet.Stop()

	resp, failure := c.connectStream(ctx, r, last.id)
	if failure != nil {
		if context.Cause(ctx) == errQuiet {
			failure.Kind = KindTimeout
		}
		return false, failure
	}
	broken := false
	defer func() {
		// In a browser, closing a body whose connection broke is an error that
		// nobody can catch; there is nothing left to close then.
		if !broken {
			resp.Body.Close()
		}
	}()
	// The body of a browser does not follow the context of its request.
	defer context.AfterFunc(ctx, func() { resp.Body.Close() })()

	hooks.opened()
	events := newEventReader(readingFunc(func(p []byte) (int, error) {
		n, err := resp.Body.Read(p)
		broken = err != nil
		quiet.Reset(quietFor)
		return n, err
	}))
	for {
		event, err := events.next()
		last.id, last.retry = events.id, min(events.retry, longestPause)
		if err != nil {
			hooks.closed(err)
			if errors.Is(err, errEventTooLarge) {
				return false, c.transportError(ctx, r, err)
			}
			return false, nil
		}
		if hooks.event(event) {
			return true, nil
		}
	}
}

// readingFunc is a reader made of its method.
type readingFunc func([]byte) (int, error)

func (f readingFunc) Read(p []byte) (int, error) { return f(p) }

// connectStream sends the request and looks whether a stream of events answers.
func (c *Client) connectStream(ctx context.Context, r Request, lastID string) (*http.Response, *Error) {
	req, err := c.newSignedRequest(ctx, r, nil)
	if err != nil {
		e := c.newError(r, KindInvalid)
		e.Title, e.Message, e.Cause = "request cannot be made", err.Error(), err
		return nil, e
	}
	req.Header.Set("Accept", "text/event-stream")
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	streaming := *c.http
	streaming.Timeout = 0 // a stream has no end of its own
	resp, err := streaming.Do(req)
	if err != nil {
		return nil, c.transportError(ctx, r, err)
	}
	switch {
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		data, failure := c.readBody(ctx, r, resp)
		resp.Body.Close()
		if failure == nil {
			failure = c.statusError(r, resp, data)
		}
		return nil, failure
	case !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream"):
		resp.Body.Close()
		e := c.newError(r, KindBadAnswer).withStatus(resp)
		e.Title, e.Message = "the answer is not what was expected", "not a stream of events"
		return nil, e
	}
	return resp, nil
}
