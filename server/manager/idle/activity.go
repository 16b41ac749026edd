package idle

import (
	"sync"
	"sync/atomic"
	"time"
)

// silence is how long a connection counts as use after its last packet, as in
// manager 24.09.
const silence = 5 * time.Minute

// Activity remembers when sessions were last used through their apps. It starts
// empty with the server: a session is not called idle for a time that nobody
// watched.
type Activity struct {
	now      func() time.Time
	mu       sync.Mutex
	sessions map[string]*used
}

type used struct {
	last time.Time
	open map[*Connection]struct{}
}

// NewActivity remembers by a clock.
func NewActivity(now func() time.Time) *Activity {
	return &Activity{now: now, sessions: map[string]*used{}}
}

// Connection is one to an app of a session.
type Connection struct {
	of      *Activity
	session string
	packet  atomic.Int64 // when the last one was, nanoseconds since 1970
}

// Open notes that somebody connected to an app. Close the connection.
func (a *Activity) Open(session string) *Connection {
	c := &Connection{of: a, session: session}
	c.Packet()
	a.mu.Lock()
	defer a.mu.Unlock()
	u := a.used(session)
	u.open[c] = struct{}{}
	u.last = a.now()
	return c
}

func (a *Activity) used(session string) *used {
	u := a.sessions[session]
	if u == nil {
		u = &used{last: a.now(), open: map[*Connection]struct{}{}}
		a.sessions[session] = u
	}
	return u
}

// Packet notes that something passed, in either direction.
func (c *Connection) Packet() { c.packet.Store(c.of.now().UnixNano()) }

// Close notes that the connection has ended.
func (c *Connection) Close() {
	a := c.of
	a.mu.Lock()
	defer a.mu.Unlock()
	u := a.used(c.session)
	delete(u.open, c)
	if last := time.Unix(0, c.packet.Load()); last.After(u.last) {
		u.last = last
	}
}

// Touch notes some other use of a session.
func (a *Activity) Touch(session string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.used(session).last = a.now()
}

// Last is when a session was last used: now while a connection is in use. One
// that was never used since the server started counts from its first being asked
// for.
func (a *Activity) Last(session string) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	u := a.used(session)
	now := a.now()
	for c := range u.open {
		last := time.Unix(0, c.packet.Load())
		if now.Sub(last) < silence {
			return now
		}
		// It fell silent: its use ended when the silence was long enough.
		if end := last.Add(silence); end.After(u.last) {
			u.last = end
		}
	}
	return u.last
}

// keep forgets all sessions but those.
func (a *Activity) keep(live map[string]bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, u := range a.sessions {
		if !live[id] && len(u.open) == 0 {
			delete(a.sessions, id)
		}
	}
}
