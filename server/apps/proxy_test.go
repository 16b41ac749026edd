package apps

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
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

func TestUploadsPassUnharmed(t *testing.T) {
	const size = 24 << 20
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		n, err := io.Copy(sum, r.Body)
		fmt.Fprintf(out, "%d %x %v %d %s", n, sum.Sum(nil), err, r.ContentLength, r.Trailer.Get("X-Checksum"))
	}))
	data := make([]byte, size)
	_, _ = rand.Read(data)
	sum := sha256.Sum256(data)
	t.Run("of a known length", func(t *testing.T) {
		resp := b.do(http.MethodPut, "/up", strings.NewReader(string(data)))
		assert.Equal(t, fmt.Sprintf("%d %x <nil> %d ", size, sum, size), text(t, resp))
	})
	t.Run("in pieces, with a trailer", func(t *testing.T) {
		r := b.request(http.MethodPut, "/up", io.NopCloser(strings.NewReader(string(data))))
		r.Trailer = http.Header{"X-Checksum": {"abc"}}
		resp, err := http.DefaultTransport.RoundTrip(r)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		assert.Equal(t, fmt.Sprintf("%d %x <nil> -1 abc", size, sum), text(t, resp))
	})
}

func TestAnUploadThatIsCutIsCutAtTheApp(t *testing.T) {
	w := newWorld(t)
	ended := make(chan error, 1)
	b := w.opened(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			_, err := io.Copy(io.Discard, r.Body)
			ended <- err
		}
	}))
	conn, err := net.Dial("tcp", w.front.Listener.Addr().String())
	require.NoError(t, err)
	_, err = fmt.Fprintf(conn, "PUT /up HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nContent-Length: 1000000\r\n\r\n%s", b.host, b.cookie, strings.Repeat("x", 990000))
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	select {
	case err := <-ended:
		assert.Error(t, err, "99 % are no upload")
	case <-time.After(10 * time.Second):
		t.Error("the app waits for the rest")
	}
}

func TestAskingBeforeSendingABody(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && r.Header.Get("X-Refuse") != "" {
			http.Error(out, "no", http.StatusRequestEntityTooLarge)
			return
		}
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(out, n)
	}))
	asked := false
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { asked = true }})
	send := func(header ...string) (*http.Response, *countingReader) {
		asked = false
		body := &countingReader{Reader: strings.NewReader(strings.Repeat("x", 1<<20))}
		r := b.request(http.MethodPut, "/", body, append(header, "Expect", "100-continue")...).WithContext(ctx)
		r.ContentLength = 1 << 20
		transport := &http.Transport{ExpectContinueTimeout: 20 * time.Second}
		defer transport.CloseIdleConnections()
		resp, err := transport.RoundTrip(r)
		require.NoError(t, err)
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp, body
	}
	resp, _ := send()
	assert.Equal(t, "1048576", text(t, resp))
	assert.True(t, asked)
	resp, body := send("X-Refuse", "1")
	assert.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
	assert.Zero(t, body.n, "what the app does not want is not sent")
}

type countingReader struct {
	io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func TestStreamsArriveAsTheyAreSent(t *testing.T) {
	w := newWorld(t)
	next := make(chan string)
	b := w.opened(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			return // the first byte
		}
		if r.URL.Path == "/sized" {
			out.Header().Set("Content-Length", "6")
		} else {
			out.Header().Set("Content-Type", "text/event-stream")
		}
		for piece := range next {
			_, _ = io.WriteString(out, piece)
			_ = http.NewResponseController(out).Flush()
			if piece == "3\n" {
				return
			}
		}
	}))
	for _, path := range []string{"/events", "/sized"} {
		t.Run(path, func(t *testing.T) {
			answers := make(chan *http.Response, 1)
			go func() { answers <- b.do(http.MethodGet, path, nil) }()
			next <- "1\n"
			resp := <-answers
			lines := bufio.NewReader(resp.Body)
			for _, want := range []string{"1\n", "2\n", "3\n"} {
				if want != "1\n" {
					next <- want
				}
				line, err := lines.ReadString('\n')
				require.NoError(t, err)
				assert.Equal(t, want, line)
			}
		})
	}
}

