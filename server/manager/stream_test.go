package manager_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/node"
)

// pipes is a listener whose connections are in memory.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 17081} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// signer signs what passes through it.
type signer struct {
	*world
	key  signing.KeyPair
	next http.RoundTripper
}

func (s signer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.RequestURI = r.URL.RequestURI()
	sign(s.world, r, s.key, s.now())
	r.RequestURI = ""
	return s.next.RoundTrip(r)
}

const address = "http://127.0.0.1:17081"

// serve answers real connections; the clients it gives sign for a role.
func (w *world) serve() (client func(role string) *http.Client, stop func()) {
	p := &pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: w.manager.Handler()}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(p) }()
	transport := &http.Transport{DialContext: p.dial}
	return func(role string) *http.Client {
			return &http.Client{Transport: signer{w, recordedKeys()[role], transport}}
		}, func() {
			transport.CloseIdleConnections()
			_ = server.Close()
			<-done
		}
}

// tunnel opens one to the terminal port of a session.
func (w *world) tunnel(c *http.Client, session, query string) (*websocket.Conn, *http.Response, error) {
	return websocket.Dial(w.Context(), address+"/stream/session/"+session+"/httpproxy?"+query, &websocket.DialOptions{HTTPClient: c})
}

func echo(c net.Conn) { _, _ = io.Copy(c, c); _ = c.Close() }

func TestBytesGoThroughTheTunnelBothWays(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		s := w.session(w.create("user", "play"))
		w.node.Listen(s.Kernels[0].ID, 7681, echo)
		ws, _, err := w.tunnel(client("user"), "play", "app=ttyd")
		require.NoError(w, err)
		ws.SetReadLimit(-1)
		large := strings.Repeat("0123456789", 50_000)
		require.NoError(w, ws.Write(w.Context(), websocket.MessageText, []byte("not part of the protocol")))
		go func() { _ = ws.Write(w.Context(), websocket.MessageBinary, []byte(large)) }()
		var got strings.Builder
		for got.Len() < len(large) {
			kind, data, err := ws.Read(w.Context())
			require.NoError(w, err)
			require.Equal(w, websocket.MessageBinary, kind)
			got.Write(data)
		}
		assert.Equal(w.T, large, got.String())

		// The end of the session is the end of the tunnel.
		require.Equal(w, 200, w.as("user", "DELETE", "/session/play", "").status)
		_, _, err = ws.Read(w.Context())
		assert.Equal(w.T, websocket.StatusGoingAway, websocket.CloseStatus(err), "%v", err)
	})
}

func TestAnAppIsStartedByItsFirstTunnel(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		s := w.session(w.as("user", "POST", "/session", request(w, object{"image": "jupyter"})).text(w, "sessionId"))
		w.node.Listen(s.Kernels[0].ID, 8091, echo)
		query := "app=jupyter&envs=" + url.QueryEscape(`{"A": "1", "B": null}`) + "&arguments=" + url.QueryEscape(`{"--x": "y", "--flag": null, "--many": ["1", "2"]}`)
		ws, _, err := w.tunnel(client("user"), "test-1", query)
		require.NoError(w, err)
		defer func() { _ = ws.CloseNow() }()
		started := w.node.Started()[0]
		assert.Equal(w.T, "jupyter", started.Name)
		assert.Equal(w.T, []int{8091}, started.Ports)
		assert.Equal(w.T, map[string]string{"A": "1"}, started.Env)
		assert.Equal(w.T, []string{"/usr/bin/python3", "-m", "notebook"}, started.Command[:3])
		assert.Equal(w.T, []string{"--flag", "--many", "1", "--many", "2", "--x", "y"}, started.Command[len(started.Command)-7:])

		w.node.FailService(&node.ServiceError{Service: "jupyter", Code: 1, Output: "no module named notebook"})
		_, response, err := w.tunnel(client("user"), "test-1", "app=jupyter")
		require.Error(w, err)
		assert.Equal(w.T, 500, response.StatusCode)
		body, _ := io.ReadAll(response.Body)
		assert.Contains(w.T, string(body), "no module named notebook")
		w.node.FailService(nil)

		got := w.as("user", "POST", "/session/test-1/start-service", `{"app": "jupyter", "login_session_token": null}`)
		assert.Equal(w.T, 503, got.status, "%s", got.body)
		assert.Equal(w.T, 404, w.as("user", "POST", "/session/test-1/start-service", `{"app": "nothing"}`).status)
	})
}

