package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/gateway"
)

// appManager is a manager with one session, whose app sends back in capitals what
// it gets.
type appManager struct {
	*httptest.Server
	refusals atomic.Int64 // tunnels to refuse first
	status   int          // with which
	silent   atomic.Bool  // nothing listens
	asked    atomic.Pointer[http.Request]
}

func newAppManager(t *testing.T) *appManager {
	m := &appManager{status: http.StatusServiceUnavailable}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"version": "v8.20240915", "manager": "24.09.14"}`)
			return
		}
		m.asked.Store(r)
		switch {
		case m.refusals.Add(-1) >= 0:
			gateway.WriteProblem(w, m.status, "x", "refused", "")
		case !strings.HasPrefix(r.URL.Path, "/stream/session/my-session/"):
			gateway.WriteProblem(w, http.StatusNotFound, "session-not-found", "no", "")
		default:
			m.tunnel(w, r)
		}
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *appManager) tunnel(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = ws.CloseNow() }()
	if m.silent.Load() {
		_ = ws.Close(websocket.StatusTryAgainLater, "Could not connect to the app.")
		return
	}
	for {
		kind, data, err := ws.Read(r.Context())
		if err != nil || ws.Write(r.Context(), kind, bytes.ToUpper(data)) != nil {
			return
		}
	}
}

// lineWriter collects what a command says.
type lineWriter struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lineWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lineWriter) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func keysInEnviron() []string { return []string{"BACKEND_ACCESS_KEY=AK", "BACKEND_SECRET_KEY=SK"} }

// startTunnel runs `baiui tunnel` and returns its local address.
func startTunnel(t *testing.T, m *appManager, args ...string) (address string, errOut *lineWriter, ended <-chan error) {
	t.Helper()
	out, errOut := &lineWriter{}, &lineWriter{}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- tunnel(ctx, invocation{args: append([]string{"--endpoint", m.URL}, args...), environ: keysInEnviron(), out: out, err: errOut})
	}()
	t.Cleanup(cancel)
	require.Eventually(t, func() bool { return strings.Contains(out.String(), " leads to ") }, patience, pollEvery, "%s", errOut)
	address, _, _ = strings.Cut(out.String(), " ")
	return address, errOut, done
}

// pollEvery is how often a test looks.
const pollEvery = 5 * time.Millisecond

func TestATunnelIsAPortOfThisMachine(t *testing.T) {
	m := newAppManager(t)
	address, _, _ := startTunnel(t, m, "my-session", "--app-port", "2200", "sshd")
	for range 2 {
		conn, err := net.Dial("tcp", address)
		require.NoError(t, err)
		_, err = io.WriteString(conn, "hello")
		require.NoError(t, err)
		answer := make([]byte, 5)
		_, err = io.ReadFull(conn, answer)
		require.NoError(t, err)
		assert.Equal(t, "HELLO", string(answer))
		require.NoError(t, conn.Close())
	}
	query := m.asked.Load().URL.Query()
	assert.Equal(t, "sshd", query.Get("app"))
	assert.Equal(t, "2200", query.Get("port"))
	assert.NotEmpty(t, m.asked.Load().Header.Get("Authorization"))
}

func TestATunnelOutlivesAManagerThatRestarts(t *testing.T) {
	m := newAppManager(t)
	address, _, _ := startTunnel(t, m, "my-session", "sshd")
	m.refusals.Store(2)
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, "again")
	require.NoError(t, err)
	answer := make([]byte, 5)
	_, err = io.ReadFull(conn, answer)
	require.NoError(t, err)
	assert.Equal(t, "AGAIN", string(answer))
}

func TestATunnelSaysWhatKeepsItFromTheApp(t *testing.T) {
	t.Run("nothing listens", func(t *testing.T) {
		m := newAppManager(t)
		m.silent.Store(true)
		address, errOut, _ := startTunnel(t, m, "my-session", "sshd")
		conn, err := net.Dial("tcp", address)
		require.NoError(t, err)
		_, err = conn.Read(make([]byte, 1))
		assert.ErrorIs(t, err, io.EOF)
		require.Eventually(t, func() bool { return strings.Contains(errOut.String(), "nothing listens on the app's port") }, patience, pollEvery)
	})
	t.Run("the session ends meanwhile", func(t *testing.T) {
		m := newAppManager(t)
		address, _, ended := startTunnel(t, m, "my-session", "sshd")
		m.status = http.StatusNotFound
		m.refusals.Store(1)
		conn, err := net.Dial("tcp", address)
		require.NoError(t, err)
		defer func() { _ = conn.Close() }()
		assert.ErrorContains(t, <-ended, `no running session "my-session"`)
	})
	t.Run("there is no such session", func(t *testing.T) {
		m := newAppManager(t)
		err := tunnel(t.Context(), invocation{args: []string{"--endpoint", m.URL, "other", "sshd"}, environ: keysInEnviron(), out: io.Discard, err: io.Discard})
		assert.ErrorContains(t, err, `no running session "other" of yours with an app "sshd"`)
	})
	t.Run("the keys are refused", func(t *testing.T) {
		m := newAppManager(t)
		m.status = http.StatusForbidden
		m.refusals.Store(1)
		err := tunnel(t.Context(), invocation{args: []string{"--endpoint", m.URL, "my-session", "sshd"}, environ: keysInEnviron(), out: io.Discard, err: io.Discard})
		assert.ErrorContains(t, err, "does not accept the key pair")
	})
}

func TestATunnelOverStandardInputAndOutput(t *testing.T) {
	m := newAppManager(t)
	o, err := readTunnelOptions([]string{"--stdio", "my-session", "sshd", "--endpoint", m.URL}, keysInEnviron(), nil)
	require.NoError(t, err)
	assert.True(t, o.stdio)
	c, err := o.client()
	require.NoError(t, err)
	in, ours := io.Pipe()
	out := &lineWriter{}
	ended := make(chan error, 1)
	go func() { ended <- (&forward{sessions: c.Sessions(), app: o.app}).stdio(t.Context(), in, out) }()
	_, err = io.WriteString(ours, "hello")
	require.NoError(t, err)
	require.Eventually(t, func() bool { return out.String() == "HELLO" }, patience, pollEvery)
	require.NoError(t, ours.Close())
	assert.NoError(t, <-ended, "the end of the input is the end")
}

func TestCommandLinesOfATunnel(t *testing.T) {
	files := func(name string) ([]byte, error) {
		return []byte(map[string]string{
			"keys.toml":   "endpoint = \"http://of-the-file\"\naccess-key = \"FILE\"\nsecret-key = \"S\"\n",
			"broken.toml": "secret-key = very secret",
		}[name]), nil
	}
	for name, test := range map[string]struct {
		args, environ []string
		want          string // of the error
	}{
		"all of it":         {[]string{"--endpoint=http://m", "s", "sshd", "--port", "2222"}, keysInEnviron(), ""},
		"from the file":     {[]string{"--keys", "keys.toml", "s", "sshd"}, nil, ""},
		"no app":            {[]string{"s"}, nil, "needs a session and an app"},
		"three words":       {[]string{"s", "a", "b"}, nil, "needs a session and an app"},
		"no manager":        {[]string{"s", "sshd"}, keysInEnviron(), "--endpoint"},
		"no keys":           {[]string{"--endpoint", "http://m", "s", "sshd"}, nil, "BACKEND_ACCESS_KEY"},
		"a broken file":     {[]string{"--keys", "broken.toml", "s", "sshd"}, nil, "is no TOML file"},
		"a port too high":   {[]string{"--endpoint", "http://m", "--port", "70000", "s", "sshd"}, keysInEnviron(), "--port"},
		"an app's low port": {[]string{"--endpoint", "http://m", "--app-port", "22", "s", "sshd"}, keysInEnviron(), "--app-port"},
		"an unknown flag":   {[]string{"--x", "s", "sshd"}, nil, "not defined: -x"},
		"help":              {[]string{"--help"}, nil, "help"},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := readTunnelOptions(test.args, test.environ, files)
			if test.want != "" {
				require.ErrorContains(t, err, test.want)
				assert.NotContains(t, err.Error(), "very secret")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "s", o.app.Session)
			assert.Equal(t, "sshd", o.app.App)
			assert.NotEmpty(t, o.endpoint)
		})
	}
	var out, errOut bytes.Buffer
	assert.Zero(t, run([]string{"tunnel", "--help"}, nil, &out, &errOut))
	assert.Contains(t, out.String(), "ProxyCommand")
	assert.Equal(t, exitUsage, run([]string{"tunnel", "s"}, nil, &out, &errOut))
}
