package sessions

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// selected are the ids of the selection, and whether those are all.
func selected(l *List) (ids string, complete bool) {
	sessions, complete := l.SelectedSessions()
	names := make([]string, len(sessions))
	for i, s := range sessions {
		names[i] = s.ID
	}
	return strings.Join(names, " "), complete
}

// long answers like a manager with total sessions, named by their place.
func long(total int) func(client.ListRequest) (client.SessionPage, error) {
	return func(r client.ListRequest) (client.SessionPage, error) {
		page := client.SessionPage{Total: total}
		for i := r.Offset; i < min(r.Offset+r.Limit, total); i++ {
			page.Items = append(page.Items, &model.Session{ID: "s" + strconv.Itoa(i), Status: model.StatusRunning})
		}
		return page, nil
	}
}

func TestSelection(t *testing.T) {
	bubble(t, "survives refreshes, scrolling, and filtering back", func(t *testing.T, b *bench) {
		b.source.set(long(1000))
		b.start()
		b.do(func(l *List) { l.Toggle("s1"); l.Toggle("nobody") })
		b.pass(5 * time.Second)
		assert.True(t, b.list.Selected("s1"))
		b.do(func(l *List) { l.SetSight(span{500, 30}, span{505, 20}, true) })
		assert.Equal(t, 1, b.list.SelectedCount())
		ids, complete := selected(b.list)
		assert.Equal(t, "s1", ids, "though it is not loaded any more")
		assert.True(t, complete)
		b.do(func(l *List) { l.SetQuery(l.query.WithFilter("x").WithAccessKey("AKIA")) })
		b.do(func(l *List) { l.SetQuery(l.query.WithFilter("").WithAccessKey("")) })
		assert.True(t, b.list.Selected("s1"))
	})
	bubble(t, "ends with tab, project and person", func(t *testing.T, b *bench) {
		for _, change := range []func(l *List){
			func(l *List) { l.SetQuery(l.query.WithTab(Finished)) },
			func(l *List) { l.SetProject("other") },
			func(l *List) { l.Forget() },
		} {
			b.do(func(l *List) { l.SetQuery(l.query.WithTab(Running)) })
			b.start()
			b.do(func(l *List) { l.Toggle("s1") })
			require.Equal(t, 1, b.list.SelectedCount())
			b.do(change)
			assert.Zero(t, b.list.SelectedCount())
		}
		b.do(func(l *List) { l.SetQuery(l.query.WithTab(Finished)) })
		b.do(func(l *List) { l.Toggle("s1"); l.SelectLoaded(true); l.SelectAll() })
		assert.Zero(t, b.list.SelectedCount(), "deck: the check box is on running-type tabs only")
	})
	bubble(t, "of a range, with the shift key", func(t *testing.T, b *bench) {
		b.source.set(long(50))
		b.start()
		b.do(func(l *List) { l.Toggle("s3"); l.ToggleRange("s7") })
		ids, _ := selected(b.list)
		assert.Equal(t, "s3 s4 s5 s6 s7", ids)
		b.do(func(l *List) { l.Toggle("s6"); l.ToggleRange("s4") })
		ids, _ = selected(b.list)
		assert.Equal(t, "s3 s7", ids, "the range gets the state of its end")
		b.do(func(l *List) { l.ClearSelection(); l.ToggleRange("s9") })
		ids, _ = selected(b.list)
		assert.Equal(t, "s9", ids, "without a beginning it is the one")
	})
	bubble(t, "of all that is loaded", func(t *testing.T, b *bench) {
		b.start()
		b.do(func(l *List) { l.SelectLoaded(true) })
		assert.Equal(t, 3, b.list.SelectedLoaded())
		b.do(func(l *List) { l.SelectLoaded(false) })
		assert.Zero(t, b.list.SelectedCount())
	})
	bubble(t, "of all that match, with the true count", func(t *testing.T, b *bench) {
		b.source.set(long(1000))
		b.start()
		b.do(func(l *List) { l.SelectAll() })
		assert.Equal(t, 1000, b.list.SelectedCount())
		assert.True(t, b.list.Selected("s9"))
		_, complete := selected(b.list)
		assert.False(t, complete, "the rest must be asked for")

		b.do(func(l *List) { l.Toggle("s9") })
		assert.Equal(t, 999, b.list.SelectedCount())
		b.source.set(long(1200))
		b.pass(5 * time.Second)
		assert.Equal(t, 1199, b.list.SelectedCount(), "sessions that came belong to it")

		b.do(func(l *List) { l.SetQuery(l.query.WithFilter("x")) })
		assert.False(t, b.list.Selected("s8"), "what is shown now is another list")
		assert.Equal(t, 1199, b.list.SelectedCount())
		b.do(func(l *List) { l.SetQuery(l.query.WithFilter("")) })
		assert.True(t, b.list.Selected("s8"))
		assert.False(t, b.list.Selected("s9"))

		b.do(func(l *List) { l.SelectLoaded(false) })
		assert.Zero(t, b.list.SelectedCount())
	})
	bubble(t, "of all, when all are loaded, needs nothing more", func(t *testing.T, b *bench) {
		b.start()
		b.do(func(l *List) { l.SelectAll() })
		ids, complete := selected(b.list)
		assert.Equal(t, "s0 s1 s2", ids)
		assert.True(t, complete)
	})
}
