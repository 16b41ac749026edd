package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

const (
	// terminalGreeting is how long a page may take for its first message.
	terminalGreeting = 10 * time.Second
	// maxTerminalHello bounds that message.
	maxTerminalHello = 16 << 10
	// maxTerminalInput bounds one message of a page, which cuts what is pasted.
	maxTerminalInput = 1 << 20
	// maxTerminalOutput bounds one message of a terminal.
	maxTerminalOutput = 16 << 20
	// terminalPatience is how long a terminal may take to listen.
	terminalPatience = 15 * time.Second
	// maxTerminalReason bounds the text of a close message, by the protocol.
	maxTerminalReason = 120
)

// sessionName matches names and ids of sessions.
var sessionName = regexp.MustCompile(`^[\pL\pN._-]{1,128}$`)

// terminal leads a websocket of a page to a terminal inside a session: GET
// [client.TerminalPath], in the protocol of ttyd. A page cannot go there itself,
// because it is another program's port inside the session, behind the manager's
// tunnel; and nothing of that program but the bytes of the terminal reaches the
// page.
//
// Whatever goes wrong is said in the close message: a page learns nothing of
// another answer to an upgrade.
func (g *Gateway) terminal(w http.ResponseWriter, r *http.Request) {
	if !sameOrigin(r) {
		refuseCrossOrigin(w, r)
		return
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:       []string{"tty"},
		InsecureSkipVerify: true, // the origin was looked at, with those of the peers in front
	})
	if err != nil {
		return // Accept has answered
	}
	defer ws.CloseNow()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	query := r.URL.Query()
	session := query.Get("session")
	if !sessionName.MatchString(session) {
		endTerminal(ws, client.TerminalBad, "which session?")
		return
	}
	hello, err := readHello(ctx, ws)
	if err != nil {
		endTerminal(ws, client.TerminalBad, err.Error())
		return
	}
	asking, in, err := g.terminalClient(r, query, hello.Grant)
	if err != nil {
		g.refuseTerminal(ws, err)
		return
	}
	if in != nil {
		// It ends with the sign-in that opened it, and when the server stops.
		defer context.AfterFunc(in.ctx, func() {
			if g.Signins.ctx.Err() != nil {
				endTerminal(ws, int(websocket.StatusGoingAway), "")
			} else {
				endTerminal(ws, client.TerminalSignedOut, "")
			}
			cancel()
		})()
	}
	inner, err := dialTerminal(ctx, asking, session, query)
	if err != nil {
		g.refuseTerminal(ws, err)
		return
	}
	defer inner.CloseNow()
	hello.Grant = nil
	relayTerminal(ctx, ws, inner, hello)
}

// readHello reads the first message.
func readHello(ctx context.Context, ws *websocket.Conn) (client.TerminalHello, error) {
	var hello client.TerminalHello
	ctx, cancel := context.WithTimeout(ctx, terminalGreeting)
	defer cancel()
	ws.SetReadLimit(maxTerminalHello)
	_, text, err := ws.Read(ctx)
	if err != nil {
		return hello, errors.New("no first message")
	}
	if err := json.Unmarshal(text, &hello); err != nil {
		return hello, errors.New("the first message is not understood")
	}
	ws.SetReadLimit(maxTerminalInput)
	return hello, nil
}

// errSignedOut: the page has to sign in.
var errSignedOut = &client.Error{Kind: client.KindAuth, Title: "not signed in"}

