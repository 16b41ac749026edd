package page_test

import (
	"fmt"
	"testing"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/page"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// record is a page that writes down which hooks were called.
type record struct {
	*page.Page
	calls []string
}

func newRecord() *record {
	r := &record{}
	r.Page = page.New(page.Hooks{
		ViewStateChanged: func(active bool) { r.calls = append(r.calls, fmt.Sprint("viewStateChanged ", active)) },
		Ready:            func(*client.Client) { r.calls = append(r.calls, "ready") },
		Lost:             func() { r.calls = append(r.calls, "lost") },
		Shown:            func(visible bool) { r.calls = append(r.calls, fmt.Sprint("shown ", visible)) },
	})
	return r
}

func TestActivation(t *testing.T) {
	ready := new(page.Connection)
	ready.Connected(new(client.Client))

	tests := map[string]struct {
		do   func(r *record)
		want []string
	}{
		"a new page does nothing": {
			do: func(*record) {},
		},
		"deck: active false returns at once": {
			do: func(r *record) { r.SetConnection(ready); r.SetActive(false) },
		},
		"deck: with a ready client the page starts at once": {
			do:   func(r *record) { r.SetConnection(ready); r.SetActive(true) },
			want: []string{"viewStateChanged true", "ready"},
		},
		"the same state again is no change": {
			do:   func(r *record) { r.SetConnection(ready); r.SetActive(true); r.SetActive(true) },
			want: []string{"viewStateChanged true", "ready"},
		},
		"each activation starts anew": {
			do: func(r *record) {
				r.SetConnection(ready)
				r.SetActive(true)
				r.SetActive(false)
				r.SetActive(true)
			},
			want: []string{"viewStateChanged true", "ready", "viewStateChanged false", "viewStateChanged true", "ready"},
		},
		"a connection that comes after the activation is used": {
			do:   func(r *record) { r.SetActive(true); r.SetConnection(ready) },
			want: []string{"viewStateChanged true", "ready"},
		},
		"the same connection again is no change": {
			do:   func(r *record) { r.SetActive(true); r.SetConnection(ready); r.SetConnection(ready) },
			want: []string{"viewStateChanged true", "ready"},
		},
		"another connection takes the client away until it has one": {
			do: func(r *record) {
				r.SetConnection(ready)
				r.SetActive(true)
				later := new(page.Connection)
				r.SetConnection(later)
				later.Connected(new(client.Client))
			},
			want: []string{"viewStateChanged true", "ready", "lost", "ready"},
		},
		"an inactive page loses nothing": {
			do: func(r *record) { r.SetConnection(ready); r.SetConnection(new(page.Connection)) },
		},
		"a closed page says nothing more": {
			do: func(r *record) {
				c := new(page.Connection)
				r.SetConnection(c)
				r.SetActive(true)
				r.Close()
				c.Connected(new(client.Client))
			},
			want: []string{"viewStateChanged true"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRecord()
			test.do(r)
			assert.Equal(t, test.want, r.calls)
		})
	}
}

func TestWaitingForAClient(t *testing.T) {
	c := new(page.Connection)
	r := newRecord()
	r.SetConnection(c)
	r.SetActive(true)
	require.Equal(t, []string{"viewStateChanged true"}, r.calls)
	assert.False(t, r.ActiveConnected())

	c.Connected(new(client.Client))
	assert.Equal(t, []string{"viewStateChanged true", "ready"}, r.calls)
	assert.True(t, r.ActiveConnected())

	c.Connected(new(client.Client))
	assert.Len(t, r.calls, 2, "the subscription is for once only")
	assert.Zero(t, c.Waiting())
}

func TestSubscriptionsDoNotAddUp(t *testing.T) {
	c := new(page.Connection)
	r := newRecord()
	r.SetConnection(c)
	for range 10 {
		r.SetActive(true)
		r.SetActive(false)
	}
	assert.Zero(t, c.Waiting(), "an inactive page does not wait")
	r.SetActive(true)
	assert.Equal(t, 1, c.Waiting())

	r.calls = nil
	c.Connected(new(client.Client))
	assert.Equal(t, []string{"ready"}, r.calls)
}

func TestVisibility(t *testing.T) {
	c := new(page.Connection)
	r := newRecord()
	assert.True(t, r.Visible())
	r.SetConnection(c)
	r.SetVisible(false)
	r.SetActive(true)
	assert.Equal(t, []string{"viewStateChanged true"}, r.calls, "nothing is running yet that could be paused")

	c.Connected(new(client.Client))
	r.SetVisible(false)
	r.SetVisible(true)
	r.SetVisible(true)
	r.SetVisible(false)
	assert.Equal(t, []string{"viewStateChanged true", "ready", "shown true", "shown false"}, r.calls)
}

func TestWatcherOutsideOfABrowserIsSilent(t *testing.T) {
	stop := page.Watcher{}.Start()
	stop()
	assert.True(t, page.TabVisible())
}
