package client

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

// The recorded managers, by the folder of their answers in testdata.
const (
	old    = "24.09.14"
	recent = "26.9.6"
)

var testKey = signing.KeyPair{AccessKey: "AKIATESTKEY234567ABC", SecretKey: "wJalr0123456789abcdefghijklmnopqrstuvwxy"}

// recorded reads a recorded answer.
func recorded(t testing.TB, version, name string) *http.Response {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", version, name+".http"))
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	require.NoError(t, err)
	return resp
}

// replay writes a recorded answer.
func replay(t testing.TB, w http.ResponseWriter, version, name string) {
	t.Helper()
	resp := recorded(t, version, name)
	for key, values := range resp.Header {
		w.Header()[key] = values
	}
	w.WriteHeader(resp.StatusCode)
	_, err := io.Copy(w, resp.Body)
	require.NoError(t, err)
}

// recordedBody is the body of a recorded answer.
func recordedBody(t testing.TB, version, name string) string {
	t.Helper()
	body, err := io.ReadAll(recorded(t, version, name).Body)
	require.NoError(t, err)
	return string(body)
}

// received is what a test server was sent.
type received struct {
	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
}

func (r *received) add(t testing.TB, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	require.NoError(t, err)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, req)
	r.bodies = append(r.bodies, string(body))
}

// last is the last request and its body.
func (r *received) last(t testing.TB) (*http.Request, string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	require.NotEmpty(t, r.requests)
	return r.requests[len(r.requests)-1], r.bodies[len(r.bodies)-1]
}

func (r *received) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.requests)
}

// manager is a server that answers GET / (or /func/) with the recorded version
// and everything else with handler.
func manager(t testing.TB, version string, handler http.HandlerFunc) (*httptest.Server, *received) {
	t.Helper()
	log := &received{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.add(t, r)
		if r.Method == http.MethodGet && (r.URL.Path == "/" || r.URL.Path == "/func/") {
			replay(t, w, version, "root")
			return
		}
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	return server, log
}

// answering is a handler that gives one recorded answer.
func answering(t testing.TB, version, name string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { replay(t, w, version, name) }
}

// newClient makes a client for a server, in ModeAPI unless changed.
func newClient(t testing.TB, endpoint string, change ...func(*Config)) *Client {
	t.Helper()
	config := Config{Mode: model.ModeAPI, Endpoint: endpoint, KeyPair: testKey}
	for _, f := range change {
		f(&config)
	}
	c, err := New(config)
	require.NoError(t, err)
	return c
}

func inSession(config *Config) { config.Mode = model.ModeSession }

// roundTripper answers without a network, so that tests can run on a fake clock.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// through makes requests go through f.
func through(f roundTripper) func(*Config) {
	return func(config *Config) { config.HTTP = &http.Client{Transport: f} }
}

// answer makes an answer.
func answer(status int, contentType, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}},
		Body: io.NopCloser(bytes.NewReader([]byte(body)))}
}

// asOld answers GET / as manager 24.09.14 does and passes all else to f.
func asOld(f roundTripper) roundTripper {
	return func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodGet && r.URL.Path == "/" {
			return answer(200, "application/json", `{"version":"v8.20240915","manager":"24.09.14"}`), nil
		}
		return f(r)
	}
}

// entries is a Logger that keeps what it is told.
type entries struct {
	mu   sync.Mutex
	list []Entry
}

func (e *entries) Log(entry Entry) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, entry)
}

func (e *entries) all() []Entry {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]Entry(nil), e.list...)
}

// failure asserts that err is an *Error of a kind.
func failure(t testing.TB, err error, kind Kind) *Error {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, kind, e.Kind, "%v", err)
	require.False(t, e.Time.IsZero())
	return e
}

// at is a clock that stands still.
func at(t time.Time) func(*Config) {
	return func(config *Config) { config.Now = func() time.Time { return t } }
}
