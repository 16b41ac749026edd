package gateway

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
)

func TestNothingIsRelayedBeforeSigningIn(t *testing.T) {
	f := start(t, nil)
	for _, cookie := range []string{"", CookieName + `=""`, CookieName + "=" + strings.Repeat("A", tokenLength), CookieName + "=../../etc/passwd"} {
		a := f.send("POST", "/func/admin/gql", `{"query": "{ keypair { user_id } }"}`, "Cookie", cookie)
		// Byte for byte what the official web server answers.
		assert.Equal(t, `{"type": "https://api.backend.ai/probs/auth-failed", "title": "Unauthorized access"}`, a.body)
		assert.Equal(t, http.StatusUnauthorized, a.StatusCode)
		assert.Equal(t, "application/problem+json; charset=utf-8", a.Header.Get("Content-Type"))
		assert.Equal(t, "required", a.Header.Get("Baiui-Signin"))
	}
	assert.Zero(t, f.manager.count())
}

func TestTheVersionDocumentNeedsNoSignIn(t *testing.T) {
	f := start(t, nil)
	for cookie, signed := range map[string]bool{"": false, f.login(): true} {
		a := f.send("GET", "/func/", "", "Cookie", cookie)
		assert.Equal(t, http.StatusOK, a.StatusCode)
		assert.JSONEq(t, `{"version": "v8.20240915", "manager": "24.09.14"}`, a.body)
		assert.Equal(t, signed, f.manager.last().Header.Get("Authorization") != "", "requests of somebody who is signed in are")
	}
	assert.Equal(t, 401, f.send("POST", "/func/", "").StatusCode)
}

func TestEveryMethodAndPathIsSignedAsSent(t *testing.T) {
	f := start(t, nil)
	cookie := f.login()
	targets := map[string]string{ // asked → sent
		"/func/auth?echo=hello":                        "/auth?echo=hello",
		"/func/session/_/match?id=my%20job%2B1":        "/session/_/match?id=my%20job%2B1",
		"/func/session/a%2Fb/logs":                     "/session/a%2Fb/logs",
		"/func//admin//gql":                            "//admin//gql",
		"/func/folders/%EA%B0%80%EB%82%98?x=%EA%B0%80": "/folders/%EA%B0%80%EB%82%98?x=%EA%B0%80",
		"/func/a;b/c=d?semi;colon=1&bad=%zz&b=2&a=1":   "/a;b/c=d?semi;colon=1&bad=%zz&b=2&a=1",
		"/func/x?":                               "/x?",
		"/func/...":                              "/...",
		"/func/session/~user@host:1/!$&'()*+,;=": "/session/~user@host:1/!$&'()*+,;=",
		"/func/server/login":                     "/server/login",
		"/func/http://evil.test/":                "/http://evil.test/",
		"/func/session/%00":                      "/session/%00",
		"/func/" + strings.Repeat("a", 8000) + "?" + "b=c": "/" + strings.Repeat("a", 8000) + "?b=c",
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		for asked, sent := range targets {
			a := f.send(method, asked, "", "Cookie", cookie)
			require.Equal(t, 200, a.StatusCode, "%s %s: %s", method, asked, a.body)
			last := f.manager.last()
			assert.Equal(t, sent, last.Target)
			assert.Equal(t, method, last.Method)
			assert.True(t, last.Signed)
			assert.Equal(t, strings.TrimPrefix(f.backend.URL, "http://"), last.Host)
		}
	}
}

func TestPathsThatClimbAreRefused(t *testing.T) {
	f := start(t, nil)
	cookie := f.login()
	for _, path := range []string{"/func/..", "/func/../x", "/func/a/../../x", "/func/a/%2e%2e/x", "/func/%2E./x", "/func/./x", "/func/a/%2e"} {
		request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: x\r\nCookie: %s\r\nConnection: close\r\n\r\n", path, cookie)
		assert.Contains(t, f.raw(request), " 400 Bad Request", path)
	}
	assert.Zero(t, f.manager.count())
}

