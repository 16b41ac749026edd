package guesses

import (
	"net/netip"
	"strings"
	"sync"
	"time"
)

// The limits of failed sign-ins. The first two are those of the official web
// server (there per user name alone).
const (
	failureWindow      = 20 * time.Minute
	failuresPerUser    = 10
	failuresPerAddress = 50
	// maxCounters bounds the memory that strangers can make us use.
	maxCounters = 20000
)

// Limiter counts failed sign-ins per user and address, and per address. An
// attempt counts from its start, so that many at once gain nothing, and is taken
// back when it was right or when it was not the person's fault.
type Limiter struct {
	now func() time.Time

	mu       sync.Mutex
	counters map[string]*counter
}

// counter is a fixed window: it starts with the first failure and ends
// failureWindow later, whatever is tried in between.
type counter struct {
	failures int
	until    time.Time
}

// New makes a limiter; now is its clock.
func New(now func() time.Time) *Limiter {
	return &Limiter{now: now, counters: map[string]*counter{}}
}

// Attempt asks to try a password. When wait is 0 the attempt may go on and counts
// as a failure until it has succeeded or is excused; otherwise it is refused for that long.
func (l *Limiter) Attempt(user string, address netip.Addr) (a Attempt, wait time.Duration) {
	a = Attempt{limiter: l, pair: "u " + clip(user) + " " + network(address), address: "a " + network(address)}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	wait = max(l.blocked(a.pair, failuresPerUser, now), l.blocked(a.address, failuresPerAddress, now))
	if wait == 0 {
		l.count(a.pair, now)
		l.count(a.address, now)
	}
	return a, wait
}

// Attempt is one try that was let through.
type Attempt struct {
	limiter       *Limiter
	pair, address string
}

// Succeeded forgets the failures of this user from this address.
func (a Attempt) Succeeded() {
	a.limiter.mu.Lock()
	defer a.limiter.mu.Unlock()
	delete(a.limiter.counters, a.pair)
	a.limiter.uncount(a.address)
}

// Excused takes the attempt back: it said nothing about the password.
func (a Attempt) Excused() {
	a.limiter.mu.Lock()
	defer a.limiter.mu.Unlock()
	a.limiter.uncount(a.pair)
	a.limiter.uncount(a.address)
}

func (l *Limiter) blocked(key string, limit int, now time.Time) time.Duration {
	c := l.counters[key]
	if c == nil || c.failures < limit || !now.Before(c.until) {
		return 0
	}
	return c.until.Sub(now)
}

func (l *Limiter) count(key string, now time.Time) {
	c := l.counters[key]
	if c == nil || !now.Before(c.until) {
		l.makeRoom(now)
		c = &counter{until: now.Add(failureWindow)}
		l.counters[key] = c
	}
	c.failures++
}

func (l *Limiter) uncount(key string) {
	if c := l.counters[key]; c != nil {
		if c.failures--; c.failures <= 0 {
			delete(l.counters, key)
		}
	}
}

// makeRoom drops windows that are over and, if all are still open, arbitrary
// ones: forgetting a failure is better than running out of memory.
func (l *Limiter) makeRoom(now time.Time) {
	if len(l.counters) < maxCounters {
		return
	}
	for key, c := range l.counters {
		if !now.Before(c.until) {
			delete(l.counters, key)
		}
	}
	for key := range l.counters {
		if len(l.counters) < maxCounters*3/4 {
			return
		}
		delete(l.counters, key)
	}
}

// clip bounds the length of a user name and makes its spellings one.
func clip(user string) string {
	return strings.ToLower(user[:min(len(user), 128)])
}

// network is the address, or for IPv6 its /64, which one customer usually has
// as a whole.
func network(address netip.Addr) string {
	if address.Is6() {
		if prefix, err := address.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return address.String()
}
