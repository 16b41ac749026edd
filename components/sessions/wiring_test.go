package sessions

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
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

// recording answers like manager 24.09 with a recorded list, and without a network:
// so that a bubble's clock stands still meanwhile.
type recording struct {
	list string
	mu   sync.Mutex
	seen []map[string]any
}

func (r *recording) RoundTrip(request *http.Request) (*http.Response, error) {
	body := `{"version":"v8.20240915","manager":"24.09.14"}`
	if request.Method != http.MethodGet {
		var query map[string]any
		if err := json.NewDecoder(request.Body).Decode(&query); err != nil {
			return nil, err
		}
		r.mu.Lock()
		r.seen = append(r.seen, query)
		r.mu.Unlock()
		body = `{"data":{"compute_session_list":` + r.list + `}}`
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), Request: request}, nil
}

// queries are those that it was asked.
func (r *recording) queries() []map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen
}

// fakeManager is a client of a recorded manager.
func fakeManager(t *testing.T) (c *client.Client, queries func() []map[string]any) {
	list, err := os.ReadFile("../facts/testdata/24.09.14-alive.json")
	require.NoError(t, err)
	manager := &recording{list: string(list)}
	c, err = client.New(client.Config{
		Mode: model.ModeAPI, Endpoint: "http://m.example", HTTP: &http.Client{Transport: manager},
		KeyPair: signing.KeyPair{AccessKey: "AKIAIOSFODNN7EXAMPLE", SecretKey: "secret"},
	})
	require.NoError(t, err)
	require.NoError(t, c.Connect(t.Context()))
	return c, manager.queries
}

// wired is a view with rows, in a bubble.
type wired struct {
	*View
	ctx     app.Context
	engine  app.TestEngine
	queries func() []map[string]any
}

// inWire runs f with a view that has gone from activation to rows.
func inWire(t *testing.T, name string, f func(t *testing.T, w wired)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c, queries := fakeManager(t)
			connection := new(page.Connection)
			v := &View{Texts: i18n.Load("en"), Connection: connection}
			engine, h := app.NewTestEngine(), &host{view: v}
			require.NoError(t, engine.Load(h))
			engine.ConsumeAll()
			v.attach(h.ctx)
			defer v.OnDismount()

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
			assert.Len(t, v.list.rows, 7)
			f(t, wired{v, h.ctx, engine, queries})
		})
	})
}

// rest lets a person pause after typing.
func (w wired) rest() {
	w.engine.ConsumeAll()
	time.Sleep(typingPause)
	synctest.Wait()
	w.engine.ConsumeAll()
}

func TestFromActivationToRows(t *testing.T) {
	inWire(t, "what is asked for is shown", func(t *testing.T, w wired) {
		query := w.queries()[0]
		assert.Equal(t, "2de2b969", query["variables"].(map[string]any)["group_id"])
		assert.Contains(t, query["query"], "containers {container_id agent live_stat}")
		contains(t, printed(w.Render()), "s-user-030435-big")
	})
	inWire(t, "typing asks once the person pauses", func(t *testing.T, w wired) {
		w.ctx.NewActionWithValue(actionFilter, "tr")
		w.ctx.NewActionWithValue(actionFilter, "train ")
		w.engine.ConsumeAll()
		require.Len(t, w.queries(), 1)
		w.rest()
		require.Len(t, w.queries(), 2)
		assert.Contains(t, w.queries()[1]["variables"], "filter")
		assert.Equal(t, "train ", w.typedFilter)
		w.clearFilter(w.ctx)
		w.engine.ConsumeAll()
		assert.Empty(t, w.list.query.Filter)
		assert.Len(t, w.queries(), 3)
	})
	inWire(t, "typing in one field does not lose what was typed in the other", func(t *testing.T, w wired) {
		w.ctx.NewActionWithValue(actionFilter, "train")
		w.ctx.NewActionWithValue(actionAccessKey, "AKIA")
		w.rest()
		assert.Equal(t, "train", w.list.query.Filter)
		assert.Equal(t, "AKIA", w.list.query.AccessKey)
	})
	inWire(t, "an action tells that sessions changed", func(t *testing.T, w wired) {
		w.ctx.NewAction(page.EventSessionListRefreshed)
		w.engine.ConsumeAll()
		assert.Len(t, w.queries(), 2)
	})
	inWire(t, "keys", func(t *testing.T, w wired) {
		w.onKey(w.ctx, "j")
		w.onKey(w.ctx, "x")
		w.onKey(w.ctx, "/")
		assert.Zero(t, w.list.SelectedCount(), "no row has the focus outside of a browser")
	})
	inWire(t, "another connection: the rows stay, nothing is asked", func(t *testing.T, w wired) {
		w.Connection = new(page.Connection)
		w.apply(w.ctx)
		w.list.Refresh()
		w.engine.ConsumeAll()
		assert.Len(t, w.queries(), 1)
		assert.Len(t, w.list.rows, 7)
	})
	inWire(t, "signed out: nothing is left", func(t *testing.T, w wired) {
		w.Account, w.Active = nil, false
		w.apply(w.ctx)
		assert.Empty(t, w.list.rows)
		lacks(t, printed(w.Render()), "s-user")
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
