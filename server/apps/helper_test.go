package apps

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/gateway"
)

// The key pairs that the manager of the tests knows.
var (
	ownerKeys    = signing.KeyPair{AccessKey: "AKIAOWNER34567ABCDEF", SecretKey: "secretsecretsecretsecretsecretsecretsecr"}
	strangerKeys = signing.KeyPair{AccessKey: "AKIASTRANGER7ABCDEFG", SecretKey: "anotheranotheranotheranotheranotheranoth"}
)

// fakeManager is a manager with one session of the owner's.
type fakeManager struct {
	*httptest.Server
	t *testing.T

	mu      sync.Mutex
	apps    map[string]string // address of each app; "" listens nowhere
	proto   map[string]string
	gone    bool
	version string // of the App Proxy
	service client.ServiceAccess
	started []map[string]any
	tunnels atomic.Int64 // opened so far
	open    atomic.Int64 // open now
	queries []url.Values
}

const sessionID = "11111111-2222-4333-8444-555555555555"

func newManager(t *testing.T) *fakeManager {
	m := &fakeManager{t: t, apps: map[string]string{}, proto: map[string]string{}, version: client.ProxyV1}
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

// serve adds an app.
func (m *fakeManager) serve(name, protocol string, handler http.Handler) *httptest.Server {
	server := httptest.NewServer(handler)
	m.t.Cleanup(server.Close)
	m.set(name, protocol, server.Listener.Addr().String())
	return server
}

func (m *fakeManager) set(name, protocol, address string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.apps[name], m.proto[name] = address, protocol
}

// signer is the access key of a rightly signed request, "" otherwise.
func (m *fakeManager) signer(r *http.Request) string {
	for _, keys := range []signing.KeyPair{ownerKeys, strangerKeys} {
		credential, err := signing.ParseAuthorization(r.Header.Get("Authorization"))
		if err != nil || credential.AccessKey != keys.AccessKey {
			continue
		}
		request, err := signing.FromHTTP(r)
		if err == nil && signing.CheckDate(request.Date, time.Now()) == nil && credential.Verify(keys.SecretKey, request) == nil {
			return keys.AccessKey
		}
	}
	return ""
}

func (m *fakeManager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	problem := func(status int, slug string) { gateway.WriteProblem(w, status, slug, slug, "") }
	path := r.URL.Path
	reply := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	if path == "/" {
		reply(map[string]string{"version": "v8.20240915", "manager": "24.09.14"})
		return
	}
	signer := m.signer(r)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case signer == "":
		problem(http.StatusUnauthorized, "auth-failed")
	case strings.HasPrefix(path, "/scaling-groups/"):
		reply(map[string]string{"wsproxy_version": m.version})
	case signer != ownerKeys.AccessKey || m.gone || !strings.Contains(path, sessionID):
		problem(http.StatusNotFound, "session-not-found")
	case strings.HasSuffix(path, "/apps"):
		list := []client.App{}
		for name := range m.apps {
			list = append(list, client.App{Name: name, Protocol: m.proto[name], Ports: []int{8080}})
		}
		reply(list)
	case strings.HasSuffix(path, "/start-service"):
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body)
		m.started = append(m.started, body)
		reply(m.service)
	case strings.HasSuffix(path, "/httpproxy"):
		address, found := m.apps[r.URL.Query().Get("app")]
		m.queries = append(m.queries, r.URL.Query())
		if !found {
			problem(http.StatusNotFound, "app-service-not-found")
			return
		}
		if address == "broken" {
			problem(http.StatusInternalServerError, "internal-server-error")
			return
		}
		m.mu.Unlock()
		m.tunnel(w, r, address)
		m.mu.Lock()
	default:
		problem(http.StatusNotFound, "url-not-found")
	}
}

// tunnel does what a manager does.
func (m *fakeManager) tunnel(w http.ResponseWriter, r *http.Request, address string) {
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = ws.CloseNow() }()
	m.tunnels.Add(1)
	m.open.Add(1)
	defer m.open.Add(-1)
	app, err := net.Dial("tcp", address)
	if address == "" || err != nil {
		_ = ws.Close(websocket.StatusTryAgainLater, "Could not connect to the app.")
		return
	}
	defer func() { _ = app.Close() }()
	ws.SetReadLimit(-1)
	conn := websocket.NetConn(context.Background(), ws, websocket.MessageBinary)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(app, conn)
		_ = app.Close()
	}()
	_, _ = io.Copy(conn, app)
	_ = ws.Close(websocket.StatusGoingAway, "")
	_ = ws.CloseNow()
	<-done
}

// world is the server between a browser and the manager.
type world struct {
	t       *testing.T
	manager *fakeManager
	apps    *Apps
	page    *httptest.Server // the web interface
	front   *httptest.Server // the apps

	mu     sync.Mutex
	person *gateway.Person // who is signed in
}

