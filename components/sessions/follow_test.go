package sessions

import (
	"testing"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/live"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatAnEventTells(t *testing.T) {
	event := func(name, id string) client.SessionEvent {
		return client.SessionEvent{Name: name, SessionID: id, Session: "name-" + id, AccessKey: "KEY"}
	}
	kernel := event("kernel_pulling", "s0")
	kernel.KernelID = "k"
	tests := []struct {
		name  string
		query Query
		total int
		event client.SessionEvent
		asks  bool
	}{
		{"a session of the list is prepared", Query{}, 3, event("session_preparing", "s0"), false},
		{"a session of the list runs, which is more than its status", Query{}, 3, event("session_started", "s0"), true},
		{"a session of the list begins to end", Query{}, 3, event("session_terminating", "s0"), false},
		{"a session of the list is over and leaves", Query{}, 3, event("session_terminated", "s0"), true},
		{"a session of the list that an unknown event is about", Query{}, 3, event("session_levitated", "s0"), true},
		{"a kernel of a session of the list", Query{}, 3, kernel, false},
		{"how a batch session went", Query{}, 3, event("session_success", "s0"), false},
		{"another session begins", Query{}, 3, event("session_enqueued", "x"), true},
		{"another session is prepared", Query{}, 300, event("session_preparing", "x"), false},
		{"another session runs, whose beginning was not told", Query{}, 300, event("session_started", "x"), true},
		{"another session is over that may be further down", Query{}, 300, event("session_terminated", "x"), true},
		{"another session is over that was not in the list", Query{}, 3, event("session_terminated", "x"), false},
		{"another session that an unknown event is about", Query{}, 300, event("session_levitated", "x"), false},
		{"another session begins whose name is not asked for", Query{Filter: "train"}, 3, event("session_enqueued", "x"), false},
		{"another session begins whose name is asked for", Query{Filter: "NAME-x"}, 3, event("session_enqueued", "x"), true},
		{"another session begins whose owner is not asked for", Query{AccessKey: "OTHER"}, 3, event("session_enqueued", "x"), false},
		{"another session begins whose owner is asked for", Query{AccessKey: "KEY"}, 3, event("session_enqueued", "x"), true},
		{"finished: a session begins", Query{Tab: Finished}, 3, event("session_enqueued", "x"), false},
		{"finished: a session is over", Query{Tab: Finished}, 3, event("session_terminated", "x"), true},
		{"others: a session begins to end", Query{Tab: Others}, 3, event("session_terminating", "x"), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.query.Tab == "" {
				test.query.Tab = Running
			}
			answer := some(3)
			answer.Total = test.total
			l := viewOf(test.query.Tab, model.ModeSession, model.RoleUser, answer).list
			l.query = test.query
			told := l.tells(live.Change{Kind: live.Stepped, Event: test.event, ID: test.event.SessionID})
			assert.Equal(t, test.asks, !told)
		})
	}
}

func TestEventsMakeNoMoreRequests(t *testing.T) {
	minute := func(b *bench, each time.Duration) (requests int) {
		before := b.source.count()
		for began := time.Now(); time.Since(began) < time.Minute; {
			b.pass(each)
			b.do(func(l *List) { l.RefreshEarly() })
		}
		return b.source.count() - before
	}
	for _, each := range []time.Duration{5 * time.Second, 5100 * time.Millisecond, 7 * time.Second, 9 * time.Second, 20 * time.Second} {
		bubble(t, "one each "+each.String(), func(t *testing.T, b *bench) {
			b.start()
			assert.LessOrEqual(t, minute(b, each), 13)
		})
	}
	bubble(t, "an answer that takes long is waited for, and asked for once more", func(t *testing.T, b *bench) {
		b.start()
		b.source.mu.Lock()
		b.source.delay = 3 * time.Second
		b.source.mu.Unlock()
		b.pass(5 * time.Second)
		require.Equal(t, 2, b.source.count())
		for range 5 {
			b.do(func(l *List) { l.RefreshEarly() })
		}
		assert.Equal(t, 2, b.source.count())
		b.pass(3 * time.Second)
		assert.Equal(t, 3, b.source.count(), "it may have been asked before the event")
		b.pass(12 * time.Second)
		assert.Equal(t, 3, b.source.count())
		b.pass(time.Second)
		assert.Equal(t, 4, b.source.count(), "five seconds after the time it took the place of")
		b.pass(3 * time.Second)
	})
	bubble(t, "none after a failure, until the list asks itself", func(t *testing.T, b *bench) {
		b.start()
		b.source.set(fails(client.KindRateLimit, 30*time.Second))
		b.pass(5 * time.Second)
		require.NotNil(t, b.list.failure)
		b.source.set(nil)
		for range 29 {
			b.pass(time.Second)
			b.do(func(l *List) { l.RefreshEarly() })
		}
		assert.Equal(t, 2, b.source.count())
		b.pass(time.Second)
		assert.Equal(t, 3, b.source.count())
	})
	bubble(t, "none of a list that nobody sees", func(t *testing.T, b *bench) {
		b.start()
		b.do(func(l *List) { l.SetVisible(false); l.RefreshEarly() })
		assert.Equal(t, 1, b.source.count())
	})
}
