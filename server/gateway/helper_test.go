package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/signing"
)

// testKey encrypts the sign-ins of tests.
func testKey() []byte { return bytes.Repeat([]byte{7}, keySize) }

// manager is a manager as far as the gateway can tell: it verifies signatures,
// knows three people, and remembers what it was sent.
type manager struct {
	t *testing.T
	// answer replaces the answer to a signed request.
	answer http.HandlerFunc
	// authorize replaces the answer to a sign-in.
	authorize http.HandlerFunc

	mu   sync.Mutex
	seen []seen
}

// seen is a request as it arrived.
type seen struct {
	Method, Target, Host string
	Header               http.Header
	Body                 []byte
	Signed               bool
}

const (
	accessKey = "AKIATESTKEY234567ABC"
	secretKey = "wJalr0123456789abcdefghijklmnopqrstuvwxy"
)

func (m *manager) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/auth/authorize" {
		if m.authorize != nil {
			m.authorize(w, r)
			return
		}
		m.signIn(w, r)
		return
	}
	if m.answer == nil {
		body, _ := io.ReadAll(r.Body) // a cut upload is part of what is tested
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	m.remember(r)
	switch {
	case r.RequestURI == "/":
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		io.WriteString(w, `{"version": "v8.20240915", "manager": "24.09.14"}`)
	case !m.last().Signed:
		problem(w, http.StatusUnauthorized, "auth-failed", "Credential/signature mismatch.", "Signature mismatch")
	case m.answer != nil:
		m.answer(w, r)
	default:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		io.WriteString(w, `{"data": {}}`)
	}
}

// remember checks the signature and keeps the request.
func (m *manager) remember(r *http.Request) {
	s := seen{Method: r.Method, Target: r.RequestURI, Host: r.Host, Header: r.Header.Clone()}
	if m.answer == nil {
		s.Body, _ = io.ReadAll(r.Body) // from memory
	}
	if credential, err := signing.ParseAuthorization(r.Header.Get("Authorization")); err == nil {
		request, err := signing.FromHTTP(r)
		s.Signed = err == nil && credential.AccessKey == accessKey &&
			credential.Verify(secretKey, request) == nil && signing.CheckDate(request.Date, time.Now()) == nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen = append(m.seen, s)
}

func (m *manager) last() seen {
	m.mu.Lock()
	defer m.mu.Unlock()
	require.NotEmpty(m.t, m.seen, "the manager was not asked")
	return m.seen[len(m.seen)-1]
}

func (m *manager) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.seen)
}

func (m *manager) signIn(w http.ResponseWriter, r *http.Request) {
	var body struct{ Type, Domain, Username, Password, Otp string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Type != "keypair" || body.Domain != "default" {
		problem(w, http.StatusBadRequest, "invalid-api-params", "Missing or invalid API parameters.", "Malformed body")
		return
	}
	role, _, _ := strings.Cut(body.Username, "@")
	switch {
	case body.Password == "expired":
		problem(w, http.StatusUnauthorized, "password-expired", "Password has expired.", "")
	case body.Password != "right":
		problem(w, http.StatusUnauthorized, "auth-failed", "Credential/signature mismatch.", "User credential mismatch.")
	default:
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		fmt.Fprintf(w, `{"data": {"access_key": %q, "secret_key": %q, "role": %q, "status": "active"}}`, accessKey, secretKey, role)
	}
}

func problem(w http.ResponseWriter, status int, slug, title, msg string) {
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.Header().Set("Server", "BackendAI")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"type": "https://api.backend.ai/probs/%s", "title": %q, "msg": %q}`, slug, title, msg)
}

// fixture is a gateway in front of a manager, both on real ports.
type fixture struct {
	t       *testing.T
	manager *manager
	gateway *Gateway
	signins *Signins
	dir     string
	web     *httptest.Server
	backend *httptest.Server
}

func start(t *testing.T, change func(*Options)) *fixture {
	t.Helper()
	f := &fixture{t: t, manager: &manager{t: t}, dir: t.TempDir()}
	f.backend = httptest.NewServer(f.manager)
	t.Cleanup(f.backend.Close)
	f.signins = openSignins(t, f.dir)
	base, err := url.Parse(f.backend.URL)
	require.NoError(t, err)
	options := Options{Manager: base, Signins: f.signins, Log: slog.New(slog.DiscardHandler), Info: Info{Version: "1.2.3"}}
	if change != nil {
		change(&options)
	}
	f.gateway = New(options)
	f.web = httptest.NewServer(f.gateway)
	t.Cleanup(f.web.Close)
	return f
}

func openSignins(t *testing.T, dir string) *Signins {
	t.Helper()
	signins, err := OpenSignins(dir, testKey(), time.Hour, 10*time.Hour, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { signins.Close() })
	return signins
}

// answer is a response whose body has been read.
type answer struct {
	*http.Response
	body string
}

// send makes a request; headers come in pairs. Redirects are not followed.
func (f *fixture) send(method, path, body string, headers ...string) answer {
	f.t.Helper()
	r, err := http.NewRequest(method, f.web.URL+path, strings.NewReader(body))
	require.NoError(f.t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	response, err := f.web.Client().Transport.RoundTrip(r)
	require.NoError(f.t, err)
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	require.NoError(f.t, err)
	return answer{response, string(read)}
}

func (a answer) cookie() *http.Cookie {
	for _, c := range a.Cookies() {
		if c.Name == CookieName {
			return c
		}
	}
	return nil
}

// login signs in with JSON, as a program does, and returns the Cookie header.
func (f *fixture) login() string {
	f.t.Helper()
	a := f.send("POST", "/server/login", `{"username": "user@baiui.local", "password": "right"}`)
	require.Equal(f.t, http.StatusOK, a.StatusCode, a.body)
	require.NotNil(f.t, a.cookie(), a.body)
	return CookieName + "=" + a.cookie().Value
}

// isProblem checks an error body.
func (a answer) isProblem(t *testing.T, status int, slug string) {
	t.Helper()
	assert.Equal(t, status, a.StatusCode, a.body)
	assert.Equal(t, "application/problem+json; charset=utf-8", a.Header.Get("Content-Type"))
	var body struct{ Type, Title string }
	require.NoError(t, json.Unmarshal([]byte(a.body), &body), a.body)
	assert.Equal(t, problemPrefix+slug, body.Type)
	assert.NotEmpty(t, body.Title)
}
