package apps

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

// hello answers with what it was asked.
func hello(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "%s %s from %s", r.Method, r.RequestURI, r.Host)
}

func TestAnAppOpensInItsStages(t *testing.T) {
	w := newWorld(t)
	w.manager.serve("jupyter", "http", http.HandlerFunc(hello))
	status, found, _ := w.post("", order{Session: sessionID, App: "jupyter", Group: "default", Path: "/tree?x=1"})
	require.Equal(t, http.StatusOK, status, found)
	assert.Equal(t, "tunnel", found["route"])
	address := found["address"].(string)
	assert.Regexp(t, `^http://jupyter-[a-z2-7]{20}\.localhost:\d+$`, address)
	id := found["id"].(string)

	status, _, _ = w.post("/"+id+"/start", nil)
	assert.Equal(t, http.StatusOK, status)
	status, _, _ = w.post("/"+id+"/reach", nil)
	assert.Equal(t, http.StatusOK, status)
	status, opened, _ := w.post("/"+id+"/open", nil)
	require.Equal(t, http.StatusOK, status)
	b := w.browse(opened["url"].(string))
	assert.Equal(t, address, b.origin)
	resp := b.do(http.MethodGet, "/tree?x=1", nil)
	assert.Equal(t, "GET /tree?x=1 from "+b.host, text(t, resp))
}

func TestTheSameAppKeepsItsNameAndItsTabs(t *testing.T) {
	w := newWorld(t)
	w.manager.serve("web", "http", http.HandlerFunc(hello))
	first := w.browse(w.open(order{App: "web"}))
	second := w.browse(w.open(order{App: "web"}))
	assert.Equal(t, first.origin, second.origin)
	assert.NotEqual(t, first.cookie, second.cookie)
	for _, b := range []*browser{first, second} {
		assert.Equal(t, http.StatusOK, b.do(http.MethodGet, "/", nil).StatusCode)
	}
	w.manager.serve("other", "http", http.HandlerFunc(hello))
	other := w.browse(w.open(order{App: "other"}))
	assert.NotEqual(t, first.origin, other.origin, "each app has an origin of its own")

	w.signIn(ownerKeys)
	elsewhere := w.browse(w.open(order{App: "web"}))
	assert.Equal(t, first.origin, elsewhere.origin, "what is stored in a browser is found again after the next sign-in")
	assert.Equal(t, http.StatusOK, first.do(http.MethodGet, "/", nil).StatusCode, "the other browser's tabs go on")
}

func TestOrdersThatAreRefused(t *testing.T) {
	tests := map[string]struct {
		order  order
		who    *signing.KeyPair // the owner if nil
		status int
		slug   string
	}{
		"no such app":                    {order{App: "nothing"}, nil, 404, "app-not-found"},
		"no such session":                {order{App: "web", Session: "other"}, nil, 404, "session-not-found"},
		"another person's session":       {order{App: "web"}, &strangerKeys, 404, "session-not-found"},
		"nobody signed in":               {order{App: "web"}, &signing.KeyPair{}, 401, "auth-failed"},
		"no app named":                   {order{}, nil, 400, "invalid-api-params"},
		"a port that is none":            {order{App: "web", Port: 80}, nil, 400, "invalid-api-params"},
		"a path that is a host":          {order{App: "web", Path: "//evil.example"}, nil, 400, "invalid-api-params"},
		"a path of this server":          {order{App: "web", Path: openPath}, nil, 400, "invalid-api-params"},
		"addresses that are none":        {order{App: "web", Allowed: "everyone"}, nil, 400, "invalid-api-params"},
		"public, where that is not done": {order{App: "web", Public: true}, nil, 403, "generic-forbidden"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.manager.set("web", "http", "127.0.0.1:1")
			if test.who != nil {
				w.signIn(*test.who)
				if test.who.AccessKey == "" {
					w.person = nil
				}
			}
			if test.order.Session == "" {
				test.order.Session = sessionID
			}
			status, out, _ := w.post("", test.order)
			assert.Equal(t, test.status, status, out)
			assert.Contains(t, out["type"], "/"+test.slug)
		})
	}
}