// raw sends bytes as they are and returns the whole answer.
func (f *fixture) raw(request string) string {
	f.t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(f.web.URL, "http://"))
	require.NoError(f.t, err)
	defer connection.Close()
	_, err = io.WriteString(connection, request)
	require.NoError(f.t, err)
	answer, err := io.ReadAll(connection)
	require.NoError(f.t, err)
	return string(answer)
}

func TestAnEscapedPrefixIsNotRelayed(t *testing.T) {
	f := start(t, nil)
	f.send("GET", "/f%75nc/auth", "", "Cookie", f.login()).isProblem(t, http.StatusNotFound, "url-not-found")
	f.send("GET", "/functions", "", "Cookie", f.login()).isProblem(t, http.StatusNotFound, "url-not-found")
}

func TestUnknownMethodsAreRefused(t *testing.T) {
	f := start(t, nil)
	cookie := f.login()
	for _, method := range []string{"OPTIONS", "TRACE", "PROPFIND"} {
		f.send(method, "/func/auth", "", "Cookie", cookie).isProblem(t, http.StatusMethodNotAllowed, "method-not-allowed")
	}
	f.send("GET", "/server/login", "").isProblem(t, http.StatusMethodNotAllowed, "method-not-allowed")
	f.send("POST", "/server/info", "").isProblem(t, http.StatusMethodNotAllowed, "method-not-allowed")
}

func TestTheVersionOfTheClientIsSignedAndTooOldOnesAreRefused(t *testing.T) {
	f := start(t, nil)
	cookie := f.login()
	f.send("GET", "/func/auth", "", "Cookie", cookie)
	assert.Equal(t, defaultAPIVersion, f.manager.last().Header.Get("X-BackendAI-Version"))
	f.send("GET", "/func/auth", "", "Cookie", cookie, "X-BackendAI-Version", "v8.20240915")
	assert.Equal(t, "v8.20240915", f.manager.last().Header.Get("X-BackendAI-Version"))
	f.send("POST", "/func/auth", "{}", "Cookie", cookie, "X-BackendAI-Version", "v3.20170615").isProblem(t, 400, "generic-bad-request")
}

func TestOnlyWhatTheManagerNeedsIsForwarded(t *testing.T) {
	f := start(t, nil)
	cookie := f.login()
	f.send("POST", "/func/session", "body", "Cookie", cookie+"; other=1",
		"Content-Type", "Multipart/Form-Data; boundary=x", "Content-Type", "text/plain",
		"Accept-Language", "ko", "Range", "bytes=0-9", "X-Request-ID", "42",
		"Authorization", "BackendAI signMethod=HMAC-SHA256, credential=A:b",
		"Date", "Tue, 02 Jan 2024 03:04:05 GMT", "X-BackendAI-Date", "2024-01-02T03:04:05Z",
		"X-Forwarded-For", "1.2.3.4", "X-Forwarded-Host", "evil.test", "X-Forwarded-Proto", "https", "X-Forwarded-URL", "http://evil.test/x",
		"X-Method-Override", "DELETE", "X-BackendAI-Token", "jwt", "X-Secret", "s", "Connection", "x-secret", "Forwarded", "for=1.2.3.4")
	got := f.manager.last()
	require.True(t, got.Signed)
	assert.Equal(t, "body", string(got.Body))
	for name, want := range map[string]string{
		"Content-Type": "Multipart/Form-Data; boundary=x", "Accept-Language": "ko", "Range": "bytes=0-9", "X-Request-Id": "42",
		"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": strings.TrimPrefix(f.web.URL, "http://"),
	} {
		assert.Equal(t, []string{want}, got.Header[name], name)
	}
	for _, name := range []string{"Cookie", "X-Backendai-Date", "X-Forwarded-Url", "X-Method-Override", "X-Backendai-Token", "X-Secret", "Forwarded", "X-Backendai-Sessionid", "Connection"} {
		assert.Empty(t, got.Header[name], name)
	}
	date, err := time.Parse(time.RFC3339Nano, got.Header.Get("Date"))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), date, 5*time.Second)
}

