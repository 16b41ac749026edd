package live_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/live"
)

func rows(ids ...string) []*model.Session {
	var list []*model.Session
	for _, id := range ids {
		list = append(list, &model.Session{ID: id, Name: "name-" + id, Status: model.StatusRunning})
	}
	return list
}

func TestWhatTheListShowsIsKnown(t *testing.T) {
	var s live.Store
	_, ok := s.Known("a")
	assert.False(t, ok)

	s.Remember(rows("a", "b", "c"))
	known, ok := s.Known("b")
	require.True(t, ok)
	assert.Equal(t, "name-b", known.Name)

	for id, want := range map[string][2]string{"a": {"", "b"}, "b": {"a", "c"}, "c": {"b", ""}, "z": {"", ""}} {
		previous, next := s.Neighbours(id)
		assert.Equal(t, want, [2]string{previous, next}, id)
	}
}

func TestStep(t *testing.T) {
	var s live.Store
	s.Remember(rows("a"))
	before, _ := s.Known("a")
	var told []live.Change
	stop := s.Subscribe(func(c live.Change) { told = append(told, c) })

	s.Step(client.SessionEvent{Name: "session_terminating", SessionID: "a", Reason: "idle-timeout"})
	after, _ := s.Known("a")
	assert.Equal(t, model.StatusTerminating, after.Status)
	assert.Equal(t, "idle-timeout", after.StatusInfo)
	assert.Equal(t, model.StatusRunning, before.Status, "rows are replaced, never changed")
	require.Len(t, told, 1)
	assert.Equal(t, model.StatusRunning, told[0].Before)
	assert.Equal(t, model.StatusTerminating, told[0].Status)

	stop()
	s.Step(client.SessionEvent{Name: "session_terminated", SessionID: "a"})
	assert.Len(t, told, 1, "who stopped is not called")
}

func TestEventsThatChangeNothing(t *testing.T) {
	for name, e := range map[string]client.SessionEvent{
		"one of an earlier status, which arrived late": {Name: "session_scheduled", SessionID: "a"},
		"the same again":                       {Name: "session_started", SessionID: "a", Reason: "unknown"},
		"one that this version does not know":  {Name: "session_levitated", SessionID: "a"},
		"one of a kernel that gives a reason":  {Name: "kernel_terminated", SessionID: "a", KernelID: "k", Reason: "oom"},
		"one of a session that is not known":   {Name: "session_terminated", SessionID: "b"},
		"one that names no session whatsoever": {Name: "session_terminated"},
	} {
		t.Run(name, func(t *testing.T) {
			var s live.Store
			s.Remember(rows("a"))
			before, _ := s.Known("a")
			told := 0
			s.Subscribe(func(live.Change) { told++ })
			s.Step(e)
			after, _ := s.Known("a")
			assert.Same(t, before, after)
			assert.Equal(t, 1, told, "it is told all the same: the list asks")
		})
	}
}

func TestAnAnswerOlderThanAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s live.Store
		s.Remember(rows("a"))
		s.Step(client.SessionEvent{Name: "session_terminating", SessionID: "a"})

		s.Remember(rows("a")) // asked before the event
		known, _ := s.Known("a")
		assert.Equal(t, model.StatusTerminating, known.Status, "the row does not run again")

		time.Sleep(4 * time.Second)
		s.Remember(rows("a"))
		known, _ = s.Known("a")
		assert.Equal(t, model.StatusRunning, known.Status, "the manager has the last word")
	})
}

func TestSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s live.Store
		var told []live.Change
		s.Subscribe(func(c live.Change) { told = append(told, c) })

		first := s.Send(&model.Session{Name: "one"})
		second := s.Send(&model.Session{Name: "two"})
		third := s.Send(&model.Session{Name: "three"})
		fourth := s.Send(&model.Session{Name: "four"})
		require.Len(t, s.Sending(), 4)

		refused := errors.New("quota")
		s.NotSent(second, refused)
		assert.Len(t, s.Sending(), 3)
		assert.Equal(t, live.Change{Kind: live.Waiting, ID: second, Err: refused}, told[len(told)-1])

		s.Sent(first, "id-1")
		s.Sent(fourth, "id-4")
		now := model.Time{Time: time.Now()}
		assert.True(t, s.Expects(&model.Session{ID: "id-1", Name: "one"}))
		assert.False(t, s.Expects(&model.Session{ID: "id-2", Name: "one"}), "an id says more than a name")
		assert.True(t, s.Expects(&model.Session{ID: "id-3", Name: "three"}))
		assert.False(t, s.Expects(&model.Session{ID: "id-2", Name: "two"}), "it was refused")
		s.Remember([]*model.Session{
			{ID: "old", Name: "three", Status: model.StatusTerminated, CreatedAt: now},
			{ID: "id-1", Name: "one", CreatedAt: now},
		})
		require.Len(t, s.Sending(), 2, "one arrived; a session that is over is not the one on its way")

		s.Remember([]*model.Session{{ID: "id-3", Name: "three", Status: model.StatusPending, CreatedAt: now}})
		require.Len(t, s.Sending(), 1, "recognised by its name before the answer came")
		s.Sent(third, "id-3")
		s.NotSent(third, refused)

		time.Sleep(time.Minute)
		s.Remember(nil)
		assert.Empty(t, s.Sending(), "one that is on another page does not stay for ever")
	})
}

func TestASessionOfTheSameNameOfSomebodyElse(t *testing.T) {
	var s live.Store
	s.Send(&model.Session{Name: "one", UserEmail: "user@example.com"})
	s.Remember([]*model.Session{{ID: "x", Name: "one", UserEmail: "other@example.com"}})
	assert.Len(t, s.Sending(), 1)
}

func TestEnding(t *testing.T) {
	var s live.Store
	s.Remember(rows("a", "b", "c"))
	s.End("a", "b", "c")
	assert.True(t, s.Ending("a"))

	s.Keep("a")
	assert.False(t, s.Ending("a"))

	s.Settled("b")
	known, _ := s.Known("b")
	assert.False(t, s.Ending("b"))
	assert.Equal(t, model.StatusTerminating, known.Status)

	s.Step(client.SessionEvent{Name: "session_terminating", SessionID: "c"})
	assert.False(t, s.Ending("c"), "it ended by another hand")
}

func TestConnected(t *testing.T) {
	var s live.Store
	var kinds []live.Kind
	s.Subscribe(func(c live.Change) { kinds = append(kinds, c.Kind) })
	s.Connected(true)
	s.Connected(true)
	assert.True(t, s.Streaming())
	s.Connected(false)
	s.Connected(true)
	s.Missed()
	assert.Equal(t, []live.Kind{live.Connected, live.Disconnected, live.Reconnected, live.Reconnected}, kinds)
}

func TestForget(t *testing.T) {
	var s live.Store
	s.Remember(rows("a"))
	s.Learn(&model.Session{ID: "b"})
	s.Send(&model.Session{Name: "one"})
	s.End("a")
	s.Connected(true)
	var last live.Change
	s.Subscribe(func(c live.Change) { last = c })

	s.Forget()
	for _, id := range []string{"a", "b"} {
		_, ok := s.Known(id)
		assert.False(t, ok)
		assert.False(t, s.Ending(id))
	}
	assert.Empty(t, s.Sending())
	assert.False(t, s.Streaming())
	assert.Equal(t, live.Forgotten, last.Kind)
}
