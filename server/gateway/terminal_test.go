package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

// ttyd is a terminal that tells what it was asked, and echoes.
func ttyd(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"tty"}})
	if err != nil {
		return
	}
	defer ws.CloseNow()
	for {
		kind, message, err := ws.Read(r.Context())
		if err != nil {
			return
		}
		switch text := string(message); {
		case strings.HasPrefix(text, "{"):
			err = ws.Write(r.Context(), websocket.MessageBinary, []byte("0"+r.URL.RawQuery+" "+text))
		case text == "0cut":
			return
		case text == "0exit":
			_ = ws.Close(websocket.StatusNormalClosure, "exit code 3")
		default:
			err = ws.Write(r.Context(), kind, message)
		}
		if err != nil {
			return
		}
	}
}

// tunnels answers as a manager whose session "s1" has a terminal, which listens
// after so many attempts.
func tunnels(t *testing.T, refused int32) http.HandlerFunc {
	var attempts atomic.Int32
	app := httptest.NewServer(http.HandlerFunc(ttyd))
	t.Cleanup(app.Close)
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/stream/session/s1/httpproxy" || r.URL.Query().Get("app") != "ttyd" {
			problem(w, http.StatusNotFound, "session-not-found", "No such session.", "")
			return
		}
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		if attempts.Add(1) <= refused {
			_ = ws.Close(websocket.StatusTryAgainLater, "Could not connect to the app.")
			return
		}
		inside, err := net.Dial("tcp", app.Listener.Addr().String())
		if !assert.NoError(t, err) {
			return
		}
		tunnel := websocket.NetConn(r.Context(), ws, websocket.MessageBinary)
		go func() {
			_, _ = io.Copy(inside, tunnel)
			inside.Close()
		}()
		_, _ = io.Copy(tunnel, inside)
	}
}

// openTerminal opens a terminal through the gateway.
func (f *fixture) openTerminal(query string, hello any, headers ...string) *websocket.Conn {
	f.t.Helper()
	header := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	ws, _, err := websocket.Dial(f.t.Context(), f.web.URL+client.TerminalPath+"?"+query, &websocket.DialOptions{
		Subprotocols: []string{"tty"}, HTTPHeader: header,
	})
	require.NoError(f.t, err)
	f.t.Cleanup(func() { ws.CloseNow() })
	text, err := json.Marshal(hello)
	require.NoError(f.t, err)
	require.NoError(f.t, ws.Write(f.t.Context(), websocket.MessageBinary, text))
	return ws
}

// read gives the next message that has content.
func read(t *testing.T, ws *websocket.Conn) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		_, message, err := ws.Read(ctx)
		require.NoError(t, err)
		if len(message) > 0 {
			return string(message)
		}
	}
}

// closed gives the code and the reason with which a websocket ends.
func closed(t *testing.T, ws *websocket.Conn) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		_, _, err := ws.Read(ctx)
		var end websocket.CloseError
		if errors.As(err, &end) {
			return int(end.Code), end.Reason
		}
		require.NoError(t, err)
	}
}

var hello = client.TerminalHello{Columns: 80, Rows: 24}

func TestATerminalIsReachedInTheNameOfWhoIsSignedIn(t *testing.T) {
	f := start(t, nil)
	f.manager.answer = tunnels(t, 2)
	ws := f.openTerminal("session=s1&name=work&since=5&instance=I&client=c&other=x", hello, "Cookie", f.login(), "Origin", f.web.URL)
	assert.Equal(t, `0client=c&instance=I&name=work&since=5 {"AuthToken":"","columns":80,"rows":24}`, read(t, ws))
	require.NoError(t, ws.Write(t.Context(), websocket.MessageBinary, []byte("0ls 한글")))
	assert.Equal(t, "0ls 한글", read(t, ws))
	require.NoError(t, ws.Write(t.Context(), websocket.MessageBinary, []byte("0exit")))
	code, reason := closed(t, ws)
	assert.Equal(t, client.TerminalEnded, code)
	assert.Equal(t, "exit code 3", reason)
}

func TestWhyThereIsNoTerminalIsSaid(t *testing.T) {
	tests := []struct {
		name, query string
		signedOut   bool
		hello       any
		want        int
	}{
		{"nobody is signed in", "session=s1", true, hello, client.TerminalSignedOut},
		{"there is no such session", "session=s2", false, hello, client.TerminalMissing},
		{"no session is named", "session=", false, hello, client.TerminalBad},
		{"a session with a path in its name", "session=..%2Fs1", false, hello, client.TerminalBad},
		{"the first message is none", "session=s1", false, "x", client.TerminalBad},
		{"a page with keys of its own sends no signature", "session=s1&mode=API", false, hello, client.TerminalSignedOut},
		{"a manager that is not this server's", "session=s1&mode=API", false, client.TerminalHello{Grant: &client.TerminalGrant{Endpoint: "http://127.0.0.1:1"}}, client.TerminalForbidden},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := start(t, nil)
			f.manager.answer = tunnels(t, 0)
			headers := []string{"Cookie", f.login()}
			if test.signedOut {
				headers = nil
			}
			code, _ := closed(t, f.openTerminal(test.query, test.hello, headers...))
			assert.Equal(t, test.want, code)
		})
	}
}

