package session

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

func newEnding(p *fakePage) (*ending, *[]string) {
	var accepted []string
	e := &ending{loop: p.loop(), store: p.store, manager: p.m, who: person("24.09.14"),
		accepted: func(list []*model.Session) { accepted = append(accepted, ids(list)...) }}
	return e, &accepted
}

func TestEndingCanBeTakenBackForFiveSeconds(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		e, accepted := newEnding(p)
		p.do(func() { e.begin([]*model.Session{running("s1"), running("s2")}, false) })
		require.Len(t, e.batches, 1)
		assert.True(t, p.store.Ending("s1"))
		assert.True(t, e.busy())
		p.pass(undoFor - time.Millisecond)
		assert.Empty(t, p.m.asked())

		p.do(func() { assert.True(t, e.undo(e.batches[0].Number)) })
		p.pass(time.Minute)
		assert.Empty(t, p.m.asked(), "nothing was asked of the manager")
		assert.False(t, p.store.Ending("s1"))
		assert.Empty(t, e.batches)

		p.do(func() { e.begin([]*model.Session{running("s1"), running("s2")}, false) })
		p.pass(undoFor)
		assert.ElementsMatch(t, []string{"destroy s1", "destroy s2"}, p.m.asked())
		assert.ElementsMatch(t, []string{"s1", "s2"}, *accepted)
		assert.Empty(t, e.batches, "nothing is left to say")
		p.do(func() { assert.False(t, e.undo(2), "too late") })
	})
}

func TestNothingIsEndedTwice(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		e, _ := newEnding(p)
		p.m.delay = time.Second
		p.do(func() {
			e.begin([]*model.Session{running("s1"), running("s1")}, false)
			e.begin([]*model.Session{running("s1"), running("s2")}, true)
		})
		require.Len(t, e.batches, 2)
		assert.Len(t, e.batches[1].Targets, 1)
		p.pass(undoFor + 500*time.Millisecond)
		p.do(func() { e.begin([]*model.Session{running("s1")}, false) })
		assert.Len(t, e.batches, 2, "it is on its way")
		p.pass(time.Minute)
		assert.ElementsMatch(t, []string{"destroy s1", "force s2"}, p.m.asked())
	})
}

func TestEachFailureIsToldAndNothingIsLost(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		e, accepted := newEnding(p)
		p.m.refuse["destroy s2"] = &client.Error{Kind: client.KindServer, Title: "boom", Status: 500}
		p.m.refuse["destroy s3"] = &client.Error{Kind: client.KindNotFound, Status: 404}
		p.do(func() { e.begin([]*model.Session{running("s1"), running("s2"), running("s3")}, false) })
		p.pass(undoFor)
		require.Len(t, e.batches, 1)
		require.Len(t, e.batches[0].Failed, 1)
		assert.Equal(t, "s2", e.batches[0].Failed[0].Session.ID)
		assert.ElementsMatch(t, []string{"s1", "s3"}, *accepted, "what is gone already is what was wanted")
		assert.False(t, p.store.Ending("s2"))
		assert.False(t, e.busy())
		p.m.asked()

		p.do(func() { e.retry(1, false) })
		assert.Equal(t, []string{"destroy s2"}, p.m.asked(), "only what failed, and at once")
		p.do(func() { e.retry(1, true) })
		assert.Equal(t, []string{"force s2"}, p.m.asked())
		assert.Empty(t, e.batches)
	})
}

func TestWhatFailedCanBeDismissed(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		e, _ := newEnding(p)
		e.manager = nil // the sign-in has ended
		p.do(func() { e.begin([]*model.Session{running("s1")}, false) })
		p.do(func() { e.dismiss(1) })
		assert.Len(t, e.batches, 1, "what counts down cannot be dismissed")
		p.pass(undoFor)
		require.Len(t, e.batches[0].Failed, 1)
		assert.Equal(t, client.KindAuth, client.KindOf(e.batches[0].Failed[0].Err))

		e.manager = p.m
		p.do(func() { e.retry(1, false) })
		assert.Equal(t, []string{"destroy s1"}, p.m.asked(), "after signing in again it can be tried again")

		p.m.refuse["destroy s1"] = &client.Error{Kind: client.KindServer}
		p.do(func() { e.begin([]*model.Session{running("s1")}, false) })
		p.pass(undoFor)
		p.do(func() { e.dismiss(2) })
		assert.Empty(t, e.batches)
	})
}

func TestLeavingThePageSendsWhatWasConfirmed(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		e, _ := newEnding(p)
		p.do(func() { e.begin([]*model.Session{running("s1"), running("s2")}, false) })
		p.do(e.flush)
		assert.Equal(t, []string{"leave s1", "leave s2"}, p.m.asked())
		p.pass(time.Minute)
		assert.Empty(t, p.m.asked(), "if the page stays after all, nothing is asked for twice")
	})
}

func TestSomebodyElsesSessionIsEndedWithItsKey(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		e, _ := newEnding(p)
		theirs := running("s1")
		theirs.UserEmail = "other@example.com"
		p.m.show = func(string) (*model.FullSession, error) {
			f := full(theirs)
			f.AccessKey = "AKOTHER"
			return f, nil
		}
		p.do(func() { e.begin([]*model.Session{theirs}, false) })
		p.pass(undoFor)
		assert.Equal(t, []string{"show s1", "destroy s1AKOTHER"}, p.m.asked(), "the list did not tell the key")
	})
}
