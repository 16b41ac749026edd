package live

import (
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// Kind says what a [Change] is about.
type Kind int

// The kinds of changes.
const (
	// Stepped is an event of the stream: a session began, went on or ended.
	Stepped Kind = iota
	// Connected says that the stream is there for the first time.
	Connected
	// Reconnected says that it is there again, or that it was too fast for the
	// page: what happened meanwhile was not heard, so whoever shows sessions reads
	// them once.
	Reconnected
	// Disconnected says that the stream is gone: only polling tells of changes.
	Disconnected
	// Waiting says that the sessions on their way changed: see [Store.Sending].
	Waiting
	// Ending says that the sessions in their undo window changed.
	Ending
	// Forgotten says that everything was dropped: another account, or none.
	Forgotten
)

// Change is what subscribers are told.
type Change struct {
	Kind Kind
	// Event is what happened, for Stepped.
	Event client.SessionEvent
	// ID is the session's, or the key of the one on its way; empty where the
	// change is about several.
	ID string
	// Status is what the session has now, if the event says so, and Before what
	// it had as far as the page knew.
	Status, Before model.Status
	// Err is why a session on its way will not come.
	Err error
}

// settle is for how long the status of an event holds against an answer that
// says an earlier one: the question may have been asked before the event.
const settle = 3 * time.Second

// Store is the page's knowledge of sessions. The zero value is ready.
type Store struct {
	order []*model.Session
	index map[string]int // where in order a session is; nil until somebody asks
	newer map[string]newer

	sending   []Pending
	sent      int // number of the last one sent
	ending    map[string]struct{}
	streaming bool
	streamed  bool // before, for the same person

	subscribers map[int]func(Change)
	subscribed  int
}

// newer is what became known of a session since it was in the list, or of one
// that is not in the list.
type newer struct {
	session *model.Session
	at      time.Time
	event   bool // told by the stream, not by an answer
}

// Remember takes over the rows that a list shows, in its order. Rows must not be
// changed afterwards. Sessions on their way that are among them have arrived.
func (s *Store) Remember(order []*model.Session) {
	now := time.Now()
	s.order, s.index = order, nil
	for id, n := range s.newer {
		at, there := s.at(id)
		switch {
		case there && n.event && now.Sub(n.at) < settle && later(n.session.Status, order[at].Status):
			s.newer[id] = newer{session: withStatus(order[at], n.session), at: n.at, event: true}
		case there || now.Sub(n.at) > keepFor:
			delete(s.newer, id)
		}
	}
	s.reconcile(now)
}

// keepFor is how long a session is known that no list shows.
const keepFor = 10 * time.Minute

// Learn takes over the newer or fuller values of one session, such as the
// drawer's own answer.
func (s *Store) Learn(session *model.Session) {
	if session == nil || session.ID == "" {
		return
	}
	s.put(session, false)
}

func (s *Store) put(session *model.Session, event bool) {
	if s.newer == nil {
		s.newer = map[string]newer{}
	}
	s.newer[session.ID] = newer{session: session, at: time.Now(), event: event}
}

// Known is the last that is known of a session.
func (s *Store) Known(id string) (*model.Session, bool) {
	if n, ok := s.newer[id]; ok {
		return n.session, true
	}
	if at, ok := s.at(id); ok {
		return s.order[at], true
	}
	return nil, false
}

// Neighbours are the ids of the sessions before and after one in the list; empty
// at its ends, and for a session that the list does not show.
func (s *Store) Neighbours(id string) (previous, next string) {
	at, ok := s.at(id)
	if !ok {
		return "", ""
	}
	if at > 0 {
		previous = s.order[at-1].ID
	}
	if at+1 < len(s.order) {
		next = s.order[at+1].ID
	}
	return previous, next
}

// at is the place of a session in the list.
func (s *Store) at(id string) (int, bool) {
	if s.index == nil {
		s.index = make(map[string]int, len(s.order))
		for i, session := range s.order {
			s.index[session.ID] = i
		}
	}
	at, ok := s.index[id]
	return at, ok
}

// Streaming reports whether changes arrive as they happen.
func (s *Store) Streaming() bool { return s.streaming }

// Subscribe calls f with every change from now on, until stop.
func (s *Store) Subscribe(f func(Change)) (stop func()) {
	if s.subscribers == nil {
		s.subscribers = map[int]func(Change){}
	}
	s.subscribed++
	number := s.subscribed
	s.subscribers[number] = f
	return func() { delete(s.subscribers, number) }
}

// tell calls all who subscribed, in the order they did, without those who stop
// in the meantime.
func (s *Store) tell(c Change) {
	for number := 1; number <= s.subscribed; number++ {
		if f := s.subscribers[number]; f != nil {
			f(c)
		}
	}
}

// Forget drops everything; subscribers stay.
func (s *Store) Forget() {
	*s = Store{subscribers: s.subscribers, subscribed: s.subscribed, sent: s.sent}
	s.tell(Change{Kind: Forgotten})
}
