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
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
		"HTTP/1.0 without a length":         {"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold", false, 200, "old"},
		"no length, until it closes":        {"HTTP/1.1 200 OK\r\n\r\nopen end", false, 200, "open end"},
		"an upgrade nobody asked for":       {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", true, 502, "broken"},
		"a head without end":                {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("b", 1000)+"\r\n", 400), true, 502, "broken"},
		"a length and pieces":               {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", false, 200, "hi"},
		"a folded header":                   {"HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 2\r\n\r\nok", false, 200, "ok"},
		"two lengths":                       {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", false, 502, "broken"},
		"no HTTP at all":                    {"SSH-2.0-OpenSSH_9.2\r\n", false, 502, "broken"},
		"nothing, as where nothing listens": {"", false, 503, "waiting"},
		"a broken status":                   {"HTTP/1.1 abc\r\n\r\n", false, 502, "broken"},
		"a header with a bare line feed":    {"HTTP/1.1 200 OK\r\nX-A: 1\nX-B: 2\r\nContent-Length: 2\r\n\r\nok", false, 200, "ok"},
		"a header that is none":             {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", false, 502, "broken"},
		"more interim answers than a few":   {strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 3) + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false, 200, "ok"},
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
