package sessions

import (
	"strconv"
	"testing"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shifted answers like long, with new sessions before the first.
func shifted(total, added int) func(client.ListRequest) (client.SessionPage, error) {
	return func(r client.ListRequest) (client.SessionPage, error) {
		page := client.SessionPage{Total: total + added}
		for i := r.Offset; i < min(r.Offset+r.Limit, total+added); i++ {
			id := "new" + strconv.Itoa(i)
			if i >= added {
				id = "s" + strconv.Itoa(i-added)
			}
			page.Items = append(page.Items, &model.Session{ID: id, Status: model.StatusRunning})
		}
		return page, nil
	}
}

func TestRowsAreAskedForAsTheyComeIntoSight(t *testing.T) {
	bubble(t, "one request for what is drawn, with some more on both sides", func(t *testing.T, b *bench) {
		b.source.set(long(100_000))
		b.start()
		b.do(func(l *List) { l.SetSight(span{0, 40}, span{0, 20}, false) })
		assert.Equal(t, 1, b.source.count(), "the first page is enough")
		b.do(func(l *List) { l.SetSight(span{50_000, 40}, span{50_010, 20}, true) })
		b.pass(time.Second)
		assert.Equal(t, 2, b.source.count())
		assert.Equal(t, 49_995, b.source.last().Offset)
		assert.Equal(t, 50, b.source.last().Limit)
		assert.Equal(t, "s50010", b.list.rowAt(50_010).ID)
		assert.Nil(t, b.list.rowAt(10), "far away it is not kept")
	})
	bubble(t, "rows beside those that came stay loaded", func(t *testing.T, b *bench) {
		b.source.set(long(1000))
		b.start()
		b.do(func(l *List) { l.SetSight(span{30, 40}, span{40, 20}, true) })
		b.pass(time.Second)
		assert.NotNil(t, b.list.rowAt(0))
		assert.NotNil(t, b.list.rowAt(69))
		count := b.source.count()
		b.do(func(l *List) { l.SetSight(span{0, 40}, span{0, 20}, true) })
		assert.Equal(t, count, b.source.count(), "so that going back asks for nothing")
	})
	bubble(t, "never more than there may be", func(t *testing.T, b *bench) {
		b.source.set(long(100_000))
		b.start()
		for first := 0; first < 4000; first += 30 {
			b.do(func(l *List) { l.SetSight(span{first, 40}, span{first + 10, 20}, true) })
			b.pass(200 * time.Millisecond)
			assert.LessOrEqual(t, len(b.list.rows), maxLoaded)
			require.NotNil(t, b.list.rowAt(first+10))
		}
	})
	bubble(t, "dragging asks a few times, and abandons what nobody waits for", func(t *testing.T, b *bench) {
		b.source.set(long(100_000))
		b.start()
		b.source.mu.Lock()
		b.source.delay = time.Second
		b.source.mu.Unlock()
		for i := range 100 {
			b.do(func(l *List) { l.SetSight(span{i * 900, 40}, span{i*900 + 10, 20}, true) })
			time.Sleep(10 * time.Millisecond)
		}
		b.pass(2 * time.Second)
		assert.LessOrEqual(t, b.source.count(), 12)
		assert.Positive(t, b.source.cut)
		assert.NotNil(t, b.list.rowAt(99*900+10))
	})
	bubble(t, "a poll asks for what is in sight, and once", func(t *testing.T, b *bench) {
		b.source.set(long(100_000))
		b.start()
		b.do(func(l *List) { l.SetSight(span{70_000, 40}, span{70_010, 20}, true) })
		b.pass(time.Second)
		count := b.source.count()
		b.pass(5 * time.Second)
		assert.Equal(t, count+1, b.source.count())
		assert.Equal(t, 69_995, b.source.last().Offset)
	})
}

func TestRowsStayWhereTheyAre(t *testing.T) {
	moved := func(b *bench) *[]int {
		var by []int
		b.list.hooks.Moved = func(rows int) { by = append(by, rows) }
		return &by
	}
	bubble(t, "at the top what is new is shown at once", func(t *testing.T, b *bench) {
		by := moved(b)
		b.source.set(long(100))
		b.start()
		b.do(func(l *List) { l.SetSight(span{0, 40}, span{0, 20}, false) })
		b.source.set(shifted(100, 2))
		b.pass(5 * time.Second)
		assert.Equal(t, "new0", b.list.rowAt(0).ID)
		assert.Empty(t, *by)
	})
	bubble(t, "further down the page scrolls along", func(t *testing.T, b *bench) {
		by := moved(b)
		b.source.set(long(1000))
		b.start()
		b.do(func(l *List) { l.SetSight(span{300, 40}, span{310, 20}, true) })
		b.pass(time.Second)
		b.source.set(shifted(1000, 2))
		b.pass(5 * time.Second)
		assert.Equal(t, []int{2}, *by)
	})
	bubble(t, "under the pointer what is new waits", func(t *testing.T, b *bench) {
		by := moved(b)
		b.source.set(long(100))
		b.start()
		b.do(func(l *List) { l.SetSight(span{0, 40}, span{0, 20}, false); l.SetHeld(true) })
		b.source.set(shifted(100, 2))
		b.pass(5 * time.Second)
		assert.Equal(t, "s0", b.list.rowAt(0).ID)
		came, other := b.list.News()
		assert.Equal(t, 2, came)
		assert.True(t, other)
		assert.Equal(t, 100, b.list.places())

		b.do(func(l *List) { l.SetHeld(false) })
		assert.Equal(t, "new0", b.list.rowAt(0).ID)
		_, other = b.list.News()
		assert.False(t, other)
		assert.Empty(t, *by)
	})
	bubble(t, "what the person has started does not wait", func(t *testing.T, b *bench) {
		b.list.hooks.Expected = func(s *model.Session) bool { return s.ID == "new0" }
		b.source.set(long(100))
		b.start()
		b.do(func(l *List) { l.SetSight(span{0, 40}, span{0, 20}, false); l.SetHeld(true) })
		b.source.set(shifted(100, 2))
		b.pass(5 * time.Second)
		assert.Equal(t, "new0", b.list.rowAt(0).ID)
		_, other := b.list.News()
		assert.False(t, other)
		assert.True(t, b.list.held, "still")
	})
	bubble(t, "nor does what came of others before", func(t *testing.T, b *bench) {
		b.source.set(long(100))
		b.start()
		b.do(func(l *List) { l.SetSight(span{0, 40}, span{0, 20}, false); l.SetHeld(true) })
		b.source.set(shifted(100, 1))
		b.pass(5 * time.Second)
		assert.Equal(t, "s0", b.list.rowAt(0).ID)
		b.list.hooks.Expected = func(s *model.Session) bool { return s.ID == "new1" }
		b.source.set(shifted(100, 2))
		b.pass(5 * time.Second)
		assert.Equal(t, "new0", b.list.rowAt(0).ID)
		assert.Equal(t, "new1", b.list.rowAt(1).ID)
	})
	bubble(t, "under the pointer another order waits, and values do not", func(t *testing.T, b *bench) {
		b.source.set(long(3))
		b.start()
		b.do(func(l *List) { l.SetSight(span{0, 3}, span{0, 3}, false); l.SetHeld(true) })
		b.source.set(func(client.ListRequest) (client.SessionPage, error) {
			return client.SessionPage{Total: 2, Items: []*model.Session{
				{ID: "s2", Status: model.StatusTerminating}, {ID: "s0", Status: model.StatusRunning},
			}}, nil
		})
		b.pass(5 * time.Second)
		assert.Equal(t, "s0", b.list.rowAt(0).ID)
		assert.Equal(t, model.StatusTerminating, b.list.rowAt(2).Status)
		assert.True(t, b.list.Gone("s1"))
		b.do(func(l *List) { l.Show() })
		assert.Equal(t, "s2", b.list.rowAt(0).ID)
		assert.Equal(t, 2, b.list.total)
		assert.False(t, b.list.Gone("s1"))
		assert.True(t, b.list.held, "still")
	})
	bubble(t, "another query waits for nobody", func(t *testing.T, b *bench) {
		b.source.set(long(3))
		b.start()
		b.do(func(l *List) { l.SetSight(span{0, 3}, span{0, 3}, false); l.SetHeld(true) })
		b.source.set(shifted(0, 2))
		b.do(func(l *List) { l.SetQuery(l.query.WithFilter("new")) })
		assert.Equal(t, "new0", b.list.rowAt(0).ID)
	})
}

func TestPatch(t *testing.T) {
	bubble(t, "what an event says is shown at once", func(t *testing.T, b *bench) {
		b.start()
		before := b.list.rowAt(1)
		b.do(func(l *List) {
			l.Patch(&model.Session{ID: "s1", Name: "name-1", Status: model.StatusTerminating})
			l.Patch(&model.Session{ID: "nobody"})
		})
		assert.Equal(t, model.StatusTerminating, b.list.rowAt(1).Status)
		assert.Equal(t, model.StatusRunning, before.Status, "replaced, not changed")
		assert.Equal(t, 2, b.list.rowAt(1).Index)
	})
}

func TestThePlaceOfTheListIsInTheURL(t *testing.T) {
	q := Query{Tab: Running, Page: 3}
	assert.Equal(t, 100, q.offset())
	assert.Equal(t, 41, q.WithAt(42).offset())
	assert.Equal(t, "/sessions?at=42", q.WithAt(42).URL())
	assert.Equal(t, Path, q.WithAt(1).URL())
	assert.Zero(t, q.WithAt(42).WithFilter("x").offset(), "another list begins at its top")
}
