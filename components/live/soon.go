package live

import "time"

// The pace of a [Soon].
const (
	// gather is how long after the first request the call is made, so that the
	// events of one change become one call.
	gather = 100 * time.Millisecond
	// apart is the least time between two calls, and farApart what it becomes
	// after row calls in a row, each asked for before a second was over: a cluster
	// where something happens all the time.
	apart    = time.Second
	row      = 30
	farApart = 3 * time.Second
)

// Soon makes few calls out of many requests: the first request is followed by a
// call within a tenth of a second, and two calls are at least a second apart;
// three, once it has gone on like that for half a minute.
type Soon struct {
	dispatch func(func())
	call     func()
	timer    *time.Timer
	number   uint64 // of the current timer
	last     time.Time
	inRow    int
}

// NewSoon returns a Soon that makes its calls through dispatch, on the page's
// goroutine, where Ask and Stop belong, too.
func NewSoon(dispatch func(func()), call func()) *Soon {
	return &Soon{dispatch: dispatch, call: call}
}

// Ask asks for a call.
func (s *Soon) Ask() {
	if s.timer != nil {
		return
	}
	least := apart
	switch since := time.Since(s.last); {
	case since > farApart:
		s.inRow = 0
	case s.inRow >= row:
		least = farApart
	}
	s.inRow++
	wait := gather
	if !s.last.IsZero() {
		wait = max(gather, least-time.Since(s.last))
	}
	s.number++
	mine := s.number
	s.timer = time.AfterFunc(wait, func() {
		s.dispatch(func() {
			if s.number != mine || s.timer == nil {
				return
			}
			s.timer, s.last = nil, time.Now()
			s.call()
		})
	})
}

// Stop drops the call that was asked for, if it was not made yet.
func (s *Soon) Stop() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}
