package apps

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRequestsArriveAsTheyWereMade(t *testing.T) {
	w := newWorld(t)
	var got *http.Request
	b := w.opened(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r }))
	for name, target := range map[string]string{
		"two slashes":               "/a//b",
		"two slashes at first":      "//a/b",
		"a path parameter":          "/..;/x;y=1",
		"dots":                      "/a/./b/../c",
		"an encoded slash":          "/a%2Fb%5Cc",
		"letters that need no code": "/%41?%41=%42",
		"signs in the path":         "/a|b{c}\"d'e",
		"a query with semicolons":   "/x?a=1;b=2&c",
		"an empty query":            "/x?",
		"a percent sign alone":      "/x?50%",
		"Korean letters":            "/%ED%95%9C?q=%EA%B8%80",
		"a long one":                "/" + strings.Repeat("x", 60<<10),
	} {
		t.Run(name, func(t *testing.T) {
			got = nil
			resp := b.do(http.MethodGet, target, nil)
			require.Equal(t, http.StatusOK, resp.StatusCode)
			assert.Equal(t, target, got.RequestURI)
			assert.Equal(t, b.host, got.Host, "the host is what the browser has, as is the Origin")
		})
	}
}

func TestHeadersOfRequests(t *testing.T) {
	w := newWorld(t)
	var got http.Header
	b := w.opened(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header }))
	many := []string{"Connection", "x-secret, keep-alive", "X-Secret", "1", "Keep-Alive", "timeout=5", "Te", "trailers, deflate",
		"Proxy-Authorization", "Basic eA==", "X-Forwarded-For", "8.8.8.8", "X-Forwarded-Host", "bank.example", "Forwarded", "for=8.8.8.8",
		"Origin", b.origin, "Authorization", "token abc", "X-Xsrftoken", "x", "Cookie", "_xsrf=2|a; session=\"a b\"; weird; =x",
		"Cookie", "AIOHTTP_SESSION=a-sign-in-of-this-server; baiui_apps=x", "Cookie", "AIOHTTP_SESSION=of-the-app-itself"}
	for i := range 150 {
		many = append(many, "X-Many-"+strconv.Itoa(i), strconv.Itoa(i))
	}
	require.Equal(t, http.StatusOK, b.do(http.MethodGet, "/", nil, many...).StatusCode)
	for _, name := range []string{"X-Secret", "Keep-Alive", "Proxy-Authorization", "Forwarded"} {
		assert.NotContains(t, got, name)
	}
	assert.Equal(t, "trailers", got.Get("Te"))
	assert.Equal(t, "127.0.0.1", got.Get("X-Forwarded-For"))
	assert.Equal(t, b.host, got.Get("X-Forwarded-Host"))
	assert.Equal(t, "http", got.Get("X-Forwarded-Proto"))
	assert.Equal(t, b.origin, got.Get("Origin"))
	assert.Equal(t, "token abc", got.Get("Authorization"))
	assert.Equal(t, "149", got.Get("X-Many-149"))
	assert.Equal(t, []string{`_xsrf=2|a; session="a b"; weird; =x; AIOHTTP_SESSION=of-the-app-itself`}, got["Cookie"],
		"cookies of the app pass as they are, this server's do not")
}

func TestHeadersOfAnswers(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		h := out.Header()
		h["Set-Cookie"] = []string{"a=1; Domain=example.org; Path=/; HttpOnly", "baiui_app=stolen", "__Host-baiui_app=x; Secure", "b=2; domain=.localhost;SameSite=Lax", " baiui_app =x"}
		h.Set("Clear-Site-Data", `"*"`)
		h.Set("Strict-Transport-Security", "max-age=1; includeSubDomains")
		h.Set("Alt-Svc", `h3=":443"`)
		h.Set("Connection", "X-Private")
		h.Set("X-Private", "1")
		h.Set("Content-Security-Policy", "default-src 'self'")
		h.Set("Service-Worker-Allowed", "/")
		h.Set("X-Frame-Options", "SAMEORIGIN")
		out.WriteHeader(http.StatusTeapot)
	}))
	h := b.do(http.MethodGet, "/", nil).Header
	assert.Equal(t, []string{"a=1; Path=/; HttpOnly", "b=2;SameSite=Lax"}, h["Set-Cookie"])
	for _, name := range []string{"Clear-Site-Data", "Strict-Transport-Security", "Alt-Svc", "X-Private"} {
		assert.Empty(t, h.Get(name), name)
	}
	assert.Equal(t, []string{"default-src 'self'", "frame-ancestors 'self'"}, h["Content-Security-Policy"])
	assert.Equal(t, "/", h.Get("Service-Worker-Allowed"), "at an origin of its own an app may have one")
	assert.Equal(t, "SAMEORIGIN", h.Get("X-Frame-Options"))
}

func TestRedirectsStayWorkable(t *testing.T) {
	w := newWorld(t)
	var to string
	b := w.opened(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Location", to)
		out.WriteHeader(http.StatusFound)
	}))
	for address, want := range map[string]string{
		"/tree":                               "/tree",
		"?next=1":                             "?next=1",
		"http://127.0.0.1:8888/tree?x=1#y":    "/tree?x=1#y",
		"http://localhost:8888":               "/",
		"http://0.0.0.0:8888/a%2Fb":           "/a%2Fb",
		"http://[::1]:8888/":                  "/",
		"http://localhost//evil.example/":     "http://localhost//evil.example/",
		b.origin + "/login":                   b.origin + "/login",
		"https://accounts.example.org/oauth":  "https://accounts.example.org/oauth",
		"http://169.254.169.254/latest":       "http://169.254.169.254/latest",
		"javascript:alert(1)":                 "javascript:alert(1)",
		"http://localhost.evil.example/login": "http://localhost.evil.example/login",
	} {
		to = address
		resp := b.do(http.MethodGet, "/", nil)
		assert.Equal(t, http.StatusFound, resp.StatusCode)
		assert.Equal(t, want, resp.Header.Get("Location"), address)
	}
}

