package live

import "time"

const (
	// gather is how long after the first request the call is made, so that the
	// events of one change become one call.
	gather = 100 * time.Millisecond
	// apart is the least time between two calls.
	apart = time.Second
)

// Pace bounds the calls of a [Soon]: so many in a row, and then one each time
// Every has passed. A time in which less was asked for is saved up, so that after
// a quiet one there are Burst again.
type Pace struct {
	Burst int
	Every time.Duration
}

// Soon makes few calls out of many requests: the first request is followed by a
// call within a tenth of a second, two calls are at least a second apart, and
// however much is asked for, there are no more than its pace allows.
type Soon struct {
	// Pace may be changed at any time.
	Pace Pace

	dispatch func(func())
	call     func()
	timer    *time.Timer
	due      time.Time // when the timer goes off
	number   uint64    // of the current timer
	last     time.Time
	saved    time.Time // when all calls of a burst are saved up again
}

// NewSoon returns a Soon that makes its calls through dispatch, on the page's
// goroutine, where all its methods belong, too.
func NewSoon(pace Pace, dispatch func(func()), call func()) *Soon {
	return &Soon{Pace: pace, dispatch: dispatch, call: call}
}

// Ask asks for a call as soon as the pace allows it.
func (s *Soon) Ask() { s.at(s.saved.Add(-time.Duration(s.Pace.Burst-1) * s.Pace.Every)) }

// AskUnhurried asks for a call that takes nothing from the burst: it comes soon
// after a quiet time, and else once a whole burst is saved up again.
func (s *Soon) AskUnhurried() { s.at(s.saved) }

// at asks for a call that is not to be made before a time. One that is due
// already stays, unless this is to be earlier.
func (s *Soon) at(least time.Time) {
	now := time.Now()
	due := now.Add(gather)
	for _, t := range [...]time.Time{least, s.last.Add(apart)} {
		if t.After(due) {
			due = t
		}
	}
	if s.timer != nil {
		if !due.Before(s.due) {
			return
		}
		s.timer.Stop()
	}
	s.number++
	mine := s.number
	s.due = due
	s.timer = time.AfterFunc(due.Sub(now), func() {
		s.dispatch(func() {
			if s.number == mine && s.timer != nil {
				s.run()
			}
		})
	})
}

func (s *Soon) run() {
	now := time.Now()
	s.timer, s.last = nil, now
	if s.saved.Before(now) {
		s.saved = now
	}
	s.saved = s.saved.Add(s.Pace.Every)
	s.call()
}

// Flush makes the call that was asked for now, if it was not made yet. Unlike all
// others it is made during this call.
func (s *Soon) Flush() {
	if s.timer != nil {
		s.timer.Stop()
		s.run()
	}
}

// Stop drops the call that was asked for, if it was not made yet.
func (s *Soon) Stop() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}
