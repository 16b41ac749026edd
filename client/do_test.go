package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

func TestNewRefusesWhatCannotWork(t *testing.T) {
	tests := []struct {
		name   string
		config Config
	}{
		{"no mode", Config{Endpoint: "http://x", KeyPair: testKey}},
		{"API mode without a key pair", Config{Mode: model.ModeAPI, Endpoint: "http://x"}},
		{"API mode without a secret key", Config{Mode: model.ModeAPI, Endpoint: "http://x", KeyPair: signing.KeyPair{AccessKey: "A"}}},
		{"no endpoint", Config{Mode: model.ModeSession}},
		{"an endpoint without scheme", Config{Mode: model.ModeSession, Endpoint: "manager:8081"}},
		{"an endpoint of another scheme", Config{Mode: model.ModeSession, Endpoint: "javascript://x"}},
		{"an endpoint with a password", Config{Mode: model.ModeSession, Endpoint: "http://u:p@x"}},
		{"an endpoint with a query", Config{Mode: model.ModeSession, Endpoint: "http://x?y"}},
		{"an endpoint that is no address", Config{Mode: model.ModeSession, Endpoint: "http://[::1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(tt.config)
			assert.Equal(t, KindInvalid, KindOf(err))
		})
	}
	c := newClient(t, " https://manager.example/base/ ", inSession)
	assert.Equal(t, "https://manager.example/base", c.Endpoint())
	assert.Equal(t, model.ModeSession, c.Mode())
}

func TestSignedRequestsVerify(t *testing.T) {
	for _, base := range []string{"", "/behind/a%20path"} {
		verified := make(chan error, 1)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" || strings.HasSuffix(r.URL.Path, "path/") {
				defer replay(t, w, old, "root")
			}
			request, err := signing.FromHTTP(r)
			if err == nil {
				var credential signing.Credential
				credential, err = signing.ParseAuthorization(r.Header.Get("Authorization"))
				assert.Equal(t, testKey.AccessKey, credential.AccessKey)
				err = errors.Join(err, credential.Verify(testKey.SecretKey, request))
			}
			assert.Empty(t, r.Header.Get("Date"), "no browser can set it")
			assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
			verified <- err
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/") {
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, "{}")
		}))
		c := newClient(t, server.URL+base)
		require.NoError(t, c.Connect(t.Context()))
		assert.NoError(t, <-verified, "the version")
		for _, r := range []Request{
			{Path: "/auth", Query: url.Values{"echo": {"a b+c/ü"}}},
			{Method: "POST", Path: "/admin/gql", Body: map[string]any{"query": "{}"}},
			{Method: "DELETE", Path: "/session/" + PathEscape("학습 1/2"), Query: url.Values{"forced": {"true"}}},
			{Method: "PATCH", Path: "/session/x"},
		} {
			require.NoError(t, c.Do(context.Background(), r, nil))
			assert.NoError(t, <-verified, "%s %s", r.Method, r.Path)
		}
		server.Close()
	}
}

func TestSignedHostLeavesOutTheImpliedPort(t *testing.T) {
	for address, want := range map[string]string{
		"http://m:80/": "m", "https://m:443/": "m", "http://m:443/": "m:443", "https://m:8443/": "m:8443", "http://[::1]:80/": "[::1]",
	} {
		u, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, signedHost(u), address)
	}
}

func TestSessionModeUsesTheCookieAndThePrefix(t *testing.T) {
	server, log := manager(t, old, answering(t, old, "agent_list"))
	c := newClient(t, server.URL, inSession)
	require.NoError(t, c.Do(context.Background(), Request{Method: "POST", Path: "/admin/gql", Body: 1}, nil))
	request, _ := log.last(t)
	assert.Equal(t, "/func/admin/gql", request.URL.Path)
	assert.Empty(t, request.Header.Get("Authorization"))
	assert.Equal(t, "v8.20240915", request.Header.Get("X-BackendAI-Version"))
	assert.NotEmpty(t, request.Header.Get("X-BackendAI-Date"))
	for name := range request.Header {
		assert.NotContains(t, strings.ToLower(name), "fetch", "options of fetch stay in the browser")
	}
}

func TestConnectAsksOnceAndRemembers(t *testing.T) {
	server, log := manager(t, old, answering(t, old, "agent_list"))
	c := newClient(t, server.URL)
	assert.False(t, c.Supports(FeatureSessionNode))
	done := make(chan error, 8)
	for range 8 {
		go func() { done <- c.Connect(context.Background()) }()
	}
	for range 8 {
		require.NoError(t, <-done)
	}
	assert.Equal(t, 1, log.count())
	assert.Equal(t, Version{API: "v8.20240915", Manager: "24.09.14"}, c.Version())
	assert.True(t, c.Supports(FeatureSessionNode))
}