func TestAPageOfAnotherOriginGetsNoTerminal(t *testing.T) {
	f := start(t, nil)
	for _, headers := range [][]string{
		{"Origin", "http://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"},
	} {
		got := f.send("GET", client.TerminalPath+"?session=s1", "", append(headers, "Cookie", f.login(),
			"Upgrade", "websocket", "Connection", "Upgrade", "Sec-Websocket-Version", "13", "Sec-Websocket-Key", "MDEyMzQ1Njc4OWFiY2RlZg==")...)
		got.isProblem(t, http.StatusForbidden, "generic-forbidden")
	}
}

func TestAPageWithKeysOfItsOwnOpensATerminalWithASignature(t *testing.T) {
	f := start(t, nil)
	f.manager.answer = tunnels(t, 0)
	f.gateway.Info.Endpoints = []Endpoint{{URL: f.backend.URL}}
	c, err := client.New(client.Config{
		Mode: model.ModeAPI, Endpoint: f.backend.URL, KeyPair: signing.KeyPair{AccessKey: accessKey, SecretKey: secretKey},
	})
	require.NoError(t, err)
	require.NoError(t, c.Connect(t.Context()))
	grant, err := c.TerminalGrant("s1")
	require.NoError(t, err)

	ws := f.openTerminal("session=s1&mode=API", client.TerminalHello{Columns: 80, Rows: 24, Grant: grant})
	assert.Equal(t, `0 {"AuthToken":"","columns":80,"rows":24}`, read(t, ws), "the signature goes no further")

	grant.Signed.Authorization = strings.Replace(grant.Signed.Authorization, ":", ":00", 1)
	code, _ := closed(t, f.openTerminal("session=s1&mode=API", client.TerminalHello{Grant: grant}))
	assert.Equal(t, client.TerminalForbidden, code, "a signature that is not right")
}

func TestATerminalEndsWithTheSignIn(t *testing.T) {
	f := start(t, nil)
	f.manager.answer = tunnels(t, 0)
	cookie := f.login()
	ws := f.openTerminal("session=s1", hello, "Cookie", cookie)
	read(t, ws)
	require.Equal(t, http.StatusOK, f.send("POST", "/server/logout", "", "Cookie", cookie).StatusCode)
	code, _ := closed(t, ws)
	assert.Equal(t, client.TerminalSignedOut, code)

	ws = f.openTerminal("session=s1", hello, "Cookie", f.login())
	read(t, ws)
	f.signins.EndStreams()
	code, _ = closed(t, ws)
	assert.Equal(t, int(websocket.StatusGoingAway), code, "the server stops; the page comes back")
}

func TestAManagerThatGoesIsNotTheEndOfTheTerminal(t *testing.T) {
	f := start(t, nil)
	f.manager.answer = tunnels(t, 0)
	ws := f.openTerminal("session=s1", hello, "Cookie", f.login())
	read(t, ws)
	require.NoError(t, ws.Write(t.Context(), websocket.MessageBinary, []byte("0cut")))
	code, _ := closed(t, ws)
	assert.Equal(t, client.TerminalCut, code)
	f.backend.Close()
	code, reason := closed(t, f.openTerminal("session=s1", hello, "Cookie", f.signedInWithoutManager()))
	assert.Equal(t, client.TerminalCut, code)
	assert.NotContains(t, reason, "127.0.0.1", "addresses of the inside are nobody's business")
}

// signedInWithoutManager signs in without the manager.
func (f *fixture) signedInWithoutManager() string {
	f.t.Helper()
	in, err := f.signins.create(Account{AccessKey: accessKey, SecretKey: secretKey})
	require.NoError(f.t, err)
	return CookieName + "=" + in.token
}

func TestReasonsFitACloseMessage(t *testing.T) {
	f := start(t, nil)
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		problem(w, http.StatusNotFound, "session-not-found", strings.Repeat("한", 200), "")
	}
	code, reason := closed(t, f.openTerminal("session=s1", hello, "Cookie", f.login()))
	assert.Equal(t, client.TerminalMissing, code)
	assert.Equal(t, strings.Repeat("한", maxTerminalReason/3), reason)
}
