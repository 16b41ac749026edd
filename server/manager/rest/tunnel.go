package rest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/baiui/baiui/server/manager/idle"
	"github.com/baiui/baiui/server/manager/life"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/node"
)

const (
	// maxMessage is the largest websocket message taken, as in manager 24.09.
	maxMessage = 16 << 20
	// chunk is how much is read from an app at a time, and sent as one message.
	chunk = 64 << 10
	// tunnelPing is how often a tunnel is checked, so that one whose client has
	// vanished, or may no longer be here, does not stay for ever.
	tunnelPing = 30 * time.Second
)

// tunnel connects a websocket to a port inside a session: GET
// /stream/session/{name}/httpproxy and tcpproxy, which are the same. Each binary
// message is a piece of the stream of bytes, in either direction.
//
// Nothing is read from one side before the other has taken what came before, so
// a slow reader slows the writer down and fills no memory. A tunnel ends with its
// client, its app, its session, the server, and within tunnelPing with the right
// of the key pair that opened it.
func (h *Handler) tunnel(w http.ResponseWriter, r *request) error {
	if r.Header.Get("Upgrade") == "" {
		return problem.BadRequest("This is a websocket: an upgrade is needed.")
	}
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	a, err := h.readApp(r, p)
	if err != nil {
		return err
	}
	ctx, stop, err := h.Engine.While(r.Context(), a.session.ID)
	if errors.Is(err, life.ErrNotNow) {
		return problem.NoSession(r.PathValue("name"))
	}
	if err != nil {
		return err
	}
	defer stop()
	if err := h.startApp(r, a); err != nil {
		return err
	}
	use := h.connect(a.session.ID)
	defer use.Close()
	ws, err := websocket.Accept(w, r.Request, &websocket.AcceptOptions{
		// Pages of every origin may call: a request is signed, not known by a cookie.
		InsecureSkipVerify: true,
		OnPingReceived:     func(context.Context, []byte) bool { use.Packet(); return true },
	})
	if err != nil {
		return nil // Accept has answered
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(maxMessage)
	app, err := h.Engine.Dial(ctx, a.kernel.ID, a.port)
	if err != nil {
		code := websocket.StatusInternalError
		if errors.Is(err, node.ErrNoPort) || errors.Is(err, node.ErrBusy) {
			code = websocket.StatusTryAgainLater // it may listen in a moment
		}
		_ = ws.Close(code, "Could not connect to the app.")
		return nil
	}
	relay(ctx, r.Context(), ws, app, use, func() bool { return h.stillMay(r) })
	return nil
}

// relay copies until either side ends or the session does. The client's side is
// read for as long as its connection lasts, so that it can be told of the end.
// may is asked now and then whether the client may still be here.
func relay(session, connection context.Context, ws *websocket.Conn, app net.Conn, use *idle.Connection, may func() bool) {
	ctx, cancel := context.WithCancel(session)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = app.Close() })()
	fromClient := make(chan struct{})
	go func() {
		defer close(fromClient)
		defer cancel()
		toApp(connection, ws, app, use)
	}()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		watch(ctx, ws, may, cancel)
	}()
	// A message that is being sent when the session ends is sent to its end, or
	// its client would see a broken connection instead of being told.
	sending, giveUp := context.WithCancel(connection)
	defer giveUp()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastMessage, giveUp) })()
	toClient(sending, ws, app, use)
	_ = app.Close()
	_ = ws.Close(websocket.StatusGoingAway, "") // gives the client a few seconds
	_ = ws.CloseNow()
	cancel()
	<-fromClient
	<-watched
}

// lastMessage is how long a client has to take what was being sent to it when the
// session ended.
const lastMessage = 5 * time.Second

// toApp copies messages to the app.
func toApp(ctx context.Context, ws *websocket.Conn, app io.Writer, use *idle.Connection) {
	for {
		kind, message, err := ws.Reader(ctx)
		if err != nil {
			return
		}
		use.Packet()
		to := app
		if kind == websocket.MessageText {
			to = io.Discard // nothing in this protocol
		}
		if _, err := io.Copy(to, message); err != nil {
			return
		}
	}
}

// toClient copies what the app sends as messages.
func toClient(ctx context.Context, ws *websocket.Conn, app io.Reader, use *idle.Connection) {
	buffer := make([]byte, chunk)
	for {
		n, err := app.Read(buffer)
		if n > 0 {
			use.Packet()
			if ws.Write(ctx, websocket.MessageBinary, buffer[:n]) != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// watch ends a tunnel whose client does not answer any more, or may not be there.
func watch(ctx context.Context, ws *websocket.Conn, may func() bool, end context.CancelFunc) {
	ticker := time.NewTicker(tunnelPing)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if !may() {
			end()
			return
		}
		pong, cancel := context.WithTimeout(ctx, 2*tunnelPing)
		err := ws.Ping(pong)
		cancel()
		if err != nil {
			end()
			return
		}
	}
}
