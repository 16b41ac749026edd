package guesses

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLimiter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	l := New(func() time.Time { return now })
	here, there := netip.MustParseAddr("1.2.3.4"), netip.MustParseAddr("5.6.7.8")
	fail := func(user string, address netip.Addr) time.Duration {
		_, wait := l.Attempt(user, address)
		return wait
	}
	for range failuresPerUser {
		require.Zero(t, fail("a", here))
		now = now.Add(time.Minute)
	}
	assert.Equal(t, 10*time.Minute, fail("a", here), "the window began with the first failure")
	assert.Equal(t, 10*time.Minute, fail("A", here), "user names differ in more than their case")
	assert.Zero(t, fail("a", there), "from elsewhere the same person can sign in")
	assert.Zero(t, fail("b", here))
	now = now.Add(9 * time.Minute)
	assert.Equal(t, time.Minute, fail("a", here), "trying does not prolong the block")
	now = now.Add(time.Minute)
	assert.Zero(t, fail("a", here))

	for i := range failuresPerAddress {
		fail(fmt.Sprint("user", i), netip.MustParseAddr("2001:db8::1"))
	}
	assert.NotZero(t, fail("another", netip.MustParseAddr("2001:db8::2")), "the same network")
	assert.Zero(t, fail("another", netip.MustParseAddr("2001:db8:1::2")), "another network")
}

func TestLimiterForgivesWhatWasNoWrongPassword(t *testing.T) {
	l := New(time.Now)
	here := netip.MustParseAddr("1.2.3.4")
	for range 3 * failuresPerAddress {
		a, wait := l.Attempt("a", here)
		require.Zero(t, wait)
		a.Excused()
	}
	for range failuresPerUser - 1 {
		_, wait := l.Attempt("a", here)
		require.Zero(t, wait)
	}
	a, wait := l.Attempt("a", here)
	require.Zero(t, wait)
	a.Succeeded()
	_, wait = l.Attempt("a", here)
	assert.Zero(t, wait, "the right password clears the count")
}

func TestLimiterIsBounded(t *testing.T) {
	l := New(time.Now)
	for i := range 2 * maxCounters {
		l.Attempt(strings.Repeat("long", 1000)+fmt.Sprint(i), netip.AddrFrom4([4]byte{1, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	assert.LessOrEqual(t, len(l.counters), maxCounters)
}
