package client

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDeadlineAndAbortAreToldApart(t *testing.T) {
	hangs := through(asOld(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}))
	tests := []struct {
		name    string
		request Request
		context func() (context.Context, context.CancelFunc)
		after   time.Duration
		kind    Kind
	}{
		{"the client's deadline", Request{Path: "/x"}, background, 30 * time.Second, KindTimeout},
		{"the request's deadline", Request{Path: "/x", Timeout: 7 * time.Second}, background, 7 * time.Second, KindTimeout},
		{"the caller's deadline", Request{Path: "/x"}, func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 3*time.Second)
		}, 3 * time.Second, KindTimeout},
		{"the caller cancels", Request{Path: "/x"}, func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(2*time.Second, cancel)
			return ctx, cancel
		}, 2 * time.Second, KindAborted},
		{"the caller cancels with a cause", Request{Path: "/x"}, func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(context.Background())
			time.AfterFunc(time.Second, func() { cancel(errors.New("page left")) })
			return ctx, func() { cancel(nil) }
		}, time.Second, KindAborted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, "http://m", hangs)
				require.NoError(t, c.Connect(context.Background()))
				ctx, cancel := tt.context()
				defer cancel()
				start := time.Now()
				e := failure(t, c.Do(ctx, tt.request, nil), tt.kind)
				assert.Equal(t, tt.after, time.Since(start))
				assert.Equal(t, http.StatusRequestTimeout, e.Status)
			})
		})
	}
}

func background() (context.Context, context.CancelFunc) { return context.Background(), func() {} }

func TestDeadlineCoversTheBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, "http://m", through(asOld(func(r *http.Request) (*http.Response, error) {
			resp := answer(200, "application/json", "")
			resp.Body = io.NopCloser(hangingReader{r.Context()})
			return resp, nil
		})))
		var out any
		failure(t, c.Do(context.Background(), Request{Path: "/x"}, &out), KindTimeout)
	})
}

type hangingReader struct{ ctx context.Context }

func (r hangingReader) Read([]byte) (int, error) {
	<-r.ctx.Done()
	return 0, r.ctx.Err()
}

func TestRetries(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	tests := []struct {
		name     string
		retries  int
		fails    func(attempt int) (*http.Response, error)
		attempts int32
		waited   time.Duration
		kind     Kind // KindUnknown: success
	}{
		{"none unless asked for", 0, func(int) (*http.Response, error) { return nil, refused }, 1, 0, KindUnreachable},
		{"two seconds apart", 2, func(int) (*http.Response, error) { return nil, refused }, 3, 4 * time.Second, KindUnreachable},
		{"until it works", 2, func(n int) (*http.Response, error) {
			if n == 1 {
				return answer(503, "", ""), nil
			}
			return answer(200, "application/json", "{}"), nil
		}, 2, 2 * time.Second, KindUnknown},
		{"not when the manager has decided", 2, func(int) (*http.Response, error) { return answer(403, "", ""), nil }, 1, 0, KindForbidden},
		{"not when the manager failed at it", 2, func(int) (*http.Response, error) { return answer(500, "", ""), nil }, 1, 0, KindServer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var attempts atomic.Int32
				logged := &entries{}
				c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) {
					return tt.fails(int(attempts.Add(1)))
				})), func(config *Config) { config.Log = logged })
				start := time.Now()
				err := c.Do(context.Background(), Request{Path: "/x", Retries: tt.retries}, nil)
				if tt.kind == KindUnknown {
					require.NoError(t, err)
				} else {
					failure(t, err, tt.kind)
				}
				assert.Equal(t, tt.attempts, attempts.Load())
				assert.Equal(t, tt.waited, time.Since(start))
				assert.Len(t, logged.all(), int(tt.attempts)+1, "each attempt, and GET /")
			})
		})
	}
	t.Run("and cancelling ends the pause", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) { return nil, refused })))
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(time.Second, cancel)
			start := time.Now()
			failure(t, c.Do(ctx, Request{Path: "/x", Retries: 5}, nil), KindUnreachable)
			assert.Equal(t, time.Second, time.Since(start))
		})
	})
}

func TestConnectCanBeAborted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, "http://m", through(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}))
		first, stop := context.WithCancel(context.Background())
		defer stop()
		go func() { _ = c.Connect(first) }()
		synctest.Wait()
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		failure(t, c.Connect(ctx), KindAborted)
	})
}