// terminalClient makes the client that asks the manager: in the name of whoever
// is signed in, or with the signature that a page in API mode made for this one
// request.
func (g *Gateway) terminalClient(r *http.Request, query url.Values, grant *client.TerminalGrant) (*client.Client, *signin, error) {
	config := client.Config{
		Mode: model.ModeAPI, HTTP: &http.Client{Transport: g.Transport}, Now: g.Now, UserAgent: "baiui/" + g.Info.Version,
	}
	if query.Get("mode") == string(model.ModeAPI) {
		if grant == nil {
			return nil, nil, errSignedOut
		}
		if !slices.ContainsFunc(g.Info.Endpoints, func(e Endpoint) bool { return e.URL == grant.Endpoint }) {
			return nil, nil, &client.Error{Kind: client.KindForbidden, Title: "this server does not lead to that manager"}
		}
		config.Endpoint = grant.Endpoint
		config.Presigned = func(string, string) (client.Signed, bool) { return grant.Signed, true }
		c, err := client.New(config)
		return c, nil, err
	}
	in := g.Signins.of(r)
	if in == nil {
		return nil, nil, errSignedOut
	}
	config.Endpoint, config.KeyPair = g.Manager.String(), in.keys
	c, err := client.New(config)
	return c, in, err
}

// dialTerminal opens the terminal's own websocket inside the tunnel. A terminal
// that was just started may not listen yet.
func dialTerminal(ctx context.Context, asking *client.Client, session string, query url.Values) (*websocket.Conn, error) {
	opening, cancel := context.WithTimeout(ctx, terminalPatience)
	defer cancel()
	app := client.AppRequest{Session: session, App: client.TerminalApp}
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		inner, err := openTerminal(opening, asking, app, query)
		if !errors.Is(err, client.ErrNotListening) {
			return inner, err
		}
		select {
		case <-opening.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}

// terminalQuery are the parameters that are the terminal's own.
func terminalQuery(query url.Values) string {
	passed := url.Values{}
	for _, name := range []string{"name", "instance", "since", "client"} {
		if query.Has(name) {
			passed.Set(name, query.Get(name))
		}
	}
	return passed.Encode()
}

func openTerminal(ctx context.Context, asking *client.Client, app client.AppRequest, query url.Values) (*websocket.Conn, error) {
	tunnel, err := asking.Sessions().Tunnel(ctx, app)
	if err != nil {
		return nil, err
	}
	inner, answer, err := websocket.Dial(ctx, "http://"+app.App+"/ws?"+terminalQuery(query), &websocket.DialOptions{
		HTTPClient:   &http.Client{Transport: through(tunnel)},
		Subprotocols: []string{"tty"},
	})
	if err == nil {
		inner.SetReadLimit(maxTerminalOutput)
		return inner, nil
	}
	_ = tunnel.Close()
	switch {
	case tunnel.NotListening():
		return nil, client.ErrNotListening
	case answer != nil && answer.StatusCode >= 400:
		text, _ := io.ReadAll(io.LimitReader(answer.Body, maxTerminalReason))
		return nil, &client.Error{Kind: client.KindInvalid, Title: string(text)}
	}
	return nil, err
}

// refuseTerminal says why there is no terminal.
func (g *Gateway) refuseTerminal(ws *websocket.Conn, err error) {
	var failure *client.Error
	detail := ""
	if errors.As(err, &failure) {
		if detail = failure.Message; detail == "" {
			detail = failure.Title
		}
	}
	code := client.TerminalCut
	switch kind := client.KindOf(err); {
	case errors.Is(err, client.ErrNotListening):
		code = client.TerminalNotReady
	case errors.Is(err, errSignedOut):
		code, detail = client.TerminalSignedOut, ""
	case kind == client.KindNotFound:
		code = client.TerminalMissing
	case kind == client.KindAuth, kind == client.KindForbidden, kind == client.KindClock:
		code = client.TerminalForbidden
	case kind == client.KindInvalid:
		code = client.TerminalBad
	default:
		g.Log.Warn("a terminal cannot be reached", "error", err)
		detail = reason(err)
	}
	endTerminal(ws, code, detail)
}

// endTerminal closes the page's websocket with a code and a reason.
func endTerminal(ws *websocket.Conn, code int, reason string) {
	for len(reason) > maxTerminalReason || !utf8.ValidString(reason) {
		reason = reason[:min(len(reason)-1, maxTerminalReason)]
	}
	_ = ws.Close(websocket.StatusCode(code), reason)
}
