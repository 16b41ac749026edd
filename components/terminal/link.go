package terminal

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/baiui/baiui/client"
)

// phase is how far a terminal's connection is.
type phase int

const (
	phaseConnecting   phase = iota // for the first time
	phaseOpen                      // output comes, input goes
	phaseReconnecting              // the connection was lost and is made again
	phaseEnded                     // the shell has ended
	phaseOver                      // the session has ended, or has no terminal
	phaseRefused                   // the server does not let this person in
)

const (
	// highWater and lowWater are how many bytes of output may be waiting to be
	// drawn before the process has to wait, and until it may go on.
	highWater = 256 << 10
	lowWater  = 64 << 10
	// maxPiece is the most input in one message.
	maxPiece = 32 << 10
	// maxHeld is how much can be typed while there is no connection.
	maxHeld = 4 << 10
	// silence is after how long without a word the connection is taken for dead:
	// the server says something every 15 s.
	silence = 40 * time.Second
	// resizeEvery is how often a new size is sent, at most.
	resizeEvery = 100 * time.Millisecond
)

// browser is what a link does in the page.
type browser interface {
	// Dial opens a websocket; what happens to it comes back through the link's
	// opened, received and closed.
	Dial(query string)
	// Send sends a message on the open websocket.
	Send(message []byte)
	// Hangup drops the websocket, of which nothing comes back any more.
	Hangup()
	// Reset clears the screen, Resize gives it a size in cells.
	Reset()
	Resize(size)
	// Changed tells that status has another answer.
	Changed()
}

// link is a terminal's connection: it knows what was received and what was typed,
// so that after a cut both go on where they were. It is safe for concurrent use.
type link struct {
	browser browser
	now     func() time.Time
	client  string                                // names this page to the server
	grant   func() (*client.TerminalGrant, error) // nil in SESSION mode

	mu    sync.Mutex
	shown status

	attempt int       // failed ones since the last success
	retryAt time.Time // of the next; zero while one is under way
	heard   time.Time // the last word of the server
	greeted bool      // the first preferences of this connection have come

	instance string
	since    int64 // position in the stream of what comes next
	drawn    int64 // position up to which it is drawn
	until    int64
	waiting  int // bytes given to the screen and not drawn yet
	paused   bool

	counted   bool   // the server counts what arrives
	kept      []byte // input that may not have arrived
	keptSince int64  // the position of its first byte

	fit     size // of the place in the page
	told    size // of the terminal; the smallest of all who look at it
	resized time.Time
	unsent  bool // fit has not been sent
}

// status is what a person is told.
type status struct {
	Phase phase
	Name  string // of the terminal
	Code  int    // of the shell, in phaseEnded
	// Reason says why, in phaseOver, phaseRefused and phaseReconnecting: the
	// close code of the server, or 0.
	Reason int
	Detail string // in the server's words
	Held   int    // bytes typed that wait for the connection
	Lost   bool   // what was typed could not be kept
	// Plain is a terminal of another program, which has no names and no list.
	Plain     bool
	Tmux      bool
	Terminals []listed
	Size      size // the terminal's, if it is smaller than its place here
}

func newLink(b browser, name, id string, now func() time.Time) *link {
	return &link{browser: b, now: now, client: id, shown: status{Name: name}}
}

// status returns what to show.
func (l *link) status() status {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.shown
	if s.Phase != phaseOpen {
		s.Held = len(l.kept)
	}
	if l.told.Columns > 0 && (l.told.Columns < l.fit.Columns || l.told.Rows < l.fit.Rows) {
		s.Size = l.told
	}
	return s
}

// start connects to a terminal, from its beginning.
func (l *link) start(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shown = status{Name: name, Terminals: l.shown.Terminals, Tmux: l.shown.Tmux}
	l.instance, l.since, l.drawn, l.until = "", 0, 0, 0
	l.kept, l.keptSince, l.counted = nil, 0, false
	l.attempt = 0
	l.browser.Reset()
	l.dial()
}

// dial begins an attempt; l.mu is held.
func (l *link) dial() {
	l.retryAt = time.Time{}
	l.greeted, l.paused, l.waiting = false, false, 0
	l.told, l.unsent = size{}, false
	l.heard = l.now()
	query := "name=" + l.shown.Name + "&client=" + l.client + "&instance=" + l.instance
	if l.instance != "" {
		query += "&since=" + strconv.FormatInt(l.since, 10)
	}
	l.browser.Dial(query)
	l.browser.Changed()
}

// opened is the websocket's beginning.
func (l *link) opened() {
	l.mu.Lock()
	defer l.mu.Unlock()
	var grant *client.TerminalGrant
	if l.grant != nil {
		var err error
		if grant, err = l.grant(); err != nil {
			l.browser.Hangup()
			l.lost(0, err.Error())
			return
		}
	}
	l.heard = l.now()
	l.browser.Send(hello(l.fit, grant))
}

