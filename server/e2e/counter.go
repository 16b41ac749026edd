package e2e

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Call is one request that reached a manager.
type Call struct {
	Method, Path string
	Status       int
	Signed       bool
	Sent         int64 // bytes of the request body
	Received     int64 // bytes of the answer's body
	Began        time.Time
	Took         time.Duration
}

// Counter stands before a manager, passes every request on unchanged, but for what
// a [Fault] does with it, and writes it down. While it is closed it refuses connections, as a stopped manager does.
type Counter struct {
	URL string

	mu     sync.Mutex
	since  time.Time // of the last Reset
	calls  []Call
	fault  Fault
	server *http.Server
	proxy  *httputil.ReverseProxy
}

// StartCounter starts a counter before the manager at target.
func StartCounter(target string) (*Counter, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	c := &Counter{proxy: &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(u)
			p.Out.Host = p.In.Host // it is signed
		},
		// A connection that breaks because the counter is closed is no news.
		ErrorLog: log.New(io.Discard, "", 0),
	}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c.URL = "http://" + l.Addr().String()
	c.serve(l)
	return c, nil
}

func (c *Counter) serve(l net.Listener) {
	server := &http.Server{Handler: c, ReadHeaderTimeout: 10 * time.Second}
	c.server = server
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // a test's own listener does not fail
		}
	}()
}

// Close refuses connections from now on and breaks those that are open.
func (c *Counter) Close() error { return c.server.Close() }

// Reopen accepts connections again, at the same address: as soon as no connection
// of somebody else's has that port at its own end.
func (c *Counter) Reopen(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, waitTimeout)
	defer cancel()
	for {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", hostPort(c.URL))
		if err == nil {
			c.serve(l)
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(waitEvery):
		}
	}
}

// Calls returns the requests that began since the last Reset and are over, in the
// order of their answers.
func (c *Counter) Calls() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Call(nil), c.calls...)
}

// Queries returns the calls that asked for a list.
func (c *Counter) Queries() []Call {
	return slices.DeleteFunc(c.Calls(), func(call Call) bool {
		return call.Method != http.MethodPost || !strings.HasSuffix(call.Path, "/admin/gql")
	})
}

// Reset forgets the requests so far, also those that are under way: the stream of
// a page that was left may end at any time.
func (c *Counter) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls, c.since = nil, time.Now()
}

func (c *Counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call := Call{Method: r.Method, Path: r.URL.Path, Signed: r.Header.Get("Authorization") != "", Began: time.Now()}
	r.Body = &countingBody{ReadCloser: r.Body, n: &call.Sent}
	counted := &countingWriter{ResponseWriter: w, status: http.StatusOK}
	defer func() {
		call.Status, call.Received, call.Took = counted.status, counted.n, time.Since(call.Began)
		c.mu.Lock()
		defer c.mu.Unlock()
		if call.Began.After(c.since) {
			c.calls = append(c.calls, call)
		}
	}()
	c.mu.Lock()
	fault := c.fault
	c.mu.Unlock()
	if fault == nil {
		fault = func(next http.Handler) http.Handler { return next }
	}
	fault(c.proxy).ServeHTTP(counted, r)
}

// countingBody counts, and stays at its end: it is looked at once more when the
// answer has begun, which has closed it.
type countingBody struct {
	io.ReadCloser
	n     *int64
	ended bool
}

func (b *countingBody) Read(p []byte) (int, error) {
	if b.ended {
		return 0, io.EOF
	}
	n, err := b.ReadCloser.Read(p)
	*b.n += int64(n)
	b.ended = err == io.EOF
	return n, err
}

type countingWriter struct {
	http.ResponseWriter
	status int
	n      int64
}

func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *countingWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.n += int64(n)
	return n, err
}