func TestProxiesInFrontAreBelievedOnlyWhenTrusted(t *testing.T) {
	f := start(t, func(o *Options) {
		o.Peers = Peers{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}}
	})
	forwarded := []string{"X-Forwarded-For", "6.6.6.6, 1.2.3.4, 10.0.0.7", "X-Forwarded-Host", "ui.test", "X-Forwarded-Proto", "https"}
	a := f.send("POST", "/server/login", `{"username": "user@x", "password": "right"}`, append(forwarded, "Origin", "https://ui.test")...)
	require.Equal(t, 200, a.StatusCode, "the origin is that of the proxy")
	assert.True(t, a.cookie().Secure)
	f.send("GET", "/func/auth", "", append(forwarded, "Cookie", CookieName+"="+a.cookie().Value)...)
	got := f.manager.last()
	assert.Equal(t, []string{"1.2.3.4"}, got.Header["X-Forwarded-For"], "what stands before it is the client's own word")
	assert.Equal(t, "ui.test", got.Header.Get("X-Forwarded-Host"))
	assert.Equal(t, "https", got.Header.Get("X-Forwarded-Proto"))
}

func TestAnswersSpeakForThemselvesOnly(t *testing.T) {
	f := start(t, nil)
	refused := []string{"Set-Cookie", "Clear-Site-Data", "Service-Worker-Allowed", "Access-Control-Allow-Origin",
		"Access-Control-Allow-Credentials", "Strict-Transport-Security", "Refresh", "Server", "X-Backendai-Sessionid",
		"Www-Authenticate", "Speculation-Rules", "Use-As-Dictionary"}
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		for _, name := range refused {
			header.Set(name, CookieName+"=planted")
		}
		header.Set("Content-Security-Policy", "default-src *")
		header.Set("Content-Type", "text/html")
		header.Set("X-RateLimit-Remaining", "7")
		header.Set("Cache-Control", "public, max-age=3600")
		header.Set("Expires", "Thu, 01 Jan 2060 00:00:00 GMT")
		io.WriteString(w, "<script>alert(1)</script>")
	}
	a := f.send("GET", "/func/x", "", "Cookie", f.login())
	assert.Equal(t, "<script>alert(1)</script>", a.body)
	for _, name := range refused {
		assert.Empty(t, a.Header[name], name)
	}
	assert.Equal(t, []string{sandboxed}, a.Header["Content-Security-Policy"])
	assert.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"))
	assert.Equal(t, []string{"no-store"}, a.Header["Cache-Control"], "a browser is shared; the manager cannot know")
	assert.Empty(t, a.Header["Expires"])
	assert.Equal(t, "7", a.Header.Get("X-RateLimit-Remaining"))
}

func TestTheManagersOwnRefusalPassesUnchanged(t *testing.T) {
	f := start(t, nil)
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		problem(w, 401, "auth-failed", "Credential/signature mismatch.", "not allowed")
	}
	cookie := f.login()
	a := f.send("GET", "/func/x", "", "Cookie", cookie)
	assert.Equal(t, 401, a.StatusCode)
	assert.JSONEq(t, `{"type": "https://api.backend.ai/probs/auth-failed", "title": "Credential/signature mismatch.", "msg": "not allowed"}`, a.body)
	assert.Empty(t, a.Header.Get("Baiui-Signin"), "the person is still signed in")
	f.manager.answer = nil
	assert.Equal(t, 200, f.send("GET", "/func/x", "", "Cookie", cookie).StatusCode)
}

