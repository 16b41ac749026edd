package sessions

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRefreshGuards(t *testing.T) {
	bubble(t, "deck: a list that is not active does not ask", func(t *testing.T, b *bench) {
		b.do(func(l *List) { l.Refresh() })
		b.do(func(l *List) { l.SetQuery(Query{Tab: Finished, Page: 1}) })
		b.do(func(l *List) { l.SetProject("p") })
		assert.Zero(t, b.source.count())
	})
	bubble(t, "deck: a list that is refreshing does not ask again", func(t *testing.T, b *bench) {
		b.source.delay = time.Second
		b.start()
		for range 5 {
			b.do(func(l *List) { l.Refresh() })
		}
		assert.Equal(t, 1, b.source.count())
		b.pass(time.Second)
		assert.Equal(t, 1, b.source.count())
		assert.Equal(t, 1, b.refreshed, "the request in flight took over that somebody asked for a refresh")
	})
	bubble(t, "deck: activation asks at once", func(t *testing.T, b *bench) {
		b.start()
		assert.Equal(t, 1, b.source.count())
		assert.Len(t, b.list.rows, 3)
		assert.Equal(t, 3, b.list.total)
		assert.Zero(t, b.refreshed, "nobody asked")
	})
	bubble(t, "deck: refresh announces that resources were refreshed", func(t *testing.T, b *bench) {
		b.start()
		b.do(func(l *List) { l.Refresh() })
		assert.Equal(t, 1, b.refreshed)
	})
	bubble(t, "a failed refresh announces nothing", func(t *testing.T, b *bench) {
		b.start()
		b.source.set(fails(client.KindTimeout, 0))
		b.do(func(l *List) { l.Refresh() })
		assert.Zero(t, b.refreshed)
		assert.Len(t, b.failures, 1)
	})
}

func TestTimers(t *testing.T) {
	tests := []struct {
		name string
		tab  Condition
		fail bool
		want time.Duration
	}{
		{"deck: running refreshes every 5 s", Running, false, 5 * time.Second},
		{"deck: finished refreshes every 30 s", Finished, false, 30 * time.Second},
		{"deck: others refreshes every 30 s", Others, false, 30 * time.Second},
		{"a tab by type is a running one", Batch, false, 5 * time.Second},
		{"after an error running waits 20 s", Running, true, 20 * time.Second},
		{"after an error finished waits 120 s", Finished, true, 120 * time.Second},
	}
	for _, test := range tests {
		bubble(t, test.name, func(t *testing.T, b *bench) {
			if test.fail {
				b.source.set(fails(client.KindUnreachable, 0))
			}
			b.do(func(l *List) { l.SetQuery(Query{Tab: test.tab, Page: 1}) })
			b.start()
			require.Equal(t, 1, b.source.count())
			b.pass(test.want - time.Millisecond)
			assert.Equal(t, 1, b.source.count())
			b.pass(time.Millisecond)
			assert.Equal(t, 2, b.source.count())
			b.pass(test.want)
			assert.Equal(t, 3, b.source.count(), "and again")
		})
	}

	bubble(t, "whatever is clicked, there is one timer chain", func(t *testing.T, b *bench) {
		b.start()
		for i := range 20 {
			b.do(func(l *List) { l.Refresh() })
			b.do(func(l *List) { l.SetQuery(l.query.WithPage(i % 3)) })
			b.do(func(l *List) { l.refreshJobData(true, false) })
		}
		before := b.source.count()
		b.pass(50 * time.Second)
		assert.Equal(t, 10, b.source.count()-before, "one request every 5 s")
	})
	bubble(t, "a refresh without repeat leaves the chain as it is", func(t *testing.T, b *bench) {
		b.start()
		b.pass(4 * time.Second)
		b.do(func(l *List) { l.refreshJobData(true, false) })
		require.Equal(t, 2, b.source.count())
		b.pass(time.Second)
		assert.Equal(t, 3, b.source.count(), "5 s after the activation")
	})
	bubble(t, "a chain survives a slow refresh without repeat", func(t *testing.T, b *bench) {
		b.start()
		b.source.mu.Lock()
		b.source.delay = 10 * time.Second
		b.source.mu.Unlock()
		b.pass(4 * time.Second)
		b.do(func(l *List) { l.refreshJobData(true, false) })
		b.pass(10 * time.Second) // the timer went off while it was under way
		b.pass(5 * time.Second)
		assert.Equal(t, 3, b.source.count())
		b.pass(10 * time.Second)
	})
	bubble(t, "leaving stops the timer", func(t *testing.T, b *bench) {
		b.start()
		b.stop()
		b.pass(time.Hour)
		assert.Equal(t, 1, b.source.count())
	})
	bubble(t, "a hidden page has no timer and asks once when it is shown", func(t *testing.T, b *bench) {
		b.start()
		b.do(func(l *List) { l.SetVisible(false) })
		b.pass(time.Hour)
		assert.Equal(t, 1, b.source.count())
		b.do(func(l *List) { l.SetVisible(true); l.SetVisible(true) })
		assert.Equal(t, 2, b.source.count())
		b.pass(5 * time.Second)
		assert.Equal(t, 3, b.source.count())
	})
	bubble(t, "a page hidden while it waits for an answer takes it and rests", func(t *testing.T, b *bench) {
		b.source.delay = time.Second
		b.start()
		b.do(func(l *List) { l.SetVisible(false) })
		b.pass(time.Second)
		assert.Len(t, b.list.rows, 3)
		b.pass(time.Hour)
		assert.Equal(t, 1, b.source.count())
	})
}

