package session

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

func TestDetail(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		d := &detail{loop: p.loop(), store: p.store}
		p.m.delay = time.Second
		p.m.show = func(id string) (*model.FullSession, error) {
			f := full(running(id))
			f.Tag = "complete"
			return f, nil
		}
		p.store.Remember([]*model.Session{running("s1")})
		p.do(func() { d.connect(p.m, model.RoleUser); d.open("s1") })
		require.NotNil(t, d.session, "the values of the row are there at once")
		assert.False(t, d.complete)
		p.pass(time.Second)
		assert.True(t, d.complete)
		assert.Equal(t, "complete", d.session.Tag)

		p.m.asked()
		p.pass(refreshEvery + time.Second)
		assert.Equal(t, []string{"show s1"}, p.m.asked(), "usage is in no event")
		p.do(func() { d.show(false) })
		p.pass(time.Hour)
		assert.Empty(t, p.m.asked(), "nobody sees it")
		p.do(func() { d.show(true) })
		p.pass(time.Second)
		assert.Equal(t, []string{"show s1"}, p.m.asked())

		p.do(func() { d.refresh(); d.refresh(); d.refresh() })
		p.pass(3 * time.Second)
		assert.Equal(t, []string{"show s1", "show s1"}, p.m.asked(), "one at a time, and one more for what came meanwhile")

		p.do(func() { d.refresh(); d.open("s2") })
		assert.Nil(t, d.session)
		p.pass(time.Second)
		assert.Equal(t, "s2", d.session.ID, "the late answer is dropped")
		p.do(func() { d.renamed("s2", "other") })
		assert.Equal(t, "other", d.session.Name)

		p.do(func() { d.open("") })
		p.m.asked()
		p.pass(time.Hour)
		assert.Empty(t, p.m.asked())
	})
}

func TestDetailOfOneThatWaits(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		d := &detail{loop: p.loop(), store: p.store}
		status, info := model.StatusPending, ""
		p.m.show = func(id string) (*model.FullSession, error) {
			f := full(running(id))
			f.Status, f.StatusInfo = status, info
			return f, nil
		}
		p.m.ahead = 3
		p.do(func() { d.connect(p.m, model.RoleUser); d.open("s1") })
		assert.Equal(t, 3, d.ahead)
		assert.Equal(t, []string{"show s1", "ahead of s1"}, p.m.asked())

		p.m.refuse["ahead of s1"] = &client.Error{Kind: client.KindTimeout}
		p.do(d.refresh)
		assert.Equal(t, model.StatusPending, d.session.Status)
		assert.NoError(t, d.err, "that it is not known is no failure")

		p.m.asked()
		info = "no-available-instances"
		p.do(d.refresh)
		status, info = model.StatusRunning, ""
		p.do(d.refresh)
		assert.Equal(t, []string{"show s1", "show s1"}, p.m.asked(), "only where nothing else is told")
		assert.Zero(t, d.ahead)
	})
}

func TestDetailOfNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		d := &detail{loop: p.loop(), store: p.store}
		p.do(func() { d.open("s1") })
		assert.Empty(t, p.m.asked(), "nobody is signed in")
		assert.False(t, d.missing())
		p.do(func() { d.connect(p.m, model.RoleUser) })
		assert.True(t, d.missing())
		p.m.asked()
		p.pass(time.Hour)
		assert.Empty(t, p.m.asked(), "what is not there is not asked for again")
	})
}

func TestDetailKeepsWhatItHasWhenTheManagerIsAway(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		d := &detail{loop: p.loop(), store: p.store}
		p.m.show = func(id string) (*model.FullSession, error) { return full(running(id)), nil }
		p.do(func() { d.connect(p.m, model.RoleUser); d.open("s1") })
		p.m.refuse["show s1"] = &client.Error{Kind: client.KindUnreachable}
		p.do(d.refresh)
		require.NotNil(t, d.session)
		assert.Error(t, d.err)
		delete(p.m.refuse, "show s1")
		p.pass(refreshEvery)
		assert.NoError(t, d.err, "it asks again by itself")
	})
}

func TestDetailWaitsAsLongAsTheManagerSays(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		d := &detail{loop: p.loop(), store: p.store}
		p.m.show = func(string) (*model.FullSession, error) {
			return nil, &client.Error{Kind: client.KindRateLimit, RetryAfter: 5 * time.Minute}
		}
		p.store.Remember([]*model.Session{running("s1")})
		p.do(func() { d.connect(p.m, model.RoleUser); d.open("s1") })
		p.m.asked()
		p.do(d.heard)
		p.pass(5*time.Minute - time.Second)
		assert.Empty(t, p.m.asked(), "whatever happens meanwhile")
		p.m.show = func(id string) (*model.FullSession, error) { return full(running(id)), nil }
		p.pass(time.Second)
		assert.Equal(t, []string{"show s1"}, p.m.asked())
		p.pass(refreshEvery)
		assert.Equal(t, []string{"show s1"}, p.m.asked(), "and then as before")
		p.do(func() { d.open("") })
	})
}

func TestDetailOfAnEndedSessionRests(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		d := &detail{loop: p.loop(), store: p.store}
		p.m.show = func(id string) (*model.FullSession, error) {
			f := full(running(id))
			f.Status = model.StatusTerminated
			return f, nil
		}
		p.do(func() { d.connect(p.m, model.RoleUser); d.open("s1") })
		p.m.asked()
		p.pass(time.Hour)
		assert.Empty(t, p.m.asked(), "nothing more will happen")
	})
}

func TestDetailFollowsTheEventStream(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		d := &detail{loop: p.loop(), store: p.store}
		p.m.show = func(id string) (*model.FullSession, error) { return full(running(id)), nil }
		p.store.Remember([]*model.Session{running("s1")})
		p.do(func() { d.connect(p.m, model.RoleUser); d.open("s1") })
		p.do(func() {
			p.store.Step(client.SessionEvent{Name: "session_terminating", SessionID: "s1", Reason: "user-requested"})
			d.noticed()
		})
		assert.Equal(t, model.StatusTerminating, d.session.Status, "before any answer")
		p.do(d.stop)
	})
}
