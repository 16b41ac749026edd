package notices

import (
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/ui"
)

func bell(lang string, list ...Notice) *Bell {
	b := &Bell{Texts: i18n.Load(lang), Live: new(live.Store)}
	for _, n := range list {
		b.center.Add(n, now(), true)
	}
	return b
}

func TestTheBellSaysHowManyAreUnread(t *testing.T) {
	b := bell("en")
	markup := app.HTMLString(b)
	assert.Contains(t, markup, `aria-label="Notifications"`)
	assert.NotContains(t, markup, "bell-count")
	assert.Contains(t, markup, "Nothing new")

	b = bell("en", Notice{Text: "notices.session.running", Args: []any{"name", "train"}}, Notice{Text: "notices.task.done"})
	markup = app.HTMLString(b)
	assert.Contains(t, markup, `aria-label="Notifications, 2 unread"`)
	assert.Contains(t, markup, "train is running")
	assert.Contains(t, app.HTMLString(bell("ko", Notice{Text: "notices.session.running", Args: []any{"name", "train"}})), "train 세션이 실행되었습니다")
	assert.Equal(t, "99+", countText("100", 100))
}

func TestWhatCanBeDone(t *testing.T) {
	running := Notice{Key: "session x", Text: "notices.session.running", Args: []any{"name", "train"}, Session: "x", Usable: true}
	markup := app.HTMLString(bell("en", running))
	for _, text := range []string{"session=x", "panel=apps", "panel=terminal", "panel=logs", `aria-label="Terminate: train"`} {
		assert.Contains(t, markup, text)
	}

	ended := running
	ended.Usable, ended.Text, ended.Reason = false, "notices.session.ended", "idle-timeout"
	markup = app.HTMLString(bell("en", ended))
	assert.NotContains(t, markup, "panel=apps")
	assert.Contains(t, markup, "Nobody used it for longer than allowed (network traffic).")

	working := Notice{Key: "a", Text: "notices.task.done", Busy: true, Current: 1, Total: 4, Stop: "stop", Href: "/x", LinkText: "notices.logs"}
	markup = app.HTMLString(bell("en", working))
	assert.Contains(t, markup, "<progress")
	assert.Contains(t, markup, "25 %")
	assert.Contains(t, markup, `data-action="stop"`)
	assert.Contains(t, markup, `href="/x"`)
	assert.NotContains(t, markup, "Remove:", "what is under way stays")

	working.Total = 0
	assert.NotContains(t, app.HTMLString(bell("en", working)), "<progress")
}

func TestDetail(t *testing.T) {
	texts := i18n.Load("en")
	for name, test := range map[string]struct {
		notice Notice
		want   string
	}{
		"nothing":                       {Notice{}, ""},
		"a reason that is known":        {Notice{Reason: "idle-timeout"}, "Nobody used it for longer than allowed (network traffic)."},
		"one that is not":               {Notice{Reason: "moon-phase"}, "It ended for the reason moon-phase."},
		"the words of others":           {Notice{Detail: "no room"}, "no room"},
		"a reason and words of others":  {Notice{Reason: "task-failed", Detail: "no room"}, "Its command has failed. no room"},
		"a reason made of punctuation":  {Notice{Reason: "."}, "It ended for the reason .."},
		"an end that the person wanted": {Notice{Reason: ""}, ""},
	} {
		assert.Equal(t, test.want, detail(texts, test.notice), name)
	}
}

func TestToastsOfNotifications(t *testing.T) {
	texts := i18n.Load("en")
	toast := toast(texts, Notice{Key: "a", Tone: ui.Warning, Text: "notices.session.ended", Args: []any{"name", "x"}, Reason: "idle-timeout"})
	assert.True(t, toast.Stays)
	assert.Equal(t, "notices/a", toast.From)
	assert.Equal(t, "Nobody used it for longer than allowed (network traffic).", toast.Detail)
}

func TestWhen(t *testing.T) {
	texts := i18n.Load("en")
	at := now()
	assert.Equal(t, "15:04", when(texts, at.Add(time.Hour), at))
	assert.Equal(t, "Mar 4, 15:04", when(texts, at.Add(24*time.Hour), at))
}

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		current, total float64
		want           string
	}{{0, 0, ""}, {0, 3, "0 %"}, {1, 3, "33 %"}, {9, 3, "100 %"}, {-1, 3, "0 %"}} {
		assert.Equal(t, test.want, percent(test.current, test.total))
	}
}

func TestTheReasonsAreSentences(t *testing.T) {
	for _, lang := range []string{"en", "ko"} {
		texts := i18n.Load(lang)
		for _, reason := range []string{"idle-timeout", "idle-session-lifetime", "idle-utilization", "self-terminated", "task-failed",
			"task-timeout", "agent-termination", "failed-to-start", "pending-timeout", "terminated-unknown-container"} {
			said := detail(texts, Notice{Reason: reason})
			assert.NotEqual(t, reason, said)
			assert.True(t, strings.HasSuffix(said, "."), said)
		}
	}
}