func TestStaleAnswersAreDropped(t *testing.T) {
	bubble(t, "another tab cancels the request and drops its answer", func(t *testing.T, b *bench) {
		b.source.delay = time.Second
		b.source.set(func(r client.ListRequest) (client.SessionPage, error) {
			if len(r.Statuses) == 2 {
				return some(1), nil
			}
			return some(9), nil
		})
		b.start()
		b.do(func(l *List) { l.SetQuery(l.query.WithTab(Finished)) })
		assert.Equal(t, 2, b.source.count())
		assert.Equal(t, 1, b.source.cut)
		b.pass(time.Minute)
		assert.Len(t, b.list.rows, 1)
		assert.Nil(t, b.list.failure, "a cancelled request is no failure")
	})
	bubble(t, "an answer that was on its way all the same is dropped", func(t *testing.T, b *bench) {
		b.start()
		old := b.list.request
		b.do(func(l *List) { l.SetQuery(l.query.WithFilter("x")) })
		b.do(func(l *List) { l.answer(old, Query{}, some(50), nil) })
		assert.Len(t, b.list.rows, 3)
	})
	bubble(t, "no row of another tab is shown", func(t *testing.T, b *bench) {
		b.start()
		b.source.mu.Lock()
		b.source.delay = time.Second
		b.source.mu.Unlock()
		b.do(func(l *List) { l.SetQuery(l.query.WithTab(Finished)) })
		assert.Empty(t, b.list.rows)
		assert.False(t, b.list.loaded)
	})
	bubble(t, "the rows stay, as not fresh, while another page or filter is on its way", func(t *testing.T, b *bench) {
		b.start()
		b.source.mu.Lock()
		b.source.delay = time.Second
		b.source.mu.Unlock()
		b.do(func(l *List) { l.SetQuery(l.query.WithFilter("na")) })
		assert.Len(t, b.list.rows, 3)
		assert.True(t, b.list.loaded)
		assert.False(t, b.list.fresh)
		b.pass(time.Second)
		assert.True(t, b.list.fresh)
	})
}

func TestFailure(t *testing.T) {
	bubble(t, "keeps the last rows with their date, and recovers", func(t *testing.T, b *bench) {
		b.start()
		updated := b.list.updated
		b.source.set(fails(client.KindUnreachable, 0))
		b.pass(5 * time.Second)
		require.NotNil(t, b.list.failure)
		assert.Equal(t, client.KindUnreachable, client.KindOf(b.list.failure.Err))
		assert.Equal(t, time.Now().Add(20*time.Second), b.list.failure.Retry)
		assert.Len(t, b.list.rows, 3)
		assert.Equal(t, 3, b.list.total)
		assert.Equal(t, updated, b.list.updated)
		assert.True(t, b.list.loaded)

		b.source.set(nil)
		b.pass(20 * time.Second)
		assert.Nil(t, b.list.failure)
		assert.Equal(t, time.Now(), b.list.updated)
	})
	bubble(t, "[20]: one failure does not freeze the list", func(t *testing.T, b *bench) {
		b.source.set(fails(client.KindServer, 0))
		b.start()
		b.do(func(l *List) { l.Refresh() })
		assert.Equal(t, 2, b.source.count())
	})
	bubble(t, "the first one is not an empty list", func(t *testing.T, b *bench) {
		b.source.set(fails(client.KindTimeout, 0))
		b.start()
		assert.False(t, b.list.loaded)
		assert.NotNil(t, b.list.failure)
	})
	bubble(t, "a panic below is a failure, not the end", func(t *testing.T, b *bench) {
		b.source.set(func(client.ListRequest) (client.SessionPage, error) { panic("broken") })
		b.start()
		require.NotNil(t, b.list.failure)
		assert.ErrorContains(t, b.list.failure.Err, "broken")
	})
	bubble(t, "an answer with errors shows the rows it holds", func(t *testing.T, b *bench) {
		b.source.set(func(client.ListRequest) (client.SessionPage, error) {
			return some(2), &client.Error{Kind: client.KindGraphQL}
		})
		b.start()
		assert.Len(t, b.list.rows, 2)
		assert.NotNil(t, b.list.failure)
	})
	bubble(t, "a list that was left has no next try", func(t *testing.T, b *bench) {
		b.source.set(fails(client.KindAuth, 0))
		b.start()
		b.stop()
		assert.True(t, b.list.failure.Retry.IsZero())
	})
}

