package gateway

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// finalWriter passes on the answer of a manager, but no interim ones before it,
// such as 103 Early Hints: their headers are not those that [answerPolicy] saw.
type finalWriter struct{ http.ResponseWriter }

func (w finalWriter) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.ResponseWriter.WriteHeader(status)
	}
}

// Unwrap lets http.ResponseController reach what the wrapper hides.
func (w finalWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// websocketWriter answers a request for a websocket. It keeps hold of the
// connection, in order to say why it ends.
type websocketWriter struct {
	finalWriter
	conn atomic.Pointer[websocketConn] // nil before there is a websocket
}

// Hijack implements http.Hijacker; httputil.ReverseProxy calls it when the
// manager has agreed to the upgrade.
func (w *websocketWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	client, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	conn := &websocketConn{Conn: client}
	w.conn.Store(conn)
	return conn, buffered, nil
}

// goAway ends the websocket, if there is one.
func (w *websocketWriter) goAway() {
	if conn := w.conn.Load(); conn != nil {
		conn.goAway()
	}
}

// websocketConn is the client's end of a websocket.
type websocketConn struct {
	net.Conn

	mu   sync.Mutex // held while something is written
	gone bool
}

func (c *websocketConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return 0, net.ErrClosed
	}
	return c.Conn.Write(b)
}

// goAwayTimeout is how long the client may take to make room for the last frame.
const goAwayTimeout = time.Second

// goAway sends a close frame with status 1001, "going away" (RFC 6455, 7.4.1),
// after which nothing can be written any more. Where a frame is only half written
// the client sees the connection end in the middle of it, as it would without.
func (c *websocketConn) goAway() {
	// The connection ends whether or not any of this works. The limit comes before
	// the lock, because it also ends a write to a client that is not reading.
	_ = c.SetWriteDeadline(time.Now().Add(goAwayTimeout))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	_, _ = c.Conn.Write([]byte{0x88, 2, 1001 >> 8, 1001 & 0xff})
}

// CloseWrite hands on that the manager will send no more.
func (c *websocketConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Conn.Close()
}
