package logs

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/i18n"
)

func filled() *client.LogStore {
	store := client.NewLogStore(client.NewBrowserStorage())
	store.Log(client.Entry{RequestMethod: "GET", RequestURL: "/", StatusCode: 200, Timestamp: "Tue, 02 Jan 2024 03:04:05 GMT"})
	store.Log(client.Entry{
		IsError: true, Type: "timeout", Title: "Too late", Message: "after 30 s <b>", Timestamp: "not a time",
		RequestMethod: "POST", RequestURL: "/admin/gql", RequestParameters: `{"query":"{ \"x\" }"}`,
	})
	store.Log(client.Entry{IsError: true, Type: "of a later version", Title: "Odd", Message: "Odd"})
	return store
}

// shown makes an active view that has loaded its log.
func shown(lang string, store *client.LogStore) *View {
	v := &View{Texts: i18n.Load(lang), Active: true, Store: store}
	v.follow()
	return v
}

func TestAnInactivePageDrawsNothing(t *testing.T) {
	markup := app.HTMLString(&View{Texts: i18n.Load("en")})
	assert.NotContains(t, markup, "<h1")
	assert.Contains(t, markup, "hidden")
}

func TestTheLogIsReadAtEachActivation(t *testing.T) {
	store := filled()
	v := shown("en", store)
	assert.Len(t, v.list.entries, 3)
	store.Log(client.Entry{IsError: true})
	v.follow()
	assert.Len(t, v.list.entries, 3, "a page that stays active does not jump")
	v.Active = false
	v.follow()
	v.Active = true
	v.follow()
	assert.Len(t, v.list.entries, 4)
}

func TestTheTable(t *testing.T) {
	v := shown("en", filled())
	markup := app.HTMLString(v)
	assert.Contains(t, markup, `data-list="logs"`)
	assert.Equal(t, 2, strings.Count(markup, `class="error"`), "only errors at first")
	assert.Contains(t, markup, "The manager took too long to answer", "in the person's words")
	assert.Contains(t, markup, "Too late: after 30 s &lt;b&gt;", "and in the manager's, as text")
	assert.Contains(t, markup, "not a time", "a time that cannot be read is shown as it is")
	assert.Contains(t, markup, "of a later version", "as is a kind that is not known")
	assert.NotContains(t, markup, "Odd: Odd")
	assert.Contains(t, markup, "1–2 of 2")

	v.list.showAll(true)
	markup = app.HTMLString(v)
	assert.Contains(t, markup, "Succeeded")
	assert.Contains(t, markup, "1–3 of 3")
	assert.Contains(t, app.HTMLString(shown("ko", filled())), "매니저의 응답이 너무 늦습니다")
}

func TestEmptyLogs(t *testing.T) {
	assert.Contains(t, app.HTMLString(shown("en", client.NewLogStore(client.NewBrowserStorage()))), "Nothing has been logged yet.")
	v := shown("en", filled())
	v.onSearch(app.Context{}, app.Action{Value: "elsewhere"})
	assert.Contains(t, app.HTMLString(v), "No entry matches.")
}

func TestClearAsksFirst(t *testing.T) {
	v := shown("en", filled())
	v.onClear(app.Context{}, app.Event{})
	require.True(t, v.asking)
	v.onAnswer(app.Context{}, app.Action{Value: false})
	assert.False(t, v.asking)
	assert.Len(t, v.list.entries, 3)

	v.onClear(app.Context{}, app.Event{})
	v.onAnswer(app.Context{}, app.Action{Value: true})
	assert.Empty(t, v.list.entries)
	assert.Empty(t, v.Store.Entries())
}
