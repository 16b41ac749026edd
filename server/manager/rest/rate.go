package rest

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/baiui/baiui/server/manager/problem"
)

// window is how long a call counts towards the limit of its key pair, in
// seconds.
const window = 900

// openLimit is what open routes say, and never enforce.
const openLimit = 1000

// limiter counts calls per key pair over the last 900 seconds.
type limiter struct {
	mu   sync.Mutex
	keys map[string]*rolling
}

func newLimiter() *limiter { return &limiter{keys: map[string]*rolling{}} }

// rolling is a count per second, as a ring.
type rolling struct {
	counts [window]uint32
	last   int64 // second of the newest count
	total  int
}

// advance forgets what has left the window at second now.
func (c *rolling) advance(now int64) {
	if now-c.last >= window {
		c.counts, c.total, c.last = [window]uint32{}, 0, now
		return
	}
	for c.last < now {
		c.last++
		slot := &c.counts[c.last%window]
		c.total -= int(*slot)
		*slot = 0
	}
}

// add counts a call and returns how many there are now.
func (l *limiter) add(key string, now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.keys[key]
	if c == nil {
		c = &rolling{last: now.Unix()}
		l.keys[key] = c
	}
	c.advance(now.Unix())
	c.counts[c.last%window]++
	c.total++
	return c.total
}

// count is how many calls of a key pair the window holds.
func (l *limiter) count(key string, now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.keys[key]
	if c == nil {
		return 0
	}
	c.advance(now.Unix())
	return c.total
}

// count counts a call of a key pair, sets the rate headers, and refuses the call
// beyond the limit. Refused calls count too.
func (h *Handler) count(header http.Header, key string, limit int) error {
	n := h.limits.add(key, h.Now())
	if n > limit {
		return problem.RateLimited()
	}
	setRate(header, limit, limit-n)
	return nil
}

// RollingCount is how many calls of a key pair the current window holds.
func (h *Handler) RollingCount(accessKey string) int { return h.limits.count(accessKey, h.Now()) }

func openRate(header http.Header) { setRate(header, openLimit, openLimit) }

func setRate(header http.Header, limit, remaining int) {
	header.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(remaining))
	header.Set("X-RateLimit-Window", strconv.Itoa(window))
}

func clearRate(header http.Header) {
	header.Del("X-RateLimit-Limit")
	header.Del("X-RateLimit-Remaining")
	header.Del("X-RateLimit-Window")
}
