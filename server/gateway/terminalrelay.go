package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/baiui/baiui/client"
)

const (
	// terminalBeat is how often a page is told that the server is there, with a
	// message without content. It goes to the page only: in the tunnel it would
	// count as somebody using the session.
	terminalBeat = 15 * time.Second
	// terminalLost is how long a page may take to answer a ping.
	terminalLost = 30 * time.Second
)

// through is a transport whose one connection there is already.
func through(connection net.Conn) *http.Transport {
	return &http.Transport{
		DialContext:           func(context.Context, string, string) (net.Conn, error) { return connection, nil },
		ResponseHeaderTimeout: terminalPatience,
		DisableCompression:    true,
	}
}

// relayTerminal copies messages both ways until one side ends.
func relayTerminal(ctx context.Context, page, terminal *websocket.Conn, hello client.TerminalHello) {
	greeting, err := json.Marshal(hello)
	if err != nil {
		panic(err) // texts and numbers have a JSON form
	}
	if terminal.Write(ctx, websocket.MessageText, greeting) != nil {
		endTerminal(page, client.TerminalCut, "")
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() {
		defer cancel()
		_ = copyMessages(ctx, terminal, page)
	})
	work.Go(func() {
		defer cancel()
		beat(ctx, page)
	})
	err = copyMessages(ctx, page, terminal)
	// The page is told while its side is still read: it has to answer.
	var closed websocket.CloseError
	switch {
	case errors.As(err, &closed) && (closed.Code == websocket.StatusNormalClosure || closed.Code == websocket.StatusPolicyViolation):
		code := client.TerminalEnded
		if closed.Code == websocket.StatusPolicyViolation {
			code = client.TerminalBad
		}
		endTerminal(page, code, closed.Reason)
	case ctx.Err() == nil:
		endTerminal(page, client.TerminalCut, "")
	}
	cancel()
	_ = terminal.CloseNow()
	work.Wait()
}

// copyMessages copies each message of from to to, in one piece.
func copyMessages(ctx context.Context, to, from *websocket.Conn) error {
	var buffer bytes.Buffer
	for {
		kind, message, err := from.Reader(ctx)
		if err != nil {
			return err
		}
		buffer.Reset()
		if _, err := buffer.ReadFrom(message); err != nil {
			return err
		}
		if err := to.Write(ctx, kind, buffer.Bytes()); err != nil {
			return err
		}
	}
}

// beat keeps the page's connection open, and ends when the page is gone.
func beat(ctx context.Context, page *websocket.Conn) {
	ticker := time.NewTicker(terminalBeat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		patient, cancel := context.WithTimeout(ctx, terminalLost)
		err := errors.Join(page.Write(patient, websocket.MessageBinary, nil), page.Ping(patient))
		cancel()
		if err != nil {
			return
		}
	}
}
