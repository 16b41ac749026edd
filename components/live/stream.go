package live

import (
	"context"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/page"
)

// Source is where events come from: the client's Sessions.
type Source interface {
	Events(ctx context.Context, r client.SessionEventsRequest, calls client.SessionEvents) error
}

// Tabs lets the pages of one browser share a stream: a browser opens only six
// connections to a server that speaks HTTP/1.1, and each stream keeps one.
type Tabs interface {
	// Lead calls lead once this page is the one of all those with the same name
	// that leads, which it does until ctx ends. lead must not block. Where pages
	// cannot be told apart, each one leads at once.
	Lead(ctx context.Context, name string, lead func())
	// Join calls heard with what the others send, on any goroutine, until leave.
	Join(name string, heard func(message []byte)) (send func(message []byte), leave func())
}

const (
	// linger is for how long a page that cannot be seen goes on hearing: people
	// come back within a minute, or much later.
	linger = time.Minute
	// backlog is how many events may wait for the page. A page that is further
	// behind asks the manager what there is instead.
	backlog = 1000
)

// Stream feeds a store with the events of the manager, while the page can be
// seen or somebody wants to be told all the same. All methods belong to the
// page's goroutine.
type Stream struct {
	store *Store
	tabs  Tabs
	loop  page.Loop

	source         Source
	name           string
	hidden, gone   bool
	offline, left  bool
	evenWhenHidden bool
	timer          *time.Timer

	cancel context.CancelFunc // of what runs; nil while nothing does
	run    int                // its number; what an earlier one has to say is dropped
}

// NewStream returns a stream that is not connected to anything.
func NewStream(store *Store, tabs Tabs, loop page.Loop) *Stream {
	return &Stream{store: store, tabs: tabs, loop: loop}
}

// Listen takes events from source from now on; nil takes none. Pages that hear
// the same have the same name: that of the manager and the person.
func (s *Stream) Listen(source Source, name string) {
	s.stop()
	s.source, s.name = source, name
	s.apply()
}

// SetVisible tells whether the browser shows the page.
func (s *Stream) SetVisible(visible bool) {
	if s.hidden == !visible {
		return
	}
	s.hidden, s.gone = !visible, false
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	if s.hidden {
		s.timer = time.AfterFunc(linger, func() {
			s.loop.Dispatch(func() {
				s.gone = s.hidden
				s.apply()
			})
		})
	}
	s.apply()
}

// SetOnline tells whether the device has a network.
func (s *Stream) SetOnline(online bool) {
	s.offline = !online
	s.apply()
}

// SetLeft tells whether the browser has left the page. One that it keeps, to come
// back to, must not go on leading: it stands still, and the other tabs would wait
// for what it no longer says.
func (s *Stream) SetLeft(left bool) {
	s.left = left
	s.apply()
}

// SetEvenWhenHidden tells whether events are wanted while nobody can see the
// page: somebody allowed it to tell of them beyond its window.
func (s *Stream) SetEvenWhenHidden(wanted bool) {
	s.evenWhenHidden = wanted
	s.apply()
}

// apply starts or stops listening.
func (s *Stream) apply() {
	wanted := s.source != nil && !s.offline && !s.left && (!s.gone || s.evenWhenHidden)
	switch {
	case wanted && s.cancel == nil:
		s.start()
	case !wanted:
		s.stop()
	}
}

func (s *Stream) stop() {
	if s.cancel == nil {
		return
	}
	s.cancel()
	s.cancel = nil
	s.run++
	s.store.Connected(false)
}

func (s *Stream) start() {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	mine := s.run
	inbox := new(inbox)
	inbox.wake = func() {
		s.loop.Dispatch(func() {
			if s.run == mine {
				s.take(inbox.empty())
			}
		})
	}
	member := &member{inbox: inbox}
	send, leave := s.tabs.Join(s.name, member.heard)
	member.join(send)
	context.AfterFunc(ctx, leave)
	source := s.source
	s.tabs.Lead(ctx, s.name, func() {
		s.loop.Async(func() { member.lead(ctx, source) })
	})
}

// take applies what came.
func (s *Stream) take(list []message) {
	for _, m := range list {
		switch m.Is {
		case isOpened:
			s.store.Connected(true)
		case isClosed:
			s.store.Connected(false)
		case isEvent:
			s.store.Step(m.event())
		case isLost:
			s.store.Missed()
		}
	}
}