func TestAClockThatIsOffIsTold(t *testing.T) {
	var logged bytes.Buffer
	f := start(t, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&logged, nil)) })
	ahead := 16 * time.Minute
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(-ahead).UTC().Format(http.TimeFormat))
		problem(w, 400, "invalid-auth-params", "Missing or invalid authorization parameters.", "Date/time sync error")
	}
	cookie := f.login()
	a := f.send("GET", "/func/x", "", "Cookie", cookie)
	assert.Contains(t, a.body, "Date/time sync error")
	seconds, err := strconv.Atoi(a.Header.Get(client.SkewHeader))
	require.NoError(t, err)
	assert.InDelta(t, ahead.Seconds(), seconds, 2, "the page says it, too")
	assert.Contains(t, logged.String(), "the clocks of this machine and the manager are too far apart")
	assert.Contains(t, logged.String(), "ahead=16m")

	logged.Reset()
	ahead = time.Minute
	a = f.send("GET", "/func/x", "", "Cookie", cookie)
	assert.Empty(t, logged.String(), "another mistake")
	assert.Empty(t, a.Header.Get(client.SkewHeader))
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	f := start(t, nil)
	location := ""
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
	cookie := f.login()
	for to, want := range map[string]string{
		f.backend.URL + "/other?a=b":        "/func/other?a=b",
		f.backend.URL:                       "/func",
		f.backend.URL + ".evil.test/x":      f.backend.URL + ".evil.test/x",
		"https://storage.test/download?t=1": "https://storage.test/download?t=1",
	} {
		location = to
		a := f.send("GET", "/func/x", "", "Cookie", cookie)
		assert.Equal(t, http.StatusTemporaryRedirect, a.StatusCode)
		assert.Equal(t, want, a.Header.Get("Location"))
	}
}

func TestAManagerBelowAPathKeepsItsPath(t *testing.T) {
	f := start(t, nil)
	base, err := url.Parse(f.backend.URL + "/deep/b%2Fse")
	require.NoError(t, err)
	below := New(Options{Manager: base, Signins: f.signins, Log: slog.New(slog.DiscardHandler)})
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", base.String()+"/elsewhere")
	}
	cookie := f.login()
	for asked, sent := range map[string]string{"/func/x/a%2Fb?c=d": "/deep/b%2Fse/x/a%2Fb?c=d", "/func": "/deep/b%2Fse/"} {
		r := httptest.NewRequest("GET", asked, nil)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		below.ServeHTTP(w, r)
		last := f.manager.last()
		assert.Equal(t, sent, last.Target)
		assert.True(t, last.Signed, "the path is signed as it is sent")
		assert.Equal(t, "/func/elsewhere", w.Header().Get("Location"))
	}
}

func TestManagersInTrouble(t *testing.T) {
	transport := NewTransport(nil)
	f := start(t, func(o *Options) { o.Transport = transport })
	cookie := f.login()
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			<-release
		case "/cut":
			panic(http.ErrAbortHandler)
		case "/html":
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, "<h1>nginx</h1>")
		case "/surprise":
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Upgrade", "surprise")
			w.WriteHeader(http.StatusSwitchingProtocols)
		}
	}
	f.send("POST", "/func/cut", "{}", "Cookie", cookie).isProblem(t, http.StatusBadGateway, "bad-gateway")
	f.send("GET", "/func/surprise", "", "Cookie", cookie).isProblem(t, http.StatusBadGateway, "bad-gateway")
	a := f.send("GET", "/func/html", "", "Cookie", cookie)
	assert.Equal(t, http.StatusBadGateway, a.StatusCode, "the answer of whatever stands before the manager passes")
	assert.Equal(t, "<h1>nginx</h1>", a.body)

	patience := transport.ResponseHeaderTimeout
	transport.ResponseHeaderTimeout = 50 * time.Millisecond // for nobody who answers
	f.send("GET", "/func/slow", "", "Cookie", cookie).isProblem(t, http.StatusGatewayTimeout, "gateway-timeout")
	transport.ResponseHeaderTimeout = patience

	f.backend.Listener.Close()
	f.backend.CloseClientConnections()
	f.send("POST", "/func/gone", "{}", "Cookie", cookie).isProblem(t, http.StatusBadGateway, "bad-gateway")
}

