package notices

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/ui"
)

// told is what a feed brought into a list.
type told struct {
	feed   feed
	center Center
	now    time.Time
	news   []string // texts of what was loud and new
}

func newTold() *told { return &told{now: now()} }

func (t *told) apply(o outcome) {
	for _, key := range o.remove {
		t.center.Remove(key)
	}
	for _, n := range o.add {
		if item, news := t.center.Add(n, t.now, true); news && item.loud() {
			t.news = append(t.news, n.Text)
		}
	}
}

// step makes an event happen to a session of this id, whose status the page
// follows.
func (t *told) step(id, name, reason string, code ...int) {
	e := client.SessionEvent{Name: name, SessionID: id, Session: "name-" + id, Reason: reason}
	if len(code) > 0 {
		e.ExitCode = &code[0]
	}
	t.apply(t.feed.step(live.Change{Kind: live.Stepped, ID: id, Event: e, Status: e.Status()}, t.now))
}

func (t *told) notice(id string) *Item { return t.center.Find(sessionKey(id)) }

func TestALifeIsOneNotification(t *testing.T) {
	f := newTold()
	for _, step := range []struct {
		event, text string
		busy        bool
	}{
		{"session_enqueued", "notices.session.waiting", true},
		{"session_scheduled", "notices.session.preparing", true},
		{"kernel_preparing", "notices.session.preparing", true},
		{"kernel_started", "notices.session.preparing", true},
		{"session_started", "notices.session.running", false},
		{"session_scheduled", "notices.session.running", false}, // late
	} {
		f.step("a", step.event, "unknown")
		require.Len(t, f.center.Items(), 1)
		assert.Equal(t, step.text, f.notice("a").Text, step.event)
		assert.Equal(t, step.busy, f.notice("a").Busy, step.event)
	}
	assert.Equal(t, []string{"notices.session.running"}, f.news)
	assert.True(t, f.notice("a").Usable)
	assert.Equal(t, []any{"name", "name-a"}, f.notice("a").Args)
}

func TestWhatTheNewestManagerSends(t *testing.T) {
	f := newTold()
	for _, event := range []string{"session_pending", "session_scheduled", "session_preparing", "session_prepared",
		"kernel_preparing", "kernel_creating", "kernel_started", "session_creating", "session_started"} {
		f.step("a", event, "triggered-by-scheduler")
	}
	assert.Equal(t, "notices.session.running", f.notice("a").Text)
	assert.Empty(t, f.notice("a").Reason, "why it goes on is no news")
}

func TestEnds(t *testing.T) {
	for name, test := range map[string]struct {
		do     func(f *told)
		text   string
		tone   ui.Tone
		reason string
		loud   bool
	}{
		"a session that was not used": {
			func(f *told) {
				f.step("a", "session_terminating", "idle-timeout")
				f.step("a", "kernel_terminated", "idle-timeout", 137)
				f.step("a", "session_terminated", "idle-timeout")
			}, "notices.session.ended", ui.Warning, "idle-timeout", true},
		"a batch session that failed, as 26.9 tells it": {
			func(f *told) { f.step("a", "session_failure", "triggered-by-scheduler") },
			"notices.session.failed", ui.Danger, "", true},
		"one whose machine went away": {
			func(f *told) { f.step("a", "session_terminated", "agent-termination") },
			"notices.session.ended", ui.Danger, "agent-termination", true},
		"one that waited too long": {
			func(f *told) { f.step("a", "session_cancelled", "pending-timeout") },
			"notices.session.ended", ui.Warning, "pending-timeout", true},
		"one for which no reason is given": {
			func(f *told) { f.step("a", "session_terminated", "unknown") },
			"notices.session.ended", ui.Info, "", true},
		"a batch that went well": {
			func(f *told) {
				f.step("a", "session_success", "task-finished", 0)
				f.step("a", "session_terminating", "task-finished")
				f.step("a", "session_terminated", "task-finished")
			}, "notices.session.finished", ui.Success, "", true},
		"a batch that failed": {
			func(f *told) {
				f.step("a", "session_failure", "task-failed", 3)
				f.step("a", "session_terminating", "task-failed")
				f.step("a", "session_terminated", "task-failed")
			}, "notices.session.failed_code", ui.Danger, "", true},
		"a batch that failed, of a manager that does not say how": {
			func(f *told) { f.step("a", "session_failure", "task-timeout") },
			"notices.session.failed", ui.Danger, "task-timeout", true},
		"one that the person ended": {
			func(f *told) {
				f.step("a", "session_terminating", "user-requested")
				f.step("a", "session_terminated", "user-requested")
			}, "notices.session.ended", ui.Info, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newTold()
			f.step("a", "session_enqueued", "unknown")
			f.step("a", "session_started", "unknown")
			f.news = nil
			test.do(f)
			item := f.notice("a")
			require.NotNil(t, item)
			assert.Equal(t, test.text, item.Text)
			assert.Equal(t, test.tone, item.Tone)
			assert.Equal(t, test.reason, item.Reason)
			assert.False(t, item.Busy)
			assert.False(t, item.Usable, "nothing of it can be opened any more")
			if test.loud {
				assert.Equal(t, []string{test.text}, f.news, "told once")
			} else {
				assert.Empty(t, f.news)
			}
		})
	}
}

