package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oneConn is a listener with one connection.
type oneConn struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *oneConn) Close() error   { close(l.closed); return nil }
func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func TestWhoStopsInTheMiddleOfABodyIsCut(t *testing.T) {
	reading := func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
	}
	for name, handler := range map[string]http.HandlerFunc{
		"while it is read":          reading,
		"after it was refused":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"while it is answered from": func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) },
	} {
		for _, length := range []string{"Content-Length: 10", "Transfer-Encoding: chunked"} {
			t.Run(name+" with "+length, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					client, ended := stalledBy(t, handler)
					_, err := io.WriteString(client, "POST / HTTP/1.1\r\nHost: x\r\n"+length+"\r\n\r\n")
					require.NoError(t, err)
					time.Sleep(stallTimeout - time.Second)
					select {
					case <-ended:
						assert.Fail(t, "it was cut too early")
					default:
					}
					time.Sleep(2 * time.Second)
					select {
					case <-ended:
					default:
						assert.Fail(t, "the connection is still there")
					}
				})
			})
		}
	}
	t.Run("but not who is slow", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			got := make(chan string, 1)
			client, _ := stalledBy(t, func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got <- string(body)
			})
			_, err := io.WriteString(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
			require.NoError(t, err)
			for range 10 {
				time.Sleep(stallTimeout - time.Second)
				_, err := client.Write([]byte("x"))
				require.NoError(t, err)
			}
			assert.Equal(t, strings.Repeat("x", 10), <-got)
		})
	})
}

func TestABodyStaysAtItsEndWhenItsAnswerHasBegun(t *testing.T) {
	for _, length := range []string{"Content-Length: 2\r\n\r\nhi", "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"} {
		synctest.Test(t, func(t *testing.T) {
			again := make(chan error, 1)
			client, _ := stalledBy(t, func(w http.ResponseWriter, r *http.Request) {
				_, err := io.ReadAll(r.Body)
				assert.NoError(t, err)
				assert.NoError(t, http.NewResponseController(w).Flush())
				_, err = r.Body.Read(make([]byte, 1))
				again <- err
			})
			_, err := io.WriteString(client, "POST / HTTP/1.1\r\nHost: x\r\n"+length)
			require.NoError(t, err)
			assert.Equal(t, io.EOF, <-again)
		})
	}
}

// stalledBy serves one connection and tells when the server has ended it.
func stalledBy(t *testing.T, handler http.HandlerFunc) (client net.Conn, ended chan struct{}) {
	client = served(t, handler, (*http.Server).Serve)
	ended = make(chan struct{})
	go func() { defer close(ended); _, _ = io.Copy(io.Discard, client) }()
	return client, ended
}

// served serves one connection, whose other end it gives, until the test is over.
func served(t *testing.T, handler http.HandlerFunc, serve func(*http.Server, net.Listener) error) (client net.Conn) {
	listener := &oneConn{make(chan net.Conn, 1), make(chan struct{})}
	server := newHTTPServer(context.Background(), handler, slog.New(slog.DiscardHandler))
	over := make(chan struct{})
	go func() { defer close(over); _ = serve(server, listener) }()
	client, far := net.Pipe()
	listener.conns <- far
	t.Cleanup(func() {
		_ = client.Close()
		_ = server.Close()
		<-over
	})
	return client
}