func TestTrailersAndInterimAnswers(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Link", "</style.css>; rel=preload")
		out.WriteHeader(http.StatusEarlyHints)
		out.Header().Set("Trailer", "X-Sum")
		_, _ = io.WriteString(out, "body")
		out.Header().Set("X-Sum", "42")
	}))
	hints := 0
	r := b.request(http.MethodGet, "/", nil)
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, _ textproto.MIMEHeader) error { hints = code; return nil },
	}))
	resp, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	assert.Equal(t, "body", text(t, resp))
	assert.Equal(t, "42", resp.Trailer.Get("X-Sum"))
	assert.Equal(t, http.StatusEarlyHints, hints)
}

func TestWebsockets(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			return
		}
		ws, err := websocket.Accept(out, r, &websocket.AcceptOptions{Subprotocols: []string{"v1.kernel"}})
		if err != nil {
			return
		}
		ws.SetReadLimit(-1)
		for {
			kind, data, err := ws.Read(r.Context())
			if err != nil || string(data) == "bye" {
				_ = ws.Close(4001, "as agreed")
				return
			}
			if ws.Write(r.Context(), kind, data) != nil {
				return
			}
		}
	}))
	dial := func(origin string) (*websocket.Conn, error) {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", w.front.Listener.Addr().String())
		}
		ws, resp, err := websocket.Dial(t.Context(), b.origin+"/ws", &websocket.DialOptions{
			HTTPClient: &http.Client{Transport: transport}, Subprotocols: []string{"v1.kernel"},
			HTTPHeader: http.Header{"Cookie": {b.cookie}, "Origin": {origin}},
		})
		if err != nil && resp != nil {
			err = fmt.Errorf("%d", resp.StatusCode)
		}
		return ws, err
	}
	ws, err := dial(b.origin)
	require.NoError(t, err)
	ws.SetReadLimit(-1)
	assert.Equal(t, "v1.kernel", ws.Subprotocol())
	large := strings.Repeat("가", 1<<20)
	for _, message := range []string{"", "hello", large} {
		require.NoError(t, ws.Write(t.Context(), websocket.MessageText, []byte(message)))
		_, got, err := ws.Read(t.Context())
		require.NoError(t, err)
		assert.Equal(t, message == string(got), true)
	}
	require.NoError(t, ws.Write(t.Context(), websocket.MessageText, []byte("bye")))
	_, _, err = ws.Read(t.Context())
	assert.Equal(t, websocket.StatusCode(4001), websocket.CloseStatus(err), "with the app's own code")

	_, err = dial("http://evil.example")
	assert.EqualError(t, err, "403")
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	before := w.manager.tunnels.Load()
	for range 20 {
		_ = text(t, b.do(http.MethodGet, "/", nil))
	}
	assert.LessOrEqual(t, w.manager.tunnels.Load()-before, int64(2))
}

func TestManyAtOnce(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	var group sync.WaitGroup
	for i := range 64 {
		group.Go(func() {
			assert.Contains(t, text(t, b.do(http.MethodGet, "/"+strconv.Itoa(i), nil)), "/"+strconv.Itoa(i))
		})
	}
	group.Wait()
	assert.LessOrEqual(t, w.manager.open.Load(), int64(maxTunnels))
}

