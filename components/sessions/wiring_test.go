package sessions

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/page"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// host lends its context to a view, as tests run without a browser.
type host struct {
	app.Compo
	view *View
	ctx  app.Context
}

func (h *host) OnPreRender(ctx app.Context) { h.ctx = ctx }
func (h *host) Render() app.UI              { return app.Div().Body(h.view) }

// fakeManager answers like manager 24.09 with a recorded list.
func fakeManager(t *testing.T) (c *client.Client, queries func() []map[string]any) {
	var mu sync.Mutex
	var seen []map[string]any
	body, err := os.ReadFile("../facts/testdata/24.09.14-alive.json")
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, `{"version":"v8.20240915","manager":"24.09.14"}`)
			return
		}
		var query map[string]any
		_ = json.NewDecoder(r.Body).Decode(&query)
		mu.Lock()
		seen = append(seen, query)
		mu.Unlock()
		_, _ = io.WriteString(w, `{"data":{"compute_session_list":`+string(body)+`}}`)
	}))
	t.Cleanup(server.Close)
	c, err = client.New(client.Config{
		Mode: model.ModeAPI, Endpoint: server.URL,
		KeyPair: signing.KeyPair{AccessKey: "AKIAIOSFODNN7EXAMPLE", SecretKey: "secret"},
	})
	require.NoError(t, err)
	require.NoError(t, c.Connect(t.Context()))
	return c, func() []map[string]any {
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
}

func TestFromActivationToRows(t *testing.T) {
	c, queries := fakeManager(t)
	connection := new(page.Connection)
	v := &View{Texts: i18n.Load("en"), Connection: connection}
	engine, h := app.NewTestEngine(), &host{view: v}
	require.NoError(t, engine.Load(h))
	engine.ConsumeAll()
	v.attach(h.ctx)
	t.Cleanup(v.OnDismount)

	v.Active = true
	v.apply(h.ctx)
	assert.Equal(t, 1, connection.Waiting(), "deck: not ready, so it waits for backend-ai-connected")
	connection.Connected(c)
	engine.ConsumeAll()
	assert.Empty(t, queries(), "nobody is known yet")

	v.Account = &model.Account{Email: "a@b", Role: model.RoleSuperadmin}
	v.Project = model.Project{ID: "2de2b969", Name: "default"}
	v.apply(h.ctx)
	v.apply(h.ctx)
	engine.ConsumeAll()
	require.Len(t, queries(), 1, "one request, whatever is told again")
	query := queries()[0]
	assert.Equal(t, "2de2b969", query["variables"].(map[string]any)["group_id"])
	assert.Contains(t, query["query"], "containers {container_id agent live_stat}")
	assert.Len(t, v.list.rows, 7)
	contains(t, printed(v.Render()), "s-user-030435-big")

	t.Run("typing asks once the person pauses", func(t *testing.T) {
		h.ctx.NewActionWithValue(actionFilter, "tr")
		h.ctx.NewActionWithValue(actionFilter, "train ")
		engine.ConsumeAll()
		require.Len(t, queries(), 1)
		require.Eventually(t, func() bool { engine.ConsumeAll(); return len(queries()) == 2 }, 5*time.Second, 10*time.Millisecond)
		assert.Contains(t, queries()[1]["variables"], "filter")
		assert.Equal(t, "train ", v.typedFilter)
		v.clearFilter(h.ctx)
		engine.ConsumeAll()
		assert.Empty(t, v.list.query.Filter)
		assert.Len(t, queries(), 3)
	})
	t.Run("typing in one field does not lose what was typed in the other", func(t *testing.T) {
		h.ctx.NewActionWithValue(actionFilter, "train")
		h.ctx.NewActionWithValue(actionAccessKey, "AKIA")
		require.Eventually(t, func() bool {
			engine.ConsumeAll()
			return v.list.query.Filter == "train" && v.list.query.AccessKey == "AKIA"
		}, 5*time.Second, 10*time.Millisecond)
		v.replaceURL(h.ctx, v.list.query.WithFilter("").WithAccessKey(""))
		engine.ConsumeAll()
	})
	t.Run("an action tells that sessions changed", func(t *testing.T) {
		before := len(queries())
		h.ctx.NewAction(page.EventSessionListRefreshed)
		engine.ConsumeAll()
		assert.Len(t, queries(), before+1)
	})
	t.Run("keys", func(t *testing.T) {
		v.onKey(h.ctx, "j")
		v.onKey(h.ctx, "x")
		v.onKey(h.ctx, "/")
		assert.Zero(t, v.list.SelectedCount(), "no row has the focus outside of a browser")
	})
	t.Run("another connection: the rows stay, nothing is asked", func(t *testing.T) {
		v.Connection = new(page.Connection)
		v.apply(h.ctx)
		before := len(queries())
		v.list.Refresh()
		engine.ConsumeAll()
		assert.Len(t, queries(), before)
		assert.Len(t, v.list.rows, 7)
	})
	t.Run("signed out: nothing is left", func(t *testing.T) {
		v.Account, v.Active = nil, false
		v.apply(h.ctx)
		assert.Empty(t, v.list.rows)
		lacks(t, printed(v.Render()), "s-user")
	})
}

func TestViewFollowsTheURL(t *testing.T) {
	v := &View{Texts: i18n.Load("en"), Active: true}
	engine, h := app.NewTestEngine(), &host{view: v}
	require.NoError(t, engine.Load(h))
	engine.ConsumeAll()
	v.attach(h.ctx)
	t.Cleanup(v.OnDismount)
	v.replaceURL(h.ctx, Query{Tab: Finished, Page: 3, Order: "name"})
	v.list.SetQuery(ParseQuery(nil))
	v.OnNav(h.ctx)
	assert.Equal(t, Query{Tab: Finished, Page: 3, Order: "name"}, v.list.query)

	v.Active = false
	v.replaceURL(h.ctx, Query{Tab: Running, Page: 1})
	assert.Equal(t, Finished, v.list.query.Tab, "what was typed before leaving changes no other page's URL")
}
