package live_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/components/live"
)

func TestSoon(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	ask, unhurried := (*live.Soon).Ask, (*live.Soon).AskUnhurried
	type asking struct {
		at    time.Duration
		every time.Duration
		times int
		how   func(*live.Soon)
	}
	tests := []struct {
		name string
		asks []asking
		want []time.Duration // when it was called
	}{
		{"one request is called for at once", []asking{{0, 0, 1, ask}}, []time.Duration{100 * ms}},
		{"the events of one change are one call", []asking{{0, 10 * ms, 9, ask}}, []time.Duration{100 * ms}},
		{"two changes are at least a second apart", []asking{{0, 500 * ms, 2, ask}}, []time.Duration{100 * ms, 1100 * ms}},
		{"changes that are further apart are each called for at once",
			[]asking{{0, 4 * s, 4, ask}}, []time.Duration{100 * ms, 4100 * ms, 8100 * ms, 12100 * ms}},
		{"a steady stream is called for once in five seconds after its beginning",
			[]asking{{0, 100 * ms, 200, ask}},
			[]time.Duration{100 * ms, 1100 * ms, 2100 * ms, 5100 * ms, 10100 * ms, 15100 * ms, 20100 * ms}},
		{"a quiet time saves up another beginning",
			[]asking{{0, s, 5, ask}, {60 * s, s, 3, ask}},
			[]time.Duration{100 * ms, 1100 * ms, 2100 * ms, 5100 * ms, 60100 * ms, 61100 * ms, 62100 * ms}},
		{"what is not in a hurry is called for at once after a quiet time, and then in its rhythm",
			[]asking{{0, 100 * ms, 120, unhurried}},
			[]time.Duration{100 * ms, 5100 * ms, 10100 * ms, 15100 * ms}},
		{"what is not in a hurry leaves room for what is",
			[]asking{{0, 100 * ms, 30, unhurried}, {3 * s, 0, 1, ask}},
			[]time.Duration{100 * ms, 3100 * ms}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var page sync.Mutex // stands for the page's goroutine
				start := time.Now()
				var calls []time.Duration
				soon := live.NewSoon(live.Pace{Burst: 3, Every: 5 * time.Second}, func(f func()) {
					page.Lock()
					defer page.Unlock()
					f()
				}, func() { calls = append(calls, time.Since(start)) })
				for _, a := range test.asks {
					time.Sleep(a.at - time.Since(start))
					for range a.times {
						page.Lock()
						a.how(soon)
						page.Unlock()
						time.Sleep(a.every)
					}
				}
				time.Sleep(time.Hour)
				page.Lock()
				defer page.Unlock()
				assert.Equal(t, test.want, calls)
			})
		})
	}
}

func TestSoonThatIsFlushed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		called := 0
		soon := live.NewSoon(live.Pace{Burst: 1, Every: time.Second}, func(f func()) { f() }, func() { called++ })
		soon.Flush()
		assert.Zero(t, called, "nothing was asked for")
		soon.Ask()
		soon.Flush()
		assert.Equal(t, 1, called)
		time.Sleep(time.Minute)
		assert.Equal(t, 1, called, "it was made already")
	})
}

func TestSoonThatIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		called := false
		soon := live.NewSoon(live.Pace{Burst: 1, Every: time.Second}, func(f func()) { f() }, func() { called = true })
		soon.Ask()
		soon.Stop()
		time.Sleep(time.Minute)
		assert.False(t, called)
	})
}
