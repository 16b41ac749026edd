package live_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/page"
)

// source is a manager's event stream that the test speaks for.
type source struct {
	mu        sync.Mutex
	listening []client.SessionEvents
	connected int // how often somebody came
	err       error
}

func (s *source) Events(ctx context.Context, _ client.SessionEventsRequest, calls client.SessionEvents) error {
	s.mu.Lock()
	s.connected++
	if s.err != nil {
		defer s.mu.Unlock()
		return s.err
	}
	s.listening = append(s.listening, calls)
	s.mu.Unlock()
	calls.Opened()
	<-ctx.Done()
	calls.Closed()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listening = nil
	return ctx.Err()
}

func (s *source) say(name, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, calls := range s.listening {
		calls.Event(client.SessionEvent{Name: name, SessionID: id})
	}
}

func (s *source) listeners() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.listening)
}

// browser is what the pages of a test share.
type browser struct {
	lock sync.Mutex

	mu    sync.Mutex
	pages map[int]func([]byte)
	last  int
}

func (b *browser) Lead(ctx context.Context, _ string, lead func()) {
	go func() {
		for !b.lock.TryLock() {
			if ctx.Err() != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
		context.AfterFunc(ctx, b.lock.Unlock)
		lead()
	}()
}

func (b *browser) Join(_ string, heard func([]byte)) (func([]byte), func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	mine := b.last
	b.pages[mine] = heard
	return func(text []byte) {
			b.mu.Lock()
			others := maps.Clone(b.pages)
			b.mu.Unlock()
			delete(others, mine)
			for _, heard := range others {
				heard(text)
			}
		}, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			delete(b.pages, mine)
		}
}

// tab is a page with a stream, and what its store told.
type tab struct {
	mu     sync.Mutex
	store  live.Store
	stream *live.Stream
	told   []string
}

func newPage(t *testing.T, tabs live.Tabs) *tab {
	p := &tab{}
	p.stream = live.NewStream(&p.store, tabs, page.Loop{
		Dispatch: func(f func()) { go p.do(f) },
		Async:    func(f func()) { go f() },
	})
	names := map[live.Kind]string{live.Connected: "connected", live.Reconnected: "reconnected", live.Disconnected: "disconnected"}
	p.store.Subscribe(func(c live.Change) {
		if c.Kind == live.Stepped {
			p.told = append(p.told, fmt.Sprint(c.ID, " ", c.Status))
		} else {
			p.told = append(p.told, names[c.Kind])
		}
	})
	t.Cleanup(func() {
		p.do(func() { p.stream.Listen(nil, "") })
		time.Sleep(10 * time.Millisecond)
	})
	return p
}

func (p *tab) do(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

// heard is what was told since it was asked last.
func (p *tab) heard() []string {
	time.Sleep(100 * time.Millisecond) // on the fake clock: until everything has happened
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	told := p.told
	p.told = nil
	return told
}

func TestStreamFeedsTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := newPage(t, live.BrowserTabs{}), &source{}
		p.do(func() { p.stream.Listen(s, "a") })
		assert.Equal(t, []string{"connected"}, p.heard())
		s.say("session_started", "x")
		s.say("session_terminating", "x")
		assert.Equal(t, []string{"x RUNNING", "x TERMINATING"}, p.heard())

		p.do(func() { p.stream.Listen(nil, "") })
		assert.Equal(t, []string{"disconnected"}, p.heard())
		assert.Zero(t, s.listeners())
	})
}

func TestAPageThatNobodySees(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := newPage(t, live.BrowserTabs{}), &source{}
		p.do(func() { p.stream.Listen(s, "a") })
		p.do(func() { p.stream.SetVisible(false) })
		time.Sleep(30 * time.Second)
		p.do(func() { p.stream.SetVisible(true) })
		time.Sleep(time.Hour)
		assert.Equal(t, []string{"connected"}, p.heard(), "a glance elsewhere changes nothing")

		p.do(func() { p.stream.SetVisible(false) })
		time.Sleep(2 * time.Minute)
		assert.Equal(t, []string{"disconnected"}, p.heard())
		p.do(func() { p.stream.SetVisible(true) })
		assert.Equal(t, []string{"reconnected"}, p.heard(), "the list asks once")

		p.do(func() { p.stream.SetEvenWhenHidden(true) })
		p.do(func() { p.stream.SetVisible(false) })
		time.Sleep(time.Hour)
		assert.Empty(t, p.heard(), "somebody wants to be told all the same")
		p.do(func() { p.stream.SetEvenWhenHidden(false) })
		assert.Equal(t, []string{"disconnected"}, p.heard())
		assert.Equal(t, 2, s.connected)
	})
}

func TestAPageWithoutANetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := newPage(t, live.BrowserTabs{}), &source{}
		p.do(func() { p.stream.Listen(s, "a") })
		assert.Equal(t, []string{"connected"}, p.heard())
		p.do(func() { p.stream.SetOnline(false) })
		assert.Equal(t, []string{"disconnected"}, p.heard())
		time.Sleep(time.Hour)
		assert.Equal(t, 1, s.connected, "nobody tries in vain")
		p.do(func() { p.stream.SetOnline(true) })
		assert.Equal(t, []string{"reconnected"}, p.heard())
	})
}

func TestAPageThatTheBrowserKeepsDoesNotLead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tabs, s := &browser{pages: map[int]func([]byte){}}, &source{}
		left, other := newPage(t, tabs), newPage(t, tabs)
		for _, p := range []*tab{left, other} {
			p.do(func() { p.stream.Listen(s, "a") })
			require.Equal(t, []string{"connected"}, p.heard())
		}
		left.do(func() { left.stream.SetLeft(true) })
		assert.Equal(t, []string{"disconnected"}, left.heard())
		assert.Equal(t, []string{"disconnected", "reconnected"}, other.heard())
		left.do(func() { left.stream.SetLeft(false) })
		assert.Equal(t, []string{"reconnected"}, left.heard())
		assert.Equal(t, 1, s.listeners())
	})
}

func TestAManagerWithoutAStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, s := newPage(t, live.BrowserTabs{}), &source{err: errors.New("404")}
		p.do(func() { p.stream.Listen(s, "a") })
		time.Sleep(time.Hour)
		assert.Empty(t, p.heard())
		assert.Equal(t, 1, s.connected)
		assert.False(t, p.store.Streaming())
	})
}

func TestPagesOfOneBrowserShareAStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tabs, s := &browser{pages: map[int]func([]byte){}}, &source{}
		var pages []*tab
		for range 3 {
			p := newPage(t, tabs)
			p.do(func() { p.stream.Listen(s, "a") })
			require.Equal(t, []string{"connected"}, p.heard())
			pages = append(pages, p)
		}
		assert.Equal(t, 1, s.connected)
		s.say("session_started", "x")
		for _, p := range pages {
			assert.Equal(t, []string{"x RUNNING"}, p.heard())
		}

		pages[0].do(func() { pages[0].stream.Listen(nil, "") })
		for _, p := range pages[1:] {
			assert.Equal(t, []string{"disconnected", "reconnected"}, p.heard(), "another page leads")
		}
		assert.Equal(t, 2, s.connected)
		assert.Equal(t, 1, s.listeners())
		s.say("session_terminated", "x")
		for _, p := range pages[1:] {
			assert.Equal(t, []string{"x TERMINATED"}, p.heard())
		}
		assert.Equal(t, []string{"disconnected"}, pages[0].heard())
	})
}

func TestAFloodIsOneAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p tab
		var waiting []func()
		p.stream = live.NewStream(&p.store, live.BrowserTabs{}, page.Loop{
			Dispatch: func(f func()) { waiting = append(waiting, f) },
			Async:    func(f func()) { go f() },
		})
		s := &source{}
		p.stream.Listen(s, "a")
		synctest.Wait()
		p.store.Remember([]*model.Session{{ID: "x", Status: model.StatusPending}})
		steps, missed := 0, 0
		p.store.Subscribe(func(c live.Change) {
			switch c.Kind {
			case live.Stepped:
				steps++
			case live.Reconnected:
				missed++
			}
		})
		for range 5000 {
			s.say("session_started", "x")
		}
		require.Len(t, waiting, 1, "one piece of work for the page")
		waiting[0]()
		assert.Equal(t, 1000, steps)
		assert.Equal(t, 1, missed, "for the rest the list asks")
		s.say("session_started", "x")
		assert.Len(t, waiting, 2)
		p.stream.Listen(nil, "")
		synctest.Wait()
	})
}