func TestConnectTellsWhatAnswers(t *testing.T) {
	answers := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		kind    Kind
	}{
		{"a page", answers(200, "text/html", "<html></html>"), KindNotManager},
		{"other JSON", answers(200, "application/json", `{"hello":"world"}`), KindNotManager},
		{"broken JSON", answers(200, "application/json", `{"version":`), KindNotManager},
		{"a list", answers(200, "application/json", `[]`), KindNotManager},
		{"nothing there", answers(404, "text/html", "no"), KindNotManager},
		{"a redirect", http.RedirectHandler("https://elsewhere.example/", http.StatusFound).ServeHTTP, KindNotManager},
		{"an old manager", answers(200, "application/json", `{"version":"v6.20220615","manager":"22.09.5"}`), KindVersion},
		{"a proxy whose manager is down", answers(502, "text/html", "<html>Bad Gateway</html>"), KindUnavailable},
		{"too many requests", func(w http.ResponseWriter, _ *http.Request) { replay(t, w, recent, "error-rate-limited-anonymous") }, KindRateLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.handler)
			defer server.Close()
			c := newClient(t, server.URL)
			failure(t, c.Connect(context.Background()), tt.kind)
			assert.Equal(t, Version{}, c.Version())
			failure(t, c.Do(context.Background(), Request{Path: "/x"}, nil), tt.kind)
		})
	}
}

func TestAnswersByContentType(t *testing.T) {
	tests := []struct {
		name, contentType, body string
		want                    Body
	}{
		{"JSON", "application/json; charset=utf-8", `{"a":1}`, Body{JSON: []byte(`{"a":1}`)}},
		{"a problem", "application/problem+json", `{}`, Body{JSON: []byte(`{}`)}},
		{"text", "text/plain", "hi", Body{Text: "hi"}},
		{"a page", "text/html; charset=utf-8", "<p>", Body{Text: "<p>"}},
		{"anything else", "application/octet-stream", "\x00\x01", Body{Blob: []byte{0, 1}}},
		{"no type", "", "x", Body{Blob: []byte("x")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) {
				return answer(200, tt.contentType, tt.body), nil
			})))
			var body Body
			require.NoError(t, c.Do(context.Background(), Request{Path: "/x"}, &body))
			tt.want.ContentType = tt.contentType
			assert.Equal(t, tt.want, body)

			var raw []byte
			require.NoError(t, c.Do(context.Background(), Request{Path: "/x"}, &raw))
			assert.Equal(t, tt.body, string(raw))
		})
	}
}

func TestAnswersThatAreNotWhatWasExpected(t *testing.T) {
	tests := []struct {
		name   string
		answer func() (*http.Response, error)
		kind   Kind
	}{
		{"HTML where JSON was expected", func() (*http.Response, error) { return answer(200, "text/html", "<html>"), nil }, KindBadAnswer},
		{"broken JSON", func() (*http.Response, error) { return answer(200, "application/json", `{"a":`), nil }, KindBadAnswer},
		{"JSON of another shape", func() (*http.Response, error) { return answer(200, "application/json", `{"a":[]}`), nil }, KindBadAnswer},
		{"an empty answer", func() (*http.Response, error) { return answer(204, "", ""), nil }, KindBadAnswer},
		{"a redirect", func() (*http.Response, error) {
			resp := answer(302, "text/html", "")
			resp.Header.Set("Location", "https://elsewhere.example/")
			return resp, nil
		}, KindBadAnswer},
		{"an answer over the limit", func() (*http.Response, error) {
			return answer(200, "application/json", `"`+strings.Repeat("x", 2000)+`"`), nil
		}, KindTooLarge},
		{"an answer that is cut", func() (*http.Response, error) {
			resp := answer(200, "application/json", "")
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"a":1`), brokenReader{}))
			return resp, nil
		}, KindTruncated},
		{"a 502 page", func() (*http.Response, error) { return answer(502, "text/html", "<html>"), nil }, KindUnavailable},
		{"a 503", func() (*http.Response, error) { return answer(503, "", ""), nil }, KindUnavailable},
		{"a 504", func() (*http.Response, error) { return answer(504, "", ""), nil }, KindUnavailable},
		{"a frozen manager", func() (*http.Response, error) {
			return answer(503, "application/problem+json", `{"type":"https://api.backend.ai/probs/server-frozen","title":"frozen"}`), nil
		}, KindUnavailable},
		{"a 500", func() (*http.Response, error) { return answer(500, "text/plain", "oops"), nil }, KindServer},
		{"over a quota", func() (*http.Response, error) { return recorded(t, old, "error-cluster-too-big"), nil }, KindQuota},
		{"an expired password", func() (*http.Response, error) {
			return answer(401, "application/problem+json", `{"type":"https://api.backend.ai/probs/password-expired","title":"expired"}`), nil
		}, KindPasswordExpired},
		{"a message that is an object", func() (*http.Response, error) {
			return answer(400, "application/problem+json", `{"type":"x","title":"t","msg":{"a":1}}`), nil
		}, KindInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) { return tt.answer() })),
				func(config *Config) { config.MaxBody = 1000 })
			var out struct{ A int }
			e := failure(t, c.Do(context.Background(), Request{Method: "POST", Path: "/x"}, &out), tt.kind)
			assert.Equal(t, "POST", e.Method)
			assert.Equal(t, "/x", e.Path)
			assert.NotZero(t, e.Status)
			assert.NotEmpty(t, e.Title)
			assert.NotEmpty(t, e.Error())
		})
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAnswerCutByTheNetworkIsTruncated(t *testing.T) {
	server, _ := manager(t, old, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"a":1`)
	})
	var out any
	failure(t, newClient(t, server.URL).Do(context.Background(), Request{Path: "/x"}, &out), KindTruncated)
}