func TestWhoEndsATunnel(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		s := w.session(w.create("user", "play"))
		ends := make(chan error, 1)
		w.node.Listen(s.Kernels[0].ID, 7681, func(c net.Conn) {
			_, err := io.Copy(io.Discard, c)
			ends <- err
			_ = c.Close()
		})
		ws, _, err := w.tunnel(client("user"), "play", "app=ttyd")
		require.NoError(w, err)
		require.NoError(w, ws.Close(websocket.StatusNormalClosure, ""))
		<-ends // the app sees that the client has gone

		w.node.Listen(s.Kernels[0].ID, 7681, func(c net.Conn) { _, _ = c.Write([]byte("bye")); _ = c.Close() })
		ws, _, err = w.tunnel(client("user"), "play", "app=ttyd")
		require.NoError(w, err)
		_, data, err := ws.Read(w.Context())
		require.NoError(w, err)
		assert.Equal(w.T, "bye", string(data))
		_, _, err = ws.Read(w.Context())
		assert.Equal(w.T, websocket.StatusGoingAway, websocket.CloseStatus(err))

		w.node.Listen(s.Kernels[0].ID, 7681, nil)
		ws, _, err = w.tunnel(client("user"), "play", "app=ttyd")
		require.NoError(w, err)
		_, _, err = ws.Read(w.Context())
		assert.Equal(w.T, websocket.StatusTryAgainLater, websocket.CloseStatus(err), "nobody listens yet")
	})
}

func TestWhatIsBeingSentReachesTheClientOfAnEndingSession(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		s := w.session(w.create("user", "play"))
		last := strings.Repeat("last words ", 1000)
		w.node.Listen(s.Kernels[0].ID, 7681, func(c net.Conn) { _, _ = io.WriteString(c, last); _, _ = io.Copy(io.Discard, c) })
		ws, _, err := w.tunnel(client("user"), "play", "app=ttyd")
		require.NoError(w, err)
		synctest.Wait() // the message is on its way, and the client does not read yet
		require.Equal(w, 200, w.as("user", "DELETE", "/session/play", "").status)
		_, data, err := ws.Read(w.Context())
		require.NoError(w, err)
		assert.Equal(w.T, last, string(data))
		_, _, err = ws.Read(w.Context())
		assert.Equal(w.T, websocket.StatusGoingAway, websocket.CloseStatus(err), "%v", err)
	})
}

func TestATunnelEndsWithTheRightToBeThere(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		s := w.session(w.create("user", "play"))
		w.node.Listen(s.Kernels[0].ID, 7681, echo)
		ws, _, err := w.tunnel(client("user"), "play", "app=ttyd")
		require.NoError(w, err)
		alive := make(chan error, 1)
		go func() {
			_, _, err := ws.Read(w.Context())
			alive <- err
		}()
		time.Sleep(time.Hour)
		require.Empty(w, alive, "a quiet tunnel stays")
		w.deactivate("user")
		time.Sleep(time.Minute)
		assert.Equal(w.T, websocket.StatusGoingAway, websocket.CloseStatus(<-alive))
	})
}