func TestTheEndOfASessionThatThePersonEndedIsNoNewNotification(t *testing.T) {
	f := newTold()
	f.step("a", "session_terminating", "user-requested")
	f.step("a", "session_terminated", "user-requested")
	f.step("b", "session_terminated", "force-terminated")
	assert.Empty(t, f.center.Items())
}

func TestSessionsThatStartTogetherAreOneNotification(t *testing.T) {
	f := newTold()
	for i := range 6 {
		f.step(fmt.Sprint(i), "session_enqueued", "")
		f.now = f.now.Add(time.Second)
	}
	require.Len(t, f.center.Items(), 1)
	group := f.center.Items()[0]
	assert.Equal(t, "notices.sessions.starting", group.Text)
	assert.Equal(t, []any{"count", 6, "running", 0}, group.Args)

	for i := range 5 {
		f.step(fmt.Sprint(i), "session_started", "")
	}
	assert.InDelta(t, 5, f.center.Items()[0].Current, 0)
	assert.InDelta(t, 6, f.center.Items()[0].Total, 0)
	assert.Empty(t, f.news)
	f.step("5", "session_started", "")
	require.Len(t, f.center.Items(), 1)
	assert.Equal(t, []string{"notices.sessions.running"}, f.news)
	assert.False(t, f.center.Items()[0].Busy)

	f.step("0", "session_terminated", "idle-timeout")
	assert.Len(t, f.center.Items(), 2, "what happens to one of them later is told of it")

	f.now = f.now.Add(time.Minute)
	f.step("later", "session_enqueued", "")
	assert.Equal(t, "notices.session.waiting", f.notice("later").Text)
}

func TestAGroupOfWhichSomeDoNotStart(t *testing.T) {
	f := newTold()
	for i := range many {
		f.step(fmt.Sprint(i), "session_enqueued", "")
	}
	for i := range many - 1 {
		f.step(fmt.Sprint(i), "session_started", "")
	}
	f.step(fmt.Sprint(many-1), "session_cancelled", "failed-to-start")
	f.step("0", "session_terminating", "user-requested")
	f.step("1", "kernel_terminated", "user-requested")
	texts := map[string]bool{}
	for _, item := range f.center.Items() {
		texts[item.Text] = true
	}
	assert.True(t, texts["notices.session.ended"], "the one that failed is told of")
}

func TestSessionsOfALaunchAreOneNotificationHoweverQuickTheyAre(t *testing.T) {
	f := newTold()
	f.feed.expect([]string{"name-a", "name-b"}, f.now)
	f.step("a", "session_started", "") // nothing was heard of its beginning
	f.step("b", "session_enqueued", "")
	f.step("b", "session_started", "")
	require.Len(t, f.center.Items(), 1)
	assert.Equal(t, "notices.sessions.running", f.center.Items()[0].Text)
	assert.Equal(t, []any{"count", 2, "running", 2}, f.center.Items()[0].Args)
}

func TestSessionsThatEndTogetherAreOneNotification(t *testing.T) {
	f := newTold()
	for i := range 7 {
		f.step(fmt.Sprint(i), "session_terminated", "agent-termination")
	}
	require.Len(t, f.center.Items(), 1)
	item := f.center.Items()[0]
	assert.Equal(t, "notices.sessions.ended", item.Text)
	assert.Equal(t, []any{"count", 7, "name", "name-0"}, item.Args)
	assert.Equal(t, ui.Danger, item.Tone)
}

