package page

import (
	"sync"

	"github.com/baiui/baiui/client"
)

// EventConnected is the name of what a [Connection] announces, as the original
// spells it on the document.
const EventConnected = "backend-ai-connected"

// EventResourceRefreshed is the name of the action that a list posts after a
// refresh that somebody asked for, so that resource gauges read again.
const EventResourceRefreshed = "backend-ai-resource-refreshed"

// EventSessionListRefreshed is the name of the action that tells lists to read
// again because a session was created, ended or renamed.
const EventSessionListRefreshed = "backend-ai-session-list-refreshed"

// EventFailed is the name of the action that a page posts for each request that
// failed; its value is the error. The shell listens for sign-ins that are over.
const EventFailed = "backend-ai-request-failed"

// Connection holds the client of the signed-in user once it is ready, that is,
// after version negotiation and reading the account. Its zero value has none.
// It is safe for concurrent use.
type Connection struct {
	mu      sync.Mutex
	client  *client.Client
	waiting map[*subscription]struct{}
}

// subscription is one waiting function; nil once it was called or taken back.
type subscription struct{ f func(*client.Client) }

// Client returns the ready client, or nil before sign-in and after sign-out.
func (c *Connection) Client() *client.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.client
}

// Connected announces a ready client: everybody who waits is called once, on
// the goroutine of the caller, which must be the UI goroutine.
func (c *Connection) Connected(ready *client.Client) {
	c.mu.Lock()
	c.client = ready
	waiting := c.waiting
	if ready != nil {
		c.waiting = nil
	}
	c.mu.Unlock()
	if ready == nil {
		return
	}
	for s := range waiting {
		if f := c.take(s); f != nil {
			f(ready)
		}
	}
}

// Disconnected forgets the client, for sign-out. Those who wait keep waiting.
func (c *Connection) Disconnected() { c.Connected(nil) }

// OnceConnected calls f with the ready client: before it returns if there is
// one, else at the next Connected, and never twice. The returned function
// takes the subscription back; calling it later or again does no harm.
func (c *Connection) OnceConnected(f func(*client.Client)) (cancel func()) {
	c.mu.Lock()
	ready := c.client
	if ready != nil {
		c.mu.Unlock()
		f(ready)
		return func() {}
	}
	s := &subscription{f: f}
	if c.waiting == nil {
		c.waiting = make(map[*subscription]struct{})
	}
	c.waiting[s] = struct{}{}
	c.mu.Unlock()
	return func() { c.take(s) }
}

// Waiting returns how many subscriptions wait for a client.
func (c *Connection) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.waiting)
}

// take removes a subscription and returns its function, or nil if it was taken
// before. One may be taken by the callback of another that runs before it.
func (c *Connection) take(s *subscription) func(*client.Client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := s.f
	s.f = nil
	delete(c.waiting, s)
	return f
}