func TestCodeThatRunsEndsWithTheRightToRunIt(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		w.coding("coder")
		ws, _, err := websocket.Dial(w.Context(), address+"/stream/session/coder/execute", &websocket.DialOptions{HTTPClient: client("user")})
		require.NoError(w, err)
		require.NoError(w, ws.Write(w.Context(), websocket.MessageText, []byte(`{"mode": "query", "code": "words"}`)))
		_, first, err := ws.Read(w.Context())
		require.NoError(w, err)
		require.Contains(w, string(first), "words")
		over := make(chan error, 1)
		go func() {
			_, _, err := ws.Read(w.Context())
			over <- err
		}()
		time.Sleep(5 * time.Minute)
		require.Empty(w, over, "it may take its time")
		w.deactivate("user")
		time.Sleep(time.Minute)
		require.NotEmpty(w, over)
		assert.Equal(w.T, websocket.StatusGoingAway, websocket.CloseStatus(<-over))
	})
}

func TestAClientThatDoesNotReadFillsNoMemory(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		s := w.session(w.create("user", "play"))
		sent := make(chan int, 1)
		w.node.Listen(s.Kernels[0].ID, 7681, func(c net.Conn) {
			total, piece := 0, make([]byte, 1<<20)
			for range 100 {
				n, err := c.Write(piece)
				if total += n; err != nil {
					break
				}
			}
			sent <- total
		})
		ws, _, err := w.tunnel(client("user"), "play", "app=ttyd")
		require.NoError(w, err)
		synctest.Wait()
		require.Empty(w, sent, "the app waits")
		// The client answers no ping either; after a while that is its end.
		assert.Less(w.T, <-sent, 1<<20)
		_ = ws.CloseNow()
	})
}

func TestTunnelsAreRefusedBeforeTheyOpen(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		w.create("user", "play")
		for name, test := range map[string]struct {
			role, session, query string
			status               int
			says                 string
		}{
			"another user's session":  {"user2", "play", "app=ttyd", 404, "Session (id=play) does not exist."},
			"no such session":         {"user", "other", "app=ttyd", 404, "Session (id=other) does not exist."},
			"no such app":             {"user", "play", "app=jupyter", 404, "No such app service."},
			"no app":                  {"user", "play", "", 400, "is required"},
			"a port of another app":   {"user", "play", "app=ttyd&port=5000", 400, "does not open the port"},
			"a low port":              {"user", "play", "app=ttyd&port=22", 400, "less than 1024"},
			"variables that are none": {"user", "play", "app=ttyd&envs=x", 400, "envs must be"},
			"arguments that are none": {"user", "play", "app=ttyd&arguments=[1]", 400, "arguments must be"},
		} {
			_, response, err := w.tunnel(client(test.role), test.session, test.query)
			require.Error(w, err, name)
			require.NotNil(w, response, name)
			assert.Equal(w.T, test.status, response.StatusCode, name)
			body, _ := io.ReadAll(response.Body)
			assert.Contains(w.T, string(body), test.says, name)
		}
		assert.Equal(w.T, 400, w.as("user", "GET", "/stream/session/play/httpproxy?app=ttyd", "").status, "without an upgrade")
	})
}

// events reads the frames of a stream as they come.
func (w *world) events(c *http.Client, target string) (next func() string, stop func()) {
	ctx, cancel := context.WithCancel(w.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address+target, nil)
	require.NoError(w, err)
	response, err := c.Do(r)
	require.NoError(w, err)
	require.Equal(w, 200, response.StatusCode)
	for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-cache",
		"X-Accel-Buffering": "no", "X-RateLimit-Limit": ""} {
		assert.Equal(w.T, want, response.Header.Get(name), name)
	}
	reader := bufio.NewReader(response.Body)
	return func() string {
		var frame strings.Builder
		for {
			line, err := reader.ReadString('\n')
			if err != nil || line == "\r\n" {
				return frame.String()
			}
			frame.WriteString(strings.TrimSuffix(line, "\r\n") + "|")
		}
	}, func() { cancel(); _ = response.Body.Close() }
}