func newWorld(t *testing.T, change ...func(*Options)) *world {
	w := &world{t: t, manager: newManager(t)}
	managerURL, err := url.Parse(w.manager.URL)
	require.NoError(t, err)
	w.front = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) { w.apps.ServeHTTP(out, r) }))
	t.Cleanup(w.front.Close)
	options := Options{
		Manager: managerURL, Endpoints: []*url.URL{managerURL}, Transport: gateway.NewTransport(nil),
		Local: LocalPlace("http", w.front.Listener.Addr().(*net.TCPAddr).Port), Key: bytes.Repeat([]byte{7}, 32),
		Log: slog.New(slog.DiscardHandler),
		OwnCookie: func(c *http.Cookie) bool {
			return c.Name == gateway.CookieName && c.Value == "a-sign-in-of-this-server"
		},
	}
	for _, f := range change {
		f(&options)
	}
	w.apps = New(options)
	t.Cleanup(w.apps.Close)
	w.page = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		person := w.person
		w.mu.Unlock()
		w.apps.ServePage(out, r, person)
	}))
	t.Cleanup(w.page.Close)
	w.signIn(ownerKeys)
	return w
}

// signIn signs somebody in and returns how the sign-in ends.
func (w *world) signIn(keys signing.KeyPair) (signOut func()) {
	ctx, cancel := context.WithCancel(context.Background())
	w.t.Cleanup(cancel)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.person = &gateway.Person{Name: "sign-in of " + keys.AccessKey + newSecret(), Keys: keys, Context: ctx, Use: func() bool { return ctx.Err() == nil }}
	return cancel
}

// post asks for something below /server/apps.
func (w *world) post(path string, body any, cookies ...*http.Cookie) (int, map[string]any, []*http.Cookie) {
	w.t.Helper()
	text, err := json.Marshal(body)
	require.NoError(w.t, err)
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.page.URL+gateway.AppsPath+path, bytes.NewReader(text))
	require.NoError(w.t, err)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(w.t, err)
	defer func() { _ = resp.Body.Close() }()
	var out map[string]any
	require.NoError(w.t, json.NewDecoder(resp.Body).Decode(&out))
	return resp.StatusCode, out, resp.Cookies()
}

// open goes through the first stage and the last, and returns the address with
// the ticket.
func (w *world) open(o order) string {
	w.t.Helper()
	if o.Session == "" {
		o.Session = sessionID
	}
	status, out, _ := w.post("", o)
	require.Equal(w.t, http.StatusOK, status, out)
	id := out["id"].(string)
	status, out, _ = w.post("/"+id+"/open", nil)
	require.Equal(w.t, http.StatusOK, status, out)
	return out["url"].(string)
}

// browser is one browser that has opened an app.
type browser struct {
	w      *world
	origin string // of the app
	host   string
	cookie string // "name=value; …" of all its cookies for the app
}

// browse follows an address with a ticket.
func (w *world) browse(address string) *browser {
	w.t.Helper()
	u, err := url.Parse(address)
	require.NoError(w.t, err)
	b := &browser{w: w, origin: u.Scheme + "://" + u.Host, host: u.Host}
	resp := b.do(http.MethodGet, u.RequestURI(), nil)
	require.Equal(w.t, http.StatusSeeOther, resp.StatusCode)
	for _, c := range resp.Cookies() {
		b.cookie = c.Name + "=" + c.Value
	}
	require.NotEmpty(w.t, b.cookie)
	return b
}

// request makes a request for the app, as its own pages would.
func (b *browser) request(method, target string, body io.Reader, header ...string) *http.Request {
	b.w.t.Helper()
	r, err := http.NewRequestWithContext(b.w.t.Context(), method, b.w.front.URL, body)
	require.NoError(b.w.t, err)
	r.URL.Opaque = target
	if strings.HasPrefix(target, "//") {
		u, err := url.Parse(b.w.front.URL + target)
		require.NoError(b.w.t, err)
		r.URL = u
	}
	r.Host = b.host
	if b.cookie != "" {
		r.Header.Set("Cookie", b.cookie)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

// do sends a request.
func (b *browser) do(method, target string, body io.Reader, header ...string) *http.Response {
	b.w.t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(b.request(method, target, body, header...))
	require.NoError(b.w.t, err)
	b.w.t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// text reads an answer.
func text(t *testing.T, resp *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(data)
}

// opened opens an app and follows its ticket.
func (w *world) opened(handler http.Handler) *browser {
	w.t.Helper()
	w.manager.serve("web", "http", handler)
	return w.browse(w.open(order{App: "web"}))
}
