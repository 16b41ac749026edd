package callback

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/life"
)

func TestOnlyPublicAddressesAreSpokenTo(t *testing.T) {
	own := []net.Addr{&net.IPNet{IP: net.ParseIP("9.9.9.10"), Mask: net.CIDRMask(24, 32)}}
	for text, want := range map[string]bool{
		"9.9.9.9": true, "2620:fe::fe": true,
		"9.9.9.10":  false, // this machine
		"127.0.0.1": false, "127.8.9.1": false, "::1": false, "::ffff:127.0.0.1": false, "0.0.0.0": false, "::": false,
		"10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "fd00::1": false, "::ffff:10.0.0.1": false,
		"169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false,
		"100.64.0.1": false, "0.1.2.3": false, "198.18.0.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"224.0.0.1": false, "ff02::1": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "::7f00:1": false, "2001:0:1::1": false,
	} {
		assert.Equal(t, want, public(netip.MustParseAddr(text), own), text)
	}
}

func TestURLsThatAreNoneAreRefused(t *testing.T) {
	for text, ok := range map[string]bool{"https://example.test/a?b=c": true, "http://[2620:fe::fe]:8080": true, "HTTP://example.test": true,
		"": false, "example.test": false, "ftp://example.test": false, "http:///x": false, "http://:80": false, "http://a:b@example.test": false,
		"http://example.test/%zz": false} {
		assert.Equal(t, ok, Check(text) == nil, text)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("https://example.test/a?b=c")
	f.Add("http://[::1%25lo]:80")
	f.Fuzz(func(t *testing.T, text string) {
		if Check(text) == nil {
			_, err := http.NewRequest(http.MethodPost, text, nil)
			assert.NoError(t, err)
		}
	})
}

// logged is a log that several goroutines write.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// received serves on the loopback and hands on what it gets; it answers with the
// codes, one after the other, and then with 200.
func received(t *testing.T, codes ...int) (url string, bodies <-chan string) {
	got := make(chan string, 100)
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if len(codes) > 0 {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(codes[0])
			codes = codes[1:]
		}
		got <- r.URL.Path + " " + string(body)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/hook", got
}

// sender sends until the test ends.
func sender(t *testing.T, target string, internal bool) (*Sender, *logged) {
	log := &logged{}
	s := New(Options{Log: slog.New(slog.NewTextHandler(log, nil)), Pauses: []time.Duration{0, 0},
		Now: func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) },
		URL: func(_ context.Context, id string) (string, error) {
			if id == "silent" {
				return "", nil
			}
			return target, nil
		},
		Internal: func(context.Context) bool { return internal }})
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	for _, queue := range s.queues {
		working.Go(func() { s.work(ctx, queue) })
	}
	t.Cleanup(func() { cancel(); working.Wait() })
	return s, log
}

func next(t *testing.T, bodies <-chan string) string {
	t.Helper()
	select {
	case body := <-bodies:
		return body
	case <-time.After(20 * time.Second):
		require.Fail(t, "nothing came")
		return ""
	}
}

func TestStepsOfASessionArriveInTheirOrder(t *testing.T) {
	target, bodies := received(t)
	s, _ := sender(t, target, true)
	s.hear(t.Context(), []life.Event{{Name: "session_started", SessionID: "a"}, {Name: "session_started", SessionID: "silent"},
		{Name: "session_terminated", SessionID: "a"}})
	assert.Equal(t, `/hook {"type":"session_lifecycle","event":"started","session_id":"a","when":"2026-01-02T03:04:05+00:00"}`, next(t, bodies))
	assert.Equal(t, `/hook {"type":"session_lifecycle","event":"terminated","session_id":"a","when":"2026-01-02T03:04:05+00:00"}`, next(t, bodies))
}

func TestFailuresAreTriedAgainThreeTimesAtMost(t *testing.T) {
	for name, c := range map[string]struct {
		codes []int
		tries int
	}{
		"a server that recovers":     {[]int{500, 429}, 3},
		"a server that does not":     {[]int{500, 502, 503, 500, 500}, 3},
		"a refusal":                  {[]int{404}, 1},
		"a redirect is not followed": {[]int{302}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			target, bodies := received(t, c.codes...)
			s, _ := sender(t, target, true)
			s.hear(t.Context(), []life.Event{{Name: "session_started", SessionID: "a"}})
			for range c.tries {
				assert.Contains(t, next(t, bodies), `/hook {"type":"session_lifecycle","event":"started"`)
			}
			// The next step comes after all tries of the one before.
			s.hear(t.Context(), []life.Event{{Name: "session_terminated", SessionID: "a"}})
			assert.Contains(t, next(t, bodies), `"event":"terminated"`)
		})
	}
}

func TestTheLoopbackIsNotSpokenTo(t *testing.T) {
	target, bodies := received(t)
	s, log := sender(t, target, false)
	s.hear(t.Context(), []life.Event{{Name: "session_started", SessionID: "a"}})
	require.Eventually(t, func() bool { return log.String() != "" }, 20*time.Second, time.Millisecond)
	assert.Contains(t, log.String(), ErrInternal.Error())
	assert.NotContains(t, log.String(), target)
	assert.Empty(t, bodies)
}

func TestNothingWaitsForCallbacks(t *testing.T) {
	log := &logged{}
	s := New(Options{Log: slog.New(slog.NewTextHandler(log, nil)), Now: time.Now,
		URL: func(context.Context, string) (string, error) { return "http://example.test", nil }})
	for range waiting/workers + 1 { // nobody sends
		s.hear(t.Context(), []life.Event{{Name: "session_started", SessionID: "a"}})
	}
	assert.Contains(t, log.String(), "too many wait")
}