// received takes note of a message. length is that of its content; text is the
// content of preferences. It reports whether the content is output to be drawn;
// drawnBytes is to be called when it is.
func (l *link) received(kind byte, length int, text string) (output bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = l.now()
	switch kind {
	case toClientPreferences:
		var p preferences
		if json.Unmarshal([]byte(text), &p) == nil {
			l.learn(p)
		}
	case toClientOutput:
		if !l.greeted {
			l.learn(preferences{})
		}
		l.since += int64(length)
		l.waiting += length
		if l.waiting > highWater && !l.paused {
			l.paused = true
			l.browser.Send([]byte{toServerPause})
		}
		return true
	}
	return false
}

// drawnBytes takes note that the screen has drawn output.
func (l *link) drawnBytes(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drawn += int64(n)
	l.waiting = max(0, l.waiting-n)
	if l.paused && l.waiting < lowWater {
		l.paused = false
		l.browser.Send([]byte{toServerResume})
	}
}

// learn applies preferences; l.mu is held.
func (l *link) learn(p preferences) {
	if p.Terminals != nil {
		l.shown.Terminals = p.Terminals
	}
	if p.Terminal != "" {
		l.shown.Name = p.Terminal
	}
	if p.Size != nil {
		l.told = *p.Size
		l.browser.Resize(l.told)
	}
	if !l.greeted {
		l.greet(p)
	} else {
		if p.Since != nil {
			// Output was left out, after a reset of the screen.
			l.drawn += *p.Since - l.since
			l.since = *p.Since
		}
		if p.Typed != nil {
			l.arrived(*p.Typed)
		}
	}
	l.browser.Changed()
}

// greet applies the first preferences of a connection: the terminal is there, and
// what was typed meanwhile goes out.
func (l *link) greet(p preferences) {
	l.greeted = true
	l.attempt = 0
	l.shown.Phase, l.shown.Reason, l.shown.Detail = phaseOpen, 0, ""
	l.shown.Plain, l.shown.Tmux = p.Instance == "", p.Tmux
	same := p.Instance == l.instance
	if p.Reset || !same || l.shown.Plain {
		l.browser.Reset()
	}
	if p.Since != nil {
		l.since = *p.Since
	}
	l.until = p.Until
	if l.drawn = l.since; p.Instance != "" && same && !p.Reset {
		l.until = 0 // nothing comes twice
	}
	known := l.instance != ""
	l.instance = p.Instance
	l.counted = p.Typed != nil
	switch {
	case l.counted && (same || !known):
		l.arrived(*p.Typed)
	case known && !same:
		// Another shell than the one it was typed for.
		l.shown.Lost = len(l.kept) > 0
		l.kept = nil
		if l.counted {
			l.keptSince = *p.Typed
		}
	}
	l.transmit(l.kept)
	if !l.counted {
		l.kept = nil
	}
	if l.unsent {
		l.sendSize()
	}
}

// arrived forgets input that has arrived; l.mu is held.
func (l *link) arrived(typed int64) {
	n := min(max(0, typed-l.keptSince), int64(len(l.kept)))
	l.kept = l.kept[n:]
	l.keptSince = typed
	if len(l.kept) == 0 {
		l.kept = nil
	}
}

// typed takes what a person typed or pasted, or the screen answered. It reports
// whether it was taken.
func (l *link) typed(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch l.shown.Phase {
	case phaseOpen:
		if l.drawn < l.until && strings.HasPrefix(text, "\x1b") {
			return true // the screen answers a question that was answered before
		}
		if l.counted {
			l.kept = append(l.kept, text...)
		}
		l.transmit([]byte(text))
		return true
	case phaseEnded:
		if strings.Contains(text, "\r") {
			l.again()
		}
		return true
	case phaseConnecting, phaseReconnecting:
		if len(l.kept)+len(text) > maxHeld {
			l.shown.Lost = true
			l.browser.Changed()
			return false
		}
		l.kept = append(l.kept, text...)
		l.browser.Changed()
		return true
	}
	return false
}

// transmit sends input in pieces; l.mu is held.
func (l *link) transmit(data []byte) {
	for len(data) > 0 {
		n := min(len(data), maxPiece)
		l.browser.Send(message(toServerInput, data[:n]))
		data = data[n:]
	}
}

// place takes note of the size of the place in the page.
func (l *link) place(fit size) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if fit == l.fit || fit.Columns <= 0 || fit.Rows <= 0 {
		return
	}
	l.fit = fit
	l.browser.Resize(fit)
	l.unsent = true
	if l.greeted && l.now().Sub(l.resized) >= resizeEvery {
		l.sendSize()
	}
}

// sendSize tells the terminal the size; l.mu is held.
func (l *link) sendSize() {
	l.unsent, l.resized = false, l.now()
	l.browser.Send(message(toServerResize, marshal(l.fit)))
}

// order sends an order; it is lost where nobody understands it.
func (l *link) order(o map[string]string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.greeted && !l.shown.Plain {
		l.browser.Send(message(toServerOrder, marshal(o)))
	}
}