func TestNothingAnswers(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())

	e := failure(t, newClient(t, address).Connect(context.Background()), KindUnreachable)
	var netError *net.OpError
	assert.ErrorAs(t, e, &netError, "the cause is kept")
}

func TestClockErrorsCarryTheDifference(t *testing.T) {
	// The manager's answer is dated Sun, 22 Nov 2026 03:05:42 GMT.
	now := time.Date(2026, 11, 22, 3, 45, 42, 0, time.UTC)
	server, _ := manager(t, old, answering(t, old, "error-date-too-old"))
	e := failure(t, newClient(t, server.URL, at(now)).Do(context.Background(), Request{Path: "/auth"}, nil), KindClock)
	assert.Equal(t, 40*time.Minute, e.ClockSkew)

	e = failure(t, newClient(t, server.URL, at(now), inSession).Do(context.Background(), Request{Path: "/auth"}, nil), KindServerClock)
	assert.Zero(t, e.ClockSkew, "there the web server signs, and this one does not measure")

	server, _ = manager(t, old, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(SkewHeader, "-1200")
		replay(t, w, old, "error-date-too-old")
	})
	e = failure(t, newClient(t, server.URL, at(now), inSession).Do(context.Background(), Request{Path: "/auth"}, nil), KindServerClock)
	assert.Equal(t, -20*time.Minute, e.ClockSkew)
}

func TestRateLimit(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		header http.Header
		want   time.Duration
	}{
		{"seconds", http.Header{"Retry-After": {"17"}}, 17 * time.Second},
		{"a date", http.Header{"Retry-After": {now.Add(time.Minute).Format(http.TimeFormat)}}, time.Minute},
		{"a date that has passed", http.Header{"Retry-After": {now.Add(-time.Minute).Format(http.TimeFormat)}}, 0},
		{"the reset of later managers", http.Header{"X-Ratelimit-Reset": {"459"}}, 459 * time.Second},
		{"nonsense", http.Header{"Retry-After": {"soon"}}, 0},
		{"nothing", http.Header{}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, "http://m", at(now), through(asOld(func(*http.Request) (*http.Response, error) {
				resp := answer(429, "text/plain", "")
				resp.Header = tt.header
				return resp, nil
			})))
			e := failure(t, c.Do(context.Background(), Request{Path: "/x"}, nil), KindRateLimit)
			assert.Equal(t, tt.want, e.RetryAfter)
		})
	}
	server, _ := manager(t, old, answering(t, old, "error-rate-limited-keypair"))
	assert.Zero(t, failure(t, newClient(t, server.URL).Do(context.Background(), Request{Path: "/x"}, nil), KindRateLimit).RetryAfter)
}

func TestRequestsThatCannotBeMade(t *testing.T) {
	c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) { return answer(200, "", ""), nil })))
	failure(t, c.Do(context.Background(), Request{Method: "POST", Path: "/x", Body: func() {}}, nil), KindInvalid)
	failure(t, c.Do(context.Background(), Request{Path: "/%zz"}, nil), KindInvalid)
	failure(t, c.Do(context.Background(), Request{Method: "B AD", Path: "/x"}, nil), KindInvalid)
}

func TestKindNamesAreStableAndUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range Kinds() {
		name := kind.String()
		assert.NotEmpty(t, name)
		assert.False(t, seen[name], name)
		seen[name] = true
	}
	assert.Equal(t, "unknown", Kind(-1).String())
	assert.Equal(t, "unknown", Kind(1000).String())
	assert.Equal(t, "too_large", KindTooLarge.String(), "the last one: the two lists are of the same length")
	assert.Equal(t, KindNotFound, KindOf(fmt.Errorf("listing: %w", &Error{Kind: KindNotFound})))
	assert.Equal(t, KindUnknown, KindOf(nil))
	assert.Equal(t, KindUnknown, KindOf(io.EOF))
}