func TestBodiesAreLimited(t *testing.T) {
	f := start(t, func(o *Options) { o.MaxBody = 1000 })
	cookie := f.login()
	assert.Equal(t, 200, f.send("POST", "/func/x", strings.Repeat("a", 1000), "Cookie", cookie).StatusCode)
	f.send("POST", "/func/x", strings.Repeat("a", 1001), "Cookie", cookie).isProblem(t, http.StatusRequestEntityTooLarge, "content-too-large")

	chunked, err := http.NewRequest("POST", f.web.URL+"/func/x", io.MultiReader(strings.NewReader(strings.Repeat("a", 1001))))
	require.NoError(t, err)
	chunked.Header.Set("Cookie", cookie)
	response, err := f.web.Client().Do(chunked)
	require.NoError(t, err)
	response.Body.Close()
	assert.Equal(t, http.StatusRequestEntityTooLarge, response.StatusCode)
}

func TestEncodedBodiesReachTheManagerDecoded(t *testing.T) {
	f := start(t, nil)
	cookie := f.login()
	for _, scheme := range []string{"http://", "https://"} {
		host := strings.TrimPrefix(f.web.URL, "http://")
		body := encodeBody(t, scheme+host, "ABCDEFGHabcdefgh", `{"query": "{}"}`)
		a := f.send("POST", "/func/admin/gql", body, "Cookie", cookie, "X-BackendAI-Encoded", "true", "Content-Type", "application/json")
		require.Equal(t, 200, a.StatusCode, a.body)
		assert.Equal(t, `{"query": "{}"}`, string(f.manager.last().Body))
		assert.Equal(t, "15", f.manager.last().Header.Get("Content-Length"))
		assert.Empty(t, f.manager.last().Header.Get("X-BackendAI-Encoded"))

		login := encodeBody(t, scheme+host, "0123456789abcdef", `{"username": "user@x", "password": "right"}`)
		assert.Contains(t, f.send("POST", "/server/login", login, "X-BackendAI-Encoded", "true").body, `"authenticated":true`)
	}
	f.send("POST", "/func/admin/gql", "not encoded", "Cookie", cookie, "X-BackendAI-Encoded", "true").isProblem(t, 400, "generic-bad-request")
	f.send("POST", "/server/login", "not encoded", "X-BackendAI-Encoded", "true").isProblem(t, 400, "generic-bad-request")
	f.send("POST", "/func/x", strings.Repeat("a", maxEncodedBody+1), "Cookie", cookie, "X-BackendAI-Encoded", "true").isProblem(t, 413, "content-too-large")
}

func TestInformation(t *testing.T) {
	f := start(t, func(o *Options) {
		o.Info = Info{Version: "1.2.3", Embedded: true, Manager: "http://m.test", Endpoints: []Endpoint{{"http://m.test", "here"}}, Modes: []string{"SESSION", "API"}}
	})
	assert.JSONEq(t, `{"version": "1.2.3", "embedded": true, "manager": "http://m.test", "endpoints": [{"url": "http://m.test", "label": "here"}], "modes": ["SESSION", "API"]}`,
		f.send("GET", "/server/info", "").body)
	assert.Equal(t, "[general]\napiEndpoint = \""+f.web.URL+"\"\nconnectionMode = \"SESSION\"\nsignupSupport = false\nallowChangeSigninMode = false\n", f.send("GET", "/config.toml", "").body)
	assert.JSONEq(t, `{"status": "ok", "version": "1.2.3", "component": "webserver"}`, f.send("GET", "/health", "").body)
	assert.JSONEq(t, `{"version": "1.2.3", "details": "Success"}`, f.send("GET", "/func/ping", "").body)
	assert.Equal(t, 200, f.send("HEAD", "/health", "").StatusCode)
	f.send("GET", "/server/unknown", "").isProblem(t, http.StatusNotFound, "url-not-found")
}