func TestTooManyRequests(t *testing.T) {
	bubble(t, "waits as long as the manager says", func(t *testing.T, b *bench) {
		b.source.set(fails(client.KindRateLimit, 90*time.Second))
		b.start()
		b.pass(89 * time.Second)
		assert.Equal(t, 1, b.source.count())
		b.pass(time.Second)
		assert.Equal(t, 2, b.source.count())
	})
	bubble(t, "goes on more slowly afterwards, and picks up again", func(t *testing.T, b *bench) {
		b.source.set(fails(client.KindRateLimit, 0))
		b.start()
		b.pass(20 * time.Second) // second refusal: four times as slow
		require.Equal(t, 4, b.list.pace)
		b.source.set(nil)
		b.pass(20 * time.Second)
		require.Equal(t, 3, b.source.count())
		b.pass(10*time.Second - time.Millisecond)
		assert.Equal(t, 3, b.source.count())
		b.pass(time.Millisecond)
		assert.Equal(t, 4, b.source.count(), "twice 5 s")
		b.pass(5 * time.Second)
		assert.Equal(t, 5, b.source.count(), "as before")
	})
	bubble(t, "never slower than the longest wait", func(t *testing.T, b *bench) {
		b.list.pace = maxPace
		b.list.query.Tab = Finished
		assert.Equal(t, waitOtherError, b.list.wait(nil))
	})
}

func TestRowsThatDidNotChangeKeepTheirPointer(t *testing.T) {
	bubble(t, "so that nothing is drawn again", func(t *testing.T, b *bench) {
		b.start()
		before := append([]*facts.Row(nil), b.list.rows...)
		b.source.set(func(client.ListRequest) (client.SessionPage, error) {
			page := some(3)
			page.Items[1].Status = model.StatusTerminating
			return page, nil
		})
		b.pass(5 * time.Second)
		assert.Same(t, before[0], b.list.rows[0])
		assert.NotSame(t, before[1], b.list.rows[1])
		assert.Equal(t, model.StatusRunning, before[1].Status, "replaced, not changed")
		assert.Same(t, before[2], b.list.rows[2])
	})
}

func TestNilSessionsAreSkipped(t *testing.T) {
	bubble(t, "and the rest is shown", func(t *testing.T, b *bench) {
		b.source.set(func(client.ListRequest) (client.SessionPage, error) {
			page := some(2)
			page.Items[0] = nil
			return page, nil
		})
		b.start()
		assert.Len(t, b.list.rows, 1)
	})
}

func TestNothingIsLeftAfterForget(t *testing.T) {
	bubble(t, "rows, total, date and failure", func(t *testing.T, b *bench) {
		b.start()
		b.stop()
		b.do(func(l *List) { l.Forget() })
		assert.Empty(t, b.list.rows)
		assert.Zero(t, b.list.total)
		assert.True(t, b.list.updated.IsZero())
		assert.Nil(t, b.list.failure)
	})
}

func TestAskTellsErrorsThrough(t *testing.T) {
	want := errors.New("as it came")
	source := &fakeSource{answer: func(client.ListRequest) (client.SessionPage, error) {
		return client.SessionPage{}, fmt.Errorf("wrapped: %w", want)
	}}
	_, err := ask(t.Context(), source, client.ListRequest{})
	assert.ErrorIs(t, err, want)
}
