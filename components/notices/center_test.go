package notices

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/components/ui"
)

func keys(c *Center) []string {
	var out []string
	for _, item := range c.Items() {
		out = append(out, item.Key)
	}
	return out
}

func now() time.Time { return time.Date(2026, 3, 4, 15, 4, 5, 0, time.UTC) }

func TestTheNewestIsFirst(t *testing.T) {
	var c Center
	for _, key := range []string{"a", "b", "c"} {
		_, news := c.Add(Notice{Key: key, Text: "x"}, now(), true)
		assert.True(t, news)
	}
	assert.Equal(t, []string{"c", "b", "a"}, keys(&c))
	assert.Equal(t, 3, c.Unread())
	assert.Equal(t, ui.Info, c.Items()[0].Tone)
}

func TestOneThingHasOneNotification(t *testing.T) {
	var c Center
	c.Add(Notice{Key: "a", Text: "waiting", Busy: true}, now(), true)
	c.Add(Notice{Key: "b", Text: "x"}, now(), true)
	c.ReadAll()
	before := c.Items()

	_, news := c.Add(Notice{Key: "a", Text: "preparing", Busy: true}, now(), true)
	assert.False(t, news)
	assert.Equal(t, []string{"b", "a"}, keys(&c), "a step is shown in its place")
	assert.Equal(t, "waiting", before[1].Text, "what was given out is not changed")
	assert.Zero(t, c.Unread(), "a step is no news")

	_, news = c.Add(Notice{Key: "a", Text: "running", Loud: true}, now(), false)
	assert.True(t, news)
	assert.Equal(t, []string{"b", "a"}, keys(&c), "nothing moves under the pointer")
	_, news = c.Add(Notice{Key: "a", Text: "ended", Loud: true}, now(), true)
	assert.True(t, news)
	assert.Equal(t, []string{"a", "b"}, keys(&c))
	assert.Equal(t, 1, c.Unread())

	c.ReadAll()
	_, news = c.Add(Notice{Key: "a", Text: "ended", Loud: true}, now(), true)
	assert.False(t, news, "the same again")
	assert.Zero(t, c.Unread())
}

func TestNotificationsWithoutAKeyStandAlone(t *testing.T) {
	var c Center
	c.Add(Notice{Text: "x"}, now(), true)
	c.Add(Notice{Text: "x"}, now(), true)
	assert.Len(t, c.Items(), 2)
	assert.NotEqual(t, c.Items()[0].Key, c.Items()[1].Key)
}

func TestTheListIsBounded(t *testing.T) {
	var c Center
	c.Add(Notice{Key: "busy", Text: "x", Busy: true}, now(), true)
	c.Add(Notice{Key: "read", Text: "x"}, now(), true)
	c.ReadAll()
	for i := range most {
		c.Add(Notice{Key: strconv.Itoa(i), Text: "x"}, now(), true)
	}
	require.Len(t, c.Items(), most)
	assert.Nil(t, c.Find("read"), "what was read goes first")
	assert.Nil(t, c.Find("busy"), "if nothing was read, the oldest goes")
	assert.NotNil(t, c.Find("0"))
}

func TestRemoveAndClear(t *testing.T) {
	var c Center
	c.Add(Notice{Key: "a", Text: "x"}, now(), true)
	c.Add(Notice{Key: "b", Text: "x", Busy: true}, now(), true)
	c.Add(Notice{Key: "c", Text: "x"}, now(), true)
	c.Remove("a")
	c.Remove("a")
	assert.Equal(t, []string{"c", "b"}, keys(&c))
	c.Clear()
	assert.Equal(t, []string{"b"}, keys(&c), "what is under way stays")
	c.Forget()
	assert.Empty(t, c.Items())
}

func TestTheListSurvivesAReload(t *testing.T) {
	var c, again Center
	c.Add(Notice{Key: "a", Text: "x", Args: []any{"name", "학습", "count", 3}, Tone: ui.Danger, Session: "id"}, now(), true)
	again.Load(c.Save())
	require.Len(t, again.Items(), 1)
	assert.Equal(t, []any{"name", "학습", "count", 3.0}, again.Items()[0].Args)
	assert.True(t, again.Items()[0].At.Equal(now()))

	for _, text := range []string{"", "no", "{}", "[null, {}, 3]", `[null, {}, {"key": "a"}]`} {
		var c Center
		c.Load(text)
		assert.Empty(t, c.Items(), text)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(`[{"key":"a","text":"x","at":"2026-03-04T15:04:05Z"}]`)
	f.Fuzz(func(t *testing.T, text string) {
		var c Center
		c.Load(text)
		assert.LessOrEqual(t, len(c.Items()), most)
		c.Add(Notice{Key: "a", Text: "x"}, now(), true)
		assert.NotNil(t, c.Find("a"))
	})
}
