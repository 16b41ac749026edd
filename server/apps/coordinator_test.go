package apps

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
)

// fakeCoordinator is an App Proxy of version 2.
type fakeCoordinator struct {
	*httptest.Server
	asked  url.Values
	accept string
	fail   atomic.Int64 // how many answers are errors, of status
	status int
	setup  string
}

func newCoordinator(t *testing.T) *fakeCoordinator {
	c := &fakeCoordinator{status: http.StatusBadGateway}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case c.fail.Add(-1) >= 0:
			w.WriteHeader(c.status)
		case r.URL.Path == "/base/v2/proxy/auth":
			c.asked, c.accept = r.URL.Query(), r.Header.Get("Accept")
			_, _ = w.Write([]byte(`{"redirect_url": "` + c.URL + `/setup?token=jwt", "reuse": false}`))
		case r.URL.Path == "/setup":
			_, _ = w.Write([]byte(c.setup))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// proxied is a world whose resource group has an App Proxy.
func proxied(t *testing.T) (*world, *fakeCoordinator) {
	w, c := newWorld(t), newCoordinator(t)
	w.manager.version = client.ProxyV2
	w.manager.service = client.ServiceAccess{Token: "tok", Proxy: c.URL + "/base"}
	w.manager.set("web", "http", "127.0.0.1:1")
	w.manager.set("sshd", "tcp", "127.0.0.1:1")
	w.manager.set("5000", "preopen", "127.0.0.1:1")
	return w, c
}

// stages goes through all stages, and returns the last answer.
func (w *world) stages(o order) (status int, out map[string]any) {
	w.t.Helper()
	o.Session, o.Group = sessionID, "default"
	status, found, _ := w.post("", o)
	require.Equal(w.t, http.StatusOK, status, found)
	assert.Equal(w.t, "appproxy", found["route"])
	for _, stage := range []string{"start", "reach", "open"} {
		if status, out, _ = w.post("/"+found["id"].(string)+"/"+stage, nil); status != http.StatusOK {
			return status, out
		}
	}
	return status, out
}

func TestAppsGoThroughTheAppProxyOfTheGroup(t *testing.T) {
	w, c := proxied(t)
	w.apps.Public = true
	status, out := w.stages(order{App: "web", Path: "/lab", HostPort: 10250, Public: true, Allowed: "10.0.0.1", Envs: map[string]string{"A": "b"}})
	require.Equal(t, http.StatusOK, status, out)
	assert.Equal(t, c.URL+"/setup?token=jwt", out["url"])
	assert.Equal(t, "application/json", c.accept)
	assert.Equal(t, url.Values{
		"token": {"tok"}, "session_id": {sessionID}, "app": {"web"}, "protocol": {"http"}, "redirect": {"/lab"}, "port": {"10250"},
		"open_to_public": {"true"}, "allowed_client_ips": {"10.0.0.1"},
	}, c.asked)
	assert.Equal(t, []map[string]any{{"app": "web", "envs": `{"A":"b"}`}}, w.manager.started)
	assert.Zero(t, w.manager.tunnels.Load(), "nothing of the app comes by here")

	_, _ = w.stages(order{App: "5000"})
	assert.Equal(t, "http", c.asked.Get("protocol"))
}

func TestAPageElsewhereMayUseTheAppProxy(t *testing.T) {
	w, _ := proxied(t)
	w.apps.Local = Place{} // no names for apps here
	status, _ := w.stages(order{App: "web"})
	assert.Equal(t, http.StatusOK, status)
}

func TestProgramsGetThePortOfTheAppProxy(t *testing.T) {
	for name, test := range map[string]struct {
		setup, gateway string
		status         int
	}{
		"as the worker says it":  {`{"redirect": "", "redirectURI": "http://localhost:45678/?directTCP=true&auth=tok&proto=tcp&gateway=tcp%3A%2F%2Fproxy.example%3A10301"}`, "tcp://proxy.example:10301", 200},
		"a port that is none":    {`{"redirectURI": "http://localhost:45678/?gateway=tcp%3A%2F%2F127.0.0.1%3A0"}`, "", 502},
		"without one":            {`{"redirectURI": "http://localhost:45678/"}`, "", 502},
		"something else than it": {`[]`, "", 502},
	} {
		t.Run(name, func(t *testing.T) {
			w, c := proxied(t)
			c.setup = test.setup
			status, out := w.stages(order{App: "sshd"})
			assert.Equal(t, test.status, status, out)
			if test.gateway != "" {
				assert.Equal(t, test.gateway, out["gateway"])
			}
		})
	}
}

func TestAnAppProxyThatFails(t *testing.T) {
	t.Run("for a moment", func(t *testing.T) {
		w, c := proxied(t)
		c.fail.Store(1)
		status, out := w.stages(order{App: "web"})
		assert.Equal(t, http.StatusOK, status, out)
	})
	for name, test := range map[string]struct {
		change func(*world, *fakeCoordinator)
		slug   string
	}{
		"it has no room":         {func(_ *world, c *fakeCoordinator) { c.status = 503; c.fail.Store(9) }, "app-proxy-full"},
		"it refuses":             {func(_ *world, c *fakeCoordinator) { c.status = 403; c.fail.Store(9) }, "app-proxy-failed"},
		"it is not there":        {func(_ *world, c *fakeCoordinator) { c.Close() }, "app-proxy-failed"},
		"its address is no web":  {func(w *world, _ *fakeCoordinator) { w.manager.service.Proxy = "javascript:alert(1)" }, "app-proxy-failed"},
		"it leads back to users": {func(w *world, _ *fakeCoordinator) { w.manager.service.Proxy = "http://user@proxy.example" }, "app-proxy-failed"},
		"it has no token":        {func(w *world, _ *fakeCoordinator) { w.manager.service.Token = "" }, "app-proxy-failed"},
	} {
		t.Run(name, func(t *testing.T) {
			w, c := proxied(t)
			test.change(w, c)
			status, out := w.stages(order{App: "web"})
			assert.GreaterOrEqual(t, status, 500)
			assert.Contains(t, out["type"], "/"+test.slug)
			assert.NotContains(t, fmt.Sprint(out), "tok", "the address holds a token")
		})
	}
	t.Run("a stage is left out", func(t *testing.T) {
		w, _ := proxied(t)
		_, found, _ := w.post("", order{Session: sessionID, App: "web", Group: "default"})
		for _, stage := range []string{"reach", "open"} {
			status, _, _ := w.post("/"+found["id"].(string)+"/"+stage, nil)
			assert.Equal(t, http.StatusBadGateway, status, stage)
		}
	})
}