func TestWhatHappenedBeforeAReloadGoesOn(t *testing.T) {
	before := newTold()
	before.step("a", "session_enqueued", "")
	before.step("b", "session_started", "")

	after := newTold()
	after.center.Load(before.center.Save())
	after.feed.restore(after.center.Items(), after.now)
	assert.Equal(t, []string{"a"}, after.feed.open(), "what is asked after")

	after.apply(after.feed.learned(&model.Session{ID: "a", Name: "name-a", Status: model.StatusRunning}, after.now))
	assert.Equal(t, "notices.session.running", after.notice("a").Text)
	assert.Equal(t, []any{"name", "name-a"}, after.notice("a").Args)
	assert.Empty(t, after.feed.open())

	after.apply(after.feed.learned(&model.Session{ID: "b", Status: model.StatusTerminated, StatusInfo: "idle-timeout", Result: "UNDEFINED"}, after.now))
	assert.Equal(t, "idle-timeout", after.notice("b").Reason)
	after.apply(after.feed.learned(&model.Session{ID: "unheard-of", Status: model.StatusRunning}, after.now))
	assert.Nil(t, after.notice("unheard-of"))
}

func TestASessionThatIsAboutToEnd(t *testing.T) {
	f := newTold()
	f.step("a", "session_started", "")
	f.step("a", "session_idle_warning", "idle-timeout")
	assert.Equal(t, "notices.session.warned", f.notice("a").Text)
	assert.True(t, f.notice("a").Usable, "it can still be saved")
	f.step("a", "session_terminated", "idle-timeout")
	f.step("a", "session_idle_warning", "idle-timeout")
	assert.Equal(t, "notices.session.ended", f.notice("a").Text)
	assert.Equal(t, []string{"notices.session.warned", "notices.session.ended"}, f.news)
}

func TestTheFeedIsBounded(t *testing.T) {
	f := newTold()
	for i := range remembered + 10 {
		f.now = f.now.Add(time.Minute)
		f.step(fmt.Sprint(i), "session_enqueued", "")
	}
	assert.Len(t, f.feed.lives, remembered)
	assert.Len(t, f.feed.order, remembered)
}

func TestEveryStepOfEverySessionCanBeTold(t *testing.T) {
	names := []string{"session_enqueued", "session_scheduled", "kernel_pulling", "session_started", "session_success",
		"session_failure", "session_terminating", "kernel_terminated", "session_terminated", "session_cancelled", "session_other"}
	for _, first := range names {
		for _, second := range names {
			for _, third := range names {
				f := newTold()
				for _, name := range []string{first, second, third} {
					f.step("a", name, "idle-timeout")
				}
				assert.LessOrEqual(t, len(f.center.Items()), 1, "%s %s %s", first, second, third)
			}
		}
	}
}

func TestSessionsAskedForTogetherAreOneNotification(t *testing.T) {
	f := newTold()
	f.feed.expect([]string{"name-a", "name-b", "name-c"}, f.now)
	for _, id := range []string{"a", "b", "other", "c"} {
		f.step(id, "session_enqueued", "")
		f.now = f.now.Add(time.Minute) // however long each takes
	}
	require.Len(t, f.center.Items(), 2)
	assert.NotNil(t, f.notice("other"))
	for _, id := range []string{"a", "b", "c"} {
		f.step(id, "session_started", "")
	}
	require.Len(t, f.center.Items(), 2)
	assert.Equal(t, []string{"notices.sessions.running"}, f.news)

	f = newTold()
	f.feed.expect([]string{"name-a"}, f.now)
	f.step("a", "session_enqueued", "")
	assert.NotNil(t, f.notice("a"), "one alone is told of by its name")
}

func TestTheLogIsOfferedWithTheResultOfABatchSession(t *testing.T) {
	f := newTold()
	f.step("a", "session_started", "")
	f.step("a", "session_failure", "task-failed", 3)
	assert.Equal(t, "/sessions?panel=logs&session=a", f.notice("a").Href)
	assert.Equal(t, "notices.logs", f.notice("a").LinkText)
}
