package live

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/baiui/baiui/client"
)

// What a message of a stream may be.
const (
	isOpened = "opened" // events arrive
	isClosed = "closed" // none do
	isEvent  = "event"
	isLost   = "lost"  // there were more than the page could take
	isHello  = "hello" // a page asks whether events arrive
)

// message is what the leading page tells the others, and itself.
type message struct {
	Is    string               `json:"is"`
	Name  string               `json:"name,omitempty"` // of the event
	Event *client.SessionEvent `json:"event,omitempty"`
}

func (m message) event() client.SessionEvent {
	if m.Event == nil {
		return client.SessionEvent{Name: m.Name}
	}
	event := *m.Event
	event.Name = m.Name
	return event
}

// member is one page among those of a browser. Its methods are called from
// several goroutines.
type member struct {
	inbox *inbox

	mu      sync.Mutex
	send    func([]byte)
	leading bool
	opened  bool // by this page, which leads
}

// join asks the others how things are.
func (m *member) join(send func([]byte)) {
	m.mu.Lock()
	m.send = send
	m.mu.Unlock()
	m.tell(message{Is: isHello})
}

// tell sends a message to the other pages.
func (m *member) tell(what message) {
	m.mu.Lock()
	send := m.send
	m.mu.Unlock()
	if text, err := json.Marshal(what); err == nil && send != nil {
		send(text)
	}
}

// heard takes a message of another page.
func (m *member) heard(text []byte) {
	var what message
	if json.Unmarshal(text, &what) != nil {
		return // of another version of this page
	}
	m.mu.Lock()
	leading, opened := m.leading, m.opened
	m.mu.Unlock()
	switch {
	case what.Is == isHello && opened:
		m.tell(message{Is: isOpened})
	case what.Is != isHello && !leading:
		m.inbox.put(what)
	}
}

// lead listens to the source, and passes on what it hears.
func (m *member) lead(ctx context.Context, source Source) {
	m.mu.Lock()
	m.leading = true
	m.mu.Unlock()
	pass := func(what message) {
		m.mu.Lock()
		switch what.Is {
		case isOpened:
			m.opened = true
		case isClosed:
			m.opened = false
		}
		m.mu.Unlock()
		if ctx.Err() != nil {
			return // the next one to lead speaks now
		}
		m.inbox.put(what)
		m.tell(what)
	}
	pass(message{Is: isClosed}) // who led before may have gone without a word
	// Why it ends is in the log if it matters: who does not hear asks.
	_ = source.Events(ctx, client.SessionEventsRequest{}, client.SessionEvents{
		Opened: func() { pass(message{Is: isOpened}) },
		Event:  func(e client.SessionEvent) { pass(message{Is: isEvent, Name: e.Name, Event: &e}) },
		Closed: func() { pass(message{Is: isClosed}) },
	})
	pass(message{Is: isClosed})
}

// inbox collects what came until the page has time for it, so that a flood of
// events is one piece of work and not thousands.
type inbox struct {
	wake func() // asks the page to empty it

	mu     sync.Mutex
	list   []message
	events int
}

// put adds a message; the first one wakes the page.
func (i *inbox) put(m message) {
	i.mu.Lock()
	first := len(i.list) == 0
	if m.Is == isEvent {
		i.events++
	}
	switch {
	case m.Is != isEvent || i.events <= backlog:
		i.list = append(i.list, m)
	case i.events == backlog+1:
		i.list = append(i.list, message{Is: isLost})
	}
	i.mu.Unlock()
	if first {
		i.wake()
	}
}

// empty takes everything out.
func (i *inbox) empty() []message {
	i.mu.Lock()
	defer i.mu.Unlock()
	list := i.list
	i.list, i.events = nil, 0
	return list
}