// raw is an app that answers every connection with the same bytes, and then
// closes it or waits.
func raw(t *testing.T, answer string, wait bool) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	t.Cleanup(func() { close(done); _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				_, _ = http.ReadRequest(bufio.NewReader(conn))
				_, _ = io.WriteString(conn, answer)
				if wait {
					<-done
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func TestAppsThatSpeakOddly(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	tests := map[string]struct {
		answer string
		wait   bool
		status int
		body   string // a part of it
	}{
		"HTTP/1.0 without a length":       {"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold", false, 200, "old"},
		"no length, until it closes":      {"HTTP/1.1 200 OK\r\n\r\nopen end", false, 200, "open end"},
		"an upgrade nobody asked for":     {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", true, 502, "broken"},
		"a head without end":              {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("b", 1000)+"\r\n", 400), true, 502, "broken"},
		"a length and pieces":             {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", false, 200, "hi"},
		"a folded header":                 {"HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\nok", false, 200, "ok"},
		"two lengths":                     {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", false, 502, "broken"},
		"no HTTP at all":                  {"SSH-2.0-OpenSSH_9.2\r\n", false, 502, "broken"},
		"nothing":                         {"", false, 502, "broken"},
		"a broken status":                 {"HTTP/1.1 abc\r\n\r\n", false, 502, "broken"},
		"a header with a bare line feed":  {"HTTP/1.1 200 OK\r\nX-A: 1\nX-B: 2\r\nContent-Length: 2\r\n\r\nok", false, 200, "ok"},
		"a header that is none":           {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", false, 502, "broken"},
		"more interim answers than a few": {strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 3) + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false, 200, "ok"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w.manager.set("web", "http", raw(t, test.answer, test.wait))
			http.DefaultTransport.(*http.Transport).CloseIdleConnections()
			w.closeTunnels()
			resp := b.do(http.MethodGet, "/", nil, "Accept", "text/html")
			assert.Equal(t, test.status, resp.StatusCode)
			assert.Contains(t, text(t, resp), test.body)
		})
	}
}

// closeTunnels closes the tunnels that are kept for later.
func (w *world) closeTunnels() {
	w.apps.mu.Lock()
	defer w.apps.mu.Unlock()
	for _, o := range w.apps.byID {
		o.idle()
	}
}

func TestAnAnswerThatBreaksOffIsNotTakenForComplete(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	for name, answer := range map[string]string{
		"of a known length": "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf",
		"in pieces":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			w.manager.set("web", "http", raw(t, answer, false))
			w.closeTunnels()
			resp := b.do(http.MethodGet, "/", nil)
			_, err := io.ReadAll(resp.Body)
			assert.Error(t, err)
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

func TestAnAppThatIsNotThereYetIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	w.closeTunnels()
	w.manager.set("web", "http", "")
	resp := b.do(http.MethodGet, "/", nil, "Accept", "text/html", "Accept-Language", "ko")
	assert.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	assert.Equal(t, "2", resp.Header.Get("Refresh"))
	page := text(t, resp)
	assert.Contains(t, page, `data-page="waiting"`)
	assert.Contains(t, page, `lang="ko"`)
	resp = b.do(http.MethodPost, "/", strings.NewReader("x"))
	assert.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	assert.Empty(t, resp.Header.Get("Refresh"), "a form is not sent twice")
	assert.Contains(t, resp.Header.Get("Content-Type"), "json", "for a program it is no page")

	w.manager.serve("web", "http", http.HandlerFunc(hello))
	assert.Equal(t, http.StatusOK, b.do(http.MethodGet, "/", nil).StatusCode)
}

func TestTheEndOfASessionIsSaid(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	w.manager.mu.Lock()
	w.manager.gone = true
	w.manager.mu.Unlock()
	w.closeTunnels()
	for range 2 {
		resp := b.do(http.MethodGet, "/", nil, "Accept", "text/html")
		assert.Equal(t, http.StatusGone, resp.StatusCode)
		page := text(t, resp)
		assert.Contains(t, page, `data-page="ended"`)
		assert.Contains(t, page, w.page.URL+"/sessions", "with the way back")
	}
}

func TestSigningOutEndsWhatIsUnderWay(t *testing.T) {
	w := newWorld(t)
	signOut := w.signIn(ownerKeys)
	began := make(chan struct{}, 1)
	b := w.opened(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/day" {
			_ = http.NewResponseController(out).Flush()
			began <- struct{}{}
			<-r.Context().Done()
		}
	}))
	resp := b.do(http.MethodGet, "/day", nil)
	<-began
	signOut()
	_, err := io.ReadAll(resp.Body)
	assert.Error(t, err, "a stream of a day ends with the sign-in")
	resp = b.do(http.MethodGet, "/", nil, "Accept", "text/html")
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
	assert.Contains(t, text(t, resp), `data-page="signed_out"`)
	assert.Eventually(t, func() bool { return w.manager.open.Load() == 0 }, 10*time.Second, time.Millisecond, "no tunnel is left")
}

func TestPublicApps(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Public = true })
	w.manager.serve("web", "http", http.HandlerFunc(hello))
	host := func(address string) string {
		_, rest, _ := strings.Cut(address, "://")
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	everybody := &browser{w: w, host: host(w.open(order{App: "web", Public: true}))}
	assert.Equal(t, http.StatusOK, everybody.do(http.MethodGet, "/", nil).StatusCode)
	some := &browser{w: w, host: host(w.open(order{App: "web", Public: true, Allowed: "127.0.0.0/8, 10.0.0.1"}))}
	assert.Equal(t, http.StatusOK, some.do(http.MethodGet, "/", nil).StatusCode)
	others := &browser{w: w, host: host(w.open(order{App: "web", Public: true, Allowed: "10.0.0.1"}))}
	assert.Equal(t, http.StatusForbidden, others.do(http.MethodGet, "/", nil).StatusCode)
	private := &browser{w: w, host: host(w.open(order{App: "web"}))}
	assert.Equal(t, http.StatusForbidden, private.do(http.MethodGet, "/", nil).StatusCode, "the same app, opened for oneself")
	assert.NotEqual(t, everybody.host, private.host)
}

func TestSoManyAppsAndNoMore(t *testing.T) {
	w := newWorld(t)
	var first *browser
	for i := range maxPerPerson + 1 {
		name := "app" + strconv.Itoa(i)
		w.manager.serve(name, "http", http.HandlerFunc(hello))
		if b := w.browse(w.open(order{App: name})); first == nil {
			first = b
		}
	}
	resp := first.do(http.MethodGet, "/", nil)
	assert.Equal(t, http.StatusMisdirectedRequest, resp.StatusCode, "the one used least recently makes room")
	assert.Len(t, w.apps.byID, maxPerPerson)
}

func TestAppsThatNobodyUsesAreClosed(t *testing.T) {
	time0 := &clock{time.Now()}
	w := newWorld(t, func(o *Options) { o.Now = time0.now })
	w.manager.serve("web", "http", http.HandlerFunc(hello))
	w.manager.serve("other", "http", http.HandlerFunc(hello))
	b := w.browse(w.open(order{App: "web"}))
	w.apps.mu.Lock()
	for _, o := range w.apps.byID {
		o.mu.Lock()
		o.used = o.used.Add(-idleApp - time.Minute)
		o.mu.Unlock()
	}
	w.apps.mu.Unlock()
	w.open(order{App: "other"})
	assert.Equal(t, http.StatusMisdirectedRequest, b.do(http.MethodGet, "/", nil).StatusCode)
}

func TestTheServerClosesItsApps(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	w.apps.Close()
	assert.Equal(t, http.StatusForbidden, b.do(http.MethodGet, "/", nil).StatusCode)
}

func TestProblemsHaveAKind(t *testing.T) {
	for err, want := range map[error]string{
		errNoApp: "app-not-found", client.ErrNotListening: "app-not-listening", errSilent: "app-silent", errNoSlot: "app-proxy-full",
		context.DeadlineExceeded: "gateway-timeout", io.ErrUnexpectedEOF: "bad-gateway",
		fmt.Errorf("%w: x", errProxy):                      "app-proxy-failed",
		error(&client.Error{Kind: client.KindClock}):       "generic-forbidden",
		error(&client.Error{Kind: client.KindQuota}):       "invalid-api-params",
		error(&client.Error{Kind: client.KindTimeout}):     "gateway-timeout",
		error(&client.Error{Kind: client.KindUnreachable}): "bad-gateway",
		error(&client.Error{Kind: client.KindNotFound}):    "session-not-found",
		error(&client.Error{Kind: client.KindServer}):      "app-not-started",
	} {
		_, slug, title := problemOf(err)
		assert.Equal(t, want, slug)
		assert.NotEmpty(t, title)
	}
}
