package gateway

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEventsArriveOneByOne(t *testing.T) {
	f := start(t, nil)
	next := make(chan string)
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for event := range next {
			fmt.Fprintf(w, "data: %s\n\n", event)
			http.NewResponseController(w).Flush()
		}
	}
	request, err := http.NewRequest("GET", f.web.URL+"/func/events/session", nil)
	require.NoError(t, err)
	request.Header.Set("Cookie", f.login())
	go func() { next <- "one" }()
	response, err := f.web.Client().Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	lines := bufio.NewReader(response.Body)
	for _, want := range []string{"one", "two"} {
		line, err := lines.ReadString('\n') // arrives although the answer has not ended
		require.NoError(t, err)
		assert.Equal(t, "data: "+want+"\n", line)
		_, err = lines.ReadString('\n')
		require.NoError(t, err)
		if want == "one" {
			next <- "two"
		}
	}
	close(next)
}

func TestUploadsStream(t *testing.T) {
	f := start(t, nil)
	arrived := make(chan string)
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		first := make([]byte, 5)
		io.ReadFull(r.Body, first)
		arrived <- string(first)
		rest, _ := io.ReadAll(r.Body)
		w.Write(rest)
	}
	reader, writer := io.Pipe()
	request, err := http.NewRequest("POST", f.web.URL+"/func/upload", reader)
	require.NoError(t, err)
	request.Header.Set("Cookie", f.login())
	go func() {
		writer.Write([]byte("hello"))
		assert.Equal(t, "hello", <-arrived) // before the request has ended
		writer.Write([]byte(" world"))
		writer.Close()
	}()
	response, err := f.web.Client().Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	rest, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Equal(t, " world", string(rest))
}

// dial opens a websocket that echoes.
func (f *fixture) dial(cookie string) *websocket.Conn {
	f.t.Helper()
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		connection, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"tty"}})
		if err != nil {
			return
		}
		defer connection.CloseNow()
		for {
			kind, message, err := connection.Read(r.Context())
			if err != nil {
				return
			}
			if string(message) == "bye" {
				connection.Close(4001, "as you wish")
				return
			}
			if connection.Write(r.Context(), kind, message) != nil {
				return
			}
		}
	}
	header := http.Header{"Cookie": {cookie}, "Origin": {f.web.URL}}
	connection, _, err := websocket.Dial(f.t.Context(), f.web.URL+"/func/stream/session/x/pty?app=a", &websocket.DialOptions{HTTPHeader: header, Subprotocols: []string{"tty"}})
	require.NoError(f.t, err)
	f.t.Cleanup(func() { connection.CloseNow() })
	require.NoError(f.t, connection.Write(f.t.Context(), websocket.MessageBinary, []byte("ping")))
	_, message, err := connection.Read(f.t.Context())
	require.NoError(f.t, err)
	require.Equal(f.t, "ping", string(message))
	return connection
}

func TestWebsocketsAreSignedAndKeepTheirCloseCode(t *testing.T) {
	f := start(t, nil)
	connection := f.dial(f.login())
	assert.True(t, f.manager.last().Signed)
	assert.Equal(t, "/stream/session/x/pty?app=a", f.manager.last().Target)
	assert.Equal(t, "tty", connection.Subprotocol())
	require.NoError(t, connection.Write(t.Context(), websocket.MessageText, []byte("bye")))
	_, _, err := connection.Read(t.Context())
	assert.Equal(t, websocket.StatusCode(4001), websocket.CloseStatus(err))
}

func TestStreamsEndWithTheSignInAndWithTheServer(t *testing.T) {
	for name, end := range map[string]func(f *fixture, cookie string){
		"sign-out":   func(f *fixture, cookie string) { f.send("POST", "/server/logout", "", "Cookie", cookie) },
		"server end": func(f *fixture, cookie string) { f.signins.EndStreams() },
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, nil)
			cookie := f.login()
			connection := f.dial(cookie)
			end(f, cookie)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			_, _, err := connection.Read(ctx)
			assert.Equal(t, websocket.StatusGoingAway, websocket.CloseStatus(err), "%v", err)
			assert.NoError(t, ctx.Err(), "the connection was cut")
		})
	}
}

func TestEventsEndInOrder(t *testing.T) {
	for name, end := range map[string]func(f *fixture, cookie string, breakOff func()){
		"with the sign-in":   func(f *fixture, cookie string, _ func()) { f.send("POST", "/server/logout", "", "Cookie", cookie) },
		"with the server":    func(f *fixture, _ string, _ func()) { f.signins.EndStreams() },
		"when it breaks off": func(_ *fixture, _ string, breakOff func()) { breakOff() },
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, nil)
			broken := make(chan struct{})
			f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				fmt.Fprint(w, "data: one\n\n")
				http.NewResponseController(w).Flush()
				select {
				case <-r.Context().Done():
				case <-broken:
				}
				panic(http.ErrAbortHandler)
			}
			cookie := f.login()
			request, err := http.NewRequest("GET", f.web.URL+"/func/events/session", nil)
			require.NoError(t, err)
			request.Header.Set("Cookie", cookie)
			response, err := f.web.Client().Do(request)
			require.NoError(t, err)
			defer response.Body.Close()
			lines := bufio.NewReader(response.Body)
			_, err = lines.ReadString('\n')
			require.NoError(t, err)
			end(f, cookie, func() { close(broken) })
			rest, err := io.ReadAll(lines)
			require.NoError(t, err, "a browser has nothing to complain about")
			assert.Equal(t, "\n", string(rest))
		})
	}
}