func TestStagesThatFailSayWhy(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, "SSH-2.0-OpenSSH_9.2\r\n")
			_ = conn.Close()
		}
	}))
	defer silent.Close()
	tests := map[string]struct{ address, stage, slug string }{
		"the program cannot be started":         {"broken", "start", "app-not-started"},
		"a program that is not one for browser": {silent.Listener.Addr().String(), "open", "app-silent"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.manager.set("web", "http", test.address)
			_, found, _ := w.post("", order{Session: sessionID, App: "web"})
			status, out, _ := w.post("/"+found["id"].(string)+"/"+test.stage, nil)
			assert.Equal(t, http.StatusBadGateway, status)
			assert.Contains(t, out["type"], "/"+test.slug)
		})
	}
}

func TestSomebodyElsesAppCannotBeGoneOnWith(t *testing.T) {
	w := newWorld(t)
	w.manager.serve("web", "http", http.HandlerFunc(hello))
	_, found, _ := w.post("", order{Session: sessionID, App: "web"})
	w.signIn(strangerKeys)
	for _, stage := range []string{"start", "reach", "open", "end"} {
		status, _, _ := w.post("/"+found["id"].(string)+"/"+stage, nil)
		assert.Equal(t, http.StatusNotFound, status, stage)
	}
	status, _, _ := w.post("/"+newSecret()+"/open", nil)
	assert.Equal(t, http.StatusNotFound, status)
}

func TestAHostThatIsNotLocalNeedsAWildcard(t *testing.T) {
	w := newWorld(t)
	w.manager.serve("web", "http", http.HandlerFunc(hello))
	for host, status := range map[string]int{
		"localhost:1": 200, "127.0.0.1": 200, "[::1]:80": 200, "x.localhost": 200,
		"192.168.0.7:8090": 409, "baiui.example.org": 409, "localhost.example.org": 409, "a@b:1": 409, "": 409,
	} {
		body, err := json.Marshal(order{Session: sessionID, App: "web"})
		require.NoError(t, err)
		r := httptest.NewRequest(http.MethodPost, "/server/apps", strings.NewReader(string(body)))
		r.Host = host
		out := httptest.NewRecorder()
		w.apps.ServePage(out, r, w.person)
		assert.Equal(t, status, out.Code, host)
	}
}

// presigned is what a page in API mode sends.
func presigned(t *testing.T, w *world, keys signing.KeyPair, o order) order {
	t.Helper()
	c, err := client.New(client.Config{Mode: model.ModeAPI, Endpoint: w.manager.URL, KeyPair: keys})
	require.NoError(t, err)
	require.NoError(t, c.Connect(t.Context()))
	o.Endpoint, o.Signed = w.manager.URL, map[string][]client.Signed{}
	for path, lasting := range map[string]time.Duration{o.request().AppsPath(): 0, o.request().TunnelPath(): time.Hour} {
		list, err := c.Presign(http.MethodGet, path, lasting)
		require.NoError(t, err)
		o.Signed["GET "+path] = list
	}
	return o
}

func TestAPageWithAKeyPairSignsBeforehand(t *testing.T) {
	w := newWorld(t)
	w.person = nil
	w.manager.serve("web", "http", http.HandlerFunc(hello))
	asked := presigned(t, w, ownerKeys, order{Session: sessionID, App: "web", Arguments: map[string]string{"--x": "1"}})
	sent, err := json.Marshal(asked)
	require.NoError(t, err)
	assert.NotContains(t, string(sent), ownerKeys.SecretKey)

	status, found, cookies := w.post("", asked)
	require.Equal(t, http.StatusOK, status, found)
	require.Len(t, cookies, 1)
	assert.True(t, cookies[0].HttpOnly)
	id := found["id"].(string)
	status, _, _ = w.post("/"+id+"/open", nil)
	assert.Equal(t, http.StatusNotFound, status, "another browser does not go on with it")
	status, opened, _ := w.post("/"+id+"/open", nil, cookies[0])
	require.Equal(t, http.StatusOK, status, opened)
	b := w.browse(opened["url"].(string))
	assert.Contains(t, text(t, b.do(http.MethodGet, "/x", nil)), "GET /x")
	assert.Equal(t, `{"--x":"1"}`, w.manager.queries[0].Get("arguments"))

	status, _, _ = w.post("/end", nil, cookies[0])
	assert.Equal(t, http.StatusOK, status)
	resp := b.do(http.MethodGet, "/", nil, "Accept", "text/html")
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
	assert.Contains(t, text(t, resp), `data-page="signed_out"`)
}

