package apps

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/baiui/baiui/client"
)

const (
	// idleTunnel is how long an unused connection to an app is kept. Each is a
	// websocket at the manager and a connection at the app.
	idleTunnel = time.Minute
	// maxAppHeaders bounds the head of an app's answer.
	maxAppHeaders = 256 << 10
	// tunnelBuffer is how much is put into one message of a tunnel.
	tunnelBuffer = 32 << 10
	// continueTimeout is how long an app may take to say whether it wants the body
	// of a request that asks first.
	continueTimeout = 2 * time.Second
)

// newTransport makes the connections to one app: each is a tunnel of its own, as
// the dialect of the manager has it.
func (o *app) newTransport() *http.Transport {
	transport := &http.Transport{
		DialContext:            o.dial,
		MaxConnsPerHost:        maxTunnels,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        idleTunnel,
		ExpectContinueTimeout:  continueTimeout,
		MaxResponseHeaderBytes: maxAppHeaders,
		WriteBufferSize:        tunnelBuffer,
		ReadBufferSize:         tunnelBuffer,
		// Browser and app agree on compression between themselves.
		DisableCompression: true,
	}
	// There is no TLS inside the tunnel, and upgrades need HTTP/1.1.
	transport.Protocols = new(http.Protocols)
	transport.Protocols.SetHTTP1(true)
	return transport
}

// dial opens a tunnel. Its connection ends with the app.
func (o *app) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	order, c := o.now()
	tunnel, err := c.Sessions().Tunnel(ctx, order.request())
	if err != nil {
		if client.KindOf(err) == client.KindNotFound {
			o.end(errSessionEnded)
		}
		return nil, err
	}
	stop := context.AfterFunc(o.ctx, func() { _ = tunnel.Close() })
	return &appConn{Tunnel: tunnel, stop: stop}, nil
}

// appConn is a tunnel that ends with its app.
type appConn struct {
	*client.Tunnel
	stop func() bool
}

// Close ends the tunnel.
func (c *appConn) Close() error {
	c.stop()
	return c.Tunnel.Close()
}