func TestTheLivesOfSessionsAreTold(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		next, end := w.events(client("user"), "/events/session?sessionName=*&scope=*")
		defer end()
		other, endOther := w.events(client("user2"), "/events/session")
		defer endOther()
		admin, endAdmin := w.events(client("admin"), "/events/session?scope=session&group=default")
		defer endAdmin()
		synctest.Wait()
		key := recordedKeys()["user"].AccessKey
		id := w.create("user", "s-user-030435-00")
		kernel := w.session(id).Kernels[0].ID
		whole := func(name, reason string) string {
			return "event: " + name + `|data: {"reason": "` + reason + `", "sessionName": "s-user-030435-00", "ownerAccessKey": "` + key +
				`", "sessionId": "` + id + `", "exitCode": null}|`
		}
		one := func(name, reason, code string) string {
			return "event: " + name + `|data: {"reason": "` + reason + `", "sessionName": "s-user-030435-00", "ownerAccessKey": "` + key +
				`", "sessionId": "` + id + `", "exitCode": ` + code + `, "kernelId": "` + kernel + `", "clusterRole": "main", "clusterIdx": 1}|`
		}
		for _, want := range []string{whole("session_enqueued", "unknown"), whole("session_scheduled", "unknown"),
			one("kernel_preparing", "", "null"), one("kernel_creating", "", "null"), one("kernel_started", "", "null"),
			whole("session_started", "unknown")} {
			assert.Equal(w.T, want, next())
		}
		w.as("user", "DELETE", "/session/s-user-030435-00", "")
		for _, want := range []string{whole("session_terminating", "user-requested"), one("kernel_terminating", "user-requested", "-1"),
			one("kernel_terminated", "user-requested", "143"), whole("session_terminated", "user-requested")} {
			assert.Equal(w.T, want, next())
		}
		for _, want := range []string{whole("session_enqueued", "unknown"), whole("session_scheduled", "unknown"),
			whole("session_started", "unknown"), whole("session_terminating", "user-requested"), whole("session_terminated", "user-requested")} {
			assert.Equal(w.T, want, admin())
		}
		time.Sleep(15 * time.Second)
		assert.Equal(w.T, ": ping|", other(), "nothing for others")
	})
}

func TestWhoMayListenToWhom(t *testing.T) {
	keys := recordedKeys()
	inWorld(t, func(w *world) {
		for target, status := range map[string]int{
			"/events/session?ownerAccessKey=" + keys["user2"].AccessKey: 403,
			"/events/session?group=nothing":                             404,
			"/events/session?scope=other":                               400,
			"/events/session?nonsense=1":                                400,
			"/events/background-task":                                   400,
		} {
			assert.Equal(w.T, status, w.as("user", "GET", target, "").status, target)
		}
	})
}

func TestStreamsOfManyPeople(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		const most = 100 // streams of one key pair
		user := client("user")
		var nexts []func() string
		var ends []func()
		for range most {
			next, end := w.events(user, "/events/session?scope=session")
			nexts, ends = append(nexts, next), append(ends, end)
		}
		assert.Equal(w.T, 429, w.as("user", "GET", "/events/session", "").status, "one more than a key pair may have")
		admin, endAdmin := w.events(client("admin"), "/events/session?scope=session")
		defer endAdmin()
		synctest.Wait()
		w.create("user", "heard-by-all")
		for _, next := range append(nexts, admin) {
			assert.Contains(w.T, next(), "session_enqueued")
		}
		for _, end := range ends {
			end()
		}
		synctest.Wait()
		_, end := w.events(user, "/events/session")
		end()
	})
}

// deactivate takes a role's key pair out of use.
func (w *world) deactivate(role string) {
	query := `{"query": "mutation { modify_keypair(access_key: \"` + recordedKeys()[role].AccessKey + `\", props: {is_active: false}) { ok } }"}`
	require.Contains(w, string(w.as("super", "POST", "/admin/gql", query).body), `"ok":true`)
}

func TestAStreamEndsWithTheKeyPair(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		next, end := w.events(client("user2"), "/events/session")
		defer end()
		time.Sleep(15 * time.Second)
		assert.Equal(w.T, ": ping|", next())
		w.deactivate("user2")
		time.Sleep(15 * time.Second)
		assert.Empty(w.T, next(), "whoever may not ask any more does not hear any more")
	})
}