func TestAnAppOfAnotherManagerHasAnotherName(t *testing.T) {
	other := newManager(t)
	otherURL, err := url.Parse(other.URL)
	require.NoError(t, err)
	w := newWorld(t, func(o *Options) { o.Endpoints = append(o.Endpoints, otherURL) })
	asked := order{Session: sessionID, App: "web"}
	for _, m := range []*fakeManager{w.manager, other} {
		m.serve("web", "http", http.HandlerFunc(hello))
	}
	status, first, _ := w.post("", asked)
	require.Equal(t, http.StatusOK, status, first)
	w.person = nil
	status, again, _ := w.post("", presigned(t, w, ownerKeys, asked))
	require.Equal(t, http.StatusOK, status, again)
	assert.Equal(t, first["address"], again["address"])

	// It may give the same access key to somebody else.
	status, elsewhere, _ := w.post("", presigned(t, &world{manager: other}, ownerKeys, asked))
	require.Equal(t, http.StatusOK, status, elsewhere)
	assert.NotEqual(t, first["address"], elsewhere["address"])
}

func TestSignaturesOpenNothingElse(t *testing.T) {
	tests := map[string]func(*order){
		"another manager": func(o *order) { o.Endpoint = "http://169.254.169.254" },
		"another app":     func(o *order) { o.App = "other" },
		"signatures of two": func(o *order) {
			o.Signed["GET /"] = []client.Signed{{Authorization: "BackendAI signMethod=HMAC-SHA256, credential=X:00"}}
		},
		"a signature made up": func(o *order) {
			tamper(o, func(s *client.Signed) { s.Authorization = s.Authorization[:len(s.Authorization)-2] + "00" })
		},
		"a date that was changed": func(o *order) {
			tamper(o, func(s *client.Signed) { s.Date = signing.FormatDate(time.Now().Add(time.Minute)) })
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.person = nil
			w.manager.serve("web", "http", http.HandlerFunc(hello))
			w.manager.serve("other", "http", http.HandlerFunc(hello))
			asked := presigned(t, w, ownerKeys, order{Session: sessionID, App: "web"})
			change(&asked)
			status, found, cookies := w.post("", asked)
			if status == http.StatusOK { // the list of apps was signed, the way to this one was not
				status, _, _ = w.post("/"+found["id"].(string)+"/start", nil, cookies...)
			}
			assert.Contains(t, []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusGone}, status)
			assert.Zero(t, w.manager.tunnels.Load())
		})
	}
}

func tamper(o *order, change func(*client.Signed)) {
	for _, list := range o.Signed {
		for i := range list {
			change(&list[i])
		}
	}
}

func TestSignaturesThatRunOutEndTheApp(t *testing.T) {
	w := newWorld(t)
	asked := presigned(t, w, ownerKeys, order{Session: sessionID, App: "web"})
	list := asked.Signed["GET "+asked.request().TunnelPath()]
	until := time.Until(lastDate(list))
	assert.Greater(t, until, time.Hour)
	assert.Less(t, until, time.Hour+2*signing.MaxSkew)
	_, ok := client.Nearest(list, time.Now().Add(59*time.Minute))
	assert.True(t, ok)
	_, ok = client.Nearest(list, time.Now().Add(2*time.Hour))
	assert.False(t, ok)
	assert.Negative(t, time.Until(lastDate(nil)), "without signatures it ends at once")
}