func TestHostsOfNoApp(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	_, port, err := net.SplitHostPort(b.host)
	require.NoError(t, err)
	for _, host := range []string{"127.0.0.1:" + port, "localhost:" + port, "other.localhost", "evil.example", "x@" + b.host, "[fe80::1%25lo]:80", "xn--80ak6aa92e.localhost"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		r.Header.Set("Cookie", b.cookie)
		r.Header.Set("Accept", "text/html")
		out := httptest.NewRecorder()
		w.apps.ServeHTTP(out, r)
		assert.Equal(t, http.StatusMisdirectedRequest, out.Code, host)
		assert.NotContains(t, out.Body.String(), "GET /", host)
		assert.Contains(t, out.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'")
	}
	name, _, _ := strings.Cut(b.host, ":")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Host = strings.ToUpper(name) + "."
	r.Header.Set("Cookie", b.cookie)
	out := httptest.NewRecorder()
	w.apps.ServeHTTP(out, r)
	assert.Equal(t, http.StatusOK, out.Code, "capitals and a last dot are the same name")
}

func TestWhoHasNoCookieLearnsNothing(t *testing.T) {
	w := newWorld(t)
	reached := 0
	b := w.opened(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	before := reached
	w.manager.serve("other", "http", http.HandlerFunc(hello))
	other := w.browse(w.open(order{App: "other"}))
	for name, cookie := range map[string]string{
		"none": "", "another app's": other.cookie, "made up": "baiui_app=" + newSecret(), "empty": "baiui_app=",
		"of the other name": strings.Replace(b.cookie, "baiui_app", "__Host-baiui_app", 1),
	} {
		stranger := &browser{w: w, host: b.host, cookie: cookie}
		resp := stranger.do(http.MethodGet, "/", nil, "Accept", "text/html")
		assert.Equal(t, http.StatusForbidden, resp.StatusCode, name)
		assert.Contains(t, text(t, resp), `data-page="stranger"`, name)
	}
	assert.Equal(t, before, reached)
	twice := &browser{w: w, host: b.host, cookie: "baiui_app=planted; " + b.cookie}
	assert.Equal(t, http.StatusOK, twice.do(http.MethodGet, "/", nil).StatusCode, "a planted cookie locks nobody out")
}

func TestPagesOfOtherOriginsAreRefused(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	tests := map[string]struct {
		method string
		header []string
		status int
	}{
		"its own page":                  {"POST", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		"typed in":                      {"GET", []string{"Sec-Fetch-Site", "none"}, 200},
		"a program":                     {"POST", nil, 200},
		"its own page, an old browser":  {"POST", []string{"Origin", b.origin}, 200},
		"a link from elsewhere":         {"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		"a frame of a neighbour":        {"GET", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		"an image of a neighbour":       {"GET", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, 403},
		"a form of a neighbour":         {"POST", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 403},
		"a websocket of a neighbour":    {"GET", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "websocket", "Upgrade", "websocket", "Connection", "Upgrade"}, 403},
		"elsewhere, an old browser":     {"POST", []string{"Origin", "http://evil.example"}, 403},
		"a websocket of an old browser": {"GET", []string{"Origin", "null", "Upgrade", "websocket", "Connection", "Upgrade"}, 403},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.status, b.do(test.method, "/", nil, test.header...).StatusCode)
		})
	}
}

func TestRequestsThatAreNotPassedOn(t *testing.T) {
	w := newWorld(t)
	reached := 0
	b := w.opened(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	before := reached
	head := "Host: " + b.host + "\r\nCookie: " + b.cookie + "\r\n"
	for name, request := range map[string]string{
		"a tunnel":                     "CONNECT 169.254.169.254:80 HTTP/1.1\r\n" + head + "\r\n",
		"a trace":                      "TRACE / HTTP/1.1\r\n" + head + "\r\n",
		"two hosts":                    "GET / HTTP/1.1\r\n" + head + "Host: other\r\n\r\n",
		"a host with a user":           "GET / HTTP/1.1\r\nHost: x@" + b.host + "\r\nCookie: " + b.cookie + "\r\n\r\n",
		"another host in the target":   "GET http://169.254.169.254/ HTTP/1.1\r\n" + head + "\r\n",
		"two lengths":                  "POST / HTTP/1.1\r\n" + head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"an unknown coding":            "POST / HTTP/1.1\r\n" + head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		"a header with a blank before": "GET / HTTP/1.1\r\n" + head + "X-A : 1\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", w.front.Listener.Addr().String())
			require.NoError(t, err)
			defer func() { _ = conn.Close() }()
			_, err = io.WriteString(conn, request)
			require.NoError(t, err)
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			defer func() { _ = resp.Body.Close() }()
			assert.NotEqual(t, http.StatusOK, resp.StatusCode)
			assert.Equal(t, before, reached)
		})
	}
}
