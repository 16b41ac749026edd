package sessions

import (
	"errors"
	"time"

	"github.com/baiui/baiui/client"
)

// How long a list waits before it asks again: after an answer (the deck), and
// after an error (the original of the deck's time).
const (
	waitRunning      = 5 * time.Second
	waitOther        = 30 * time.Second
	waitRunningError = 20 * time.Second
	waitOtherError   = 120 * time.Second
	// maxPace bounds how much slower a list gets when the manager says that
	// there were too many requests.
	maxPace = 8
)

// wait is the time until the next request.
func (l *List) wait(err error) time.Duration {
	running := l.query.Tab.running()
	wait := waitOther
	switch {
	case err == nil && running:
		wait = waitRunning
	case err != nil && running:
		wait = waitRunningError
	case err != nil:
		wait = waitOtherError
	}
	var failure *client.Error
	if errors.As(err, &failure) {
		if failure.Kind == client.KindRateLimit && failure.RetryAfter > 0 {
			return max(l.wait(nil), failure.RetryAfter) // the manager knows best
		}
		return max(wait, failure.RetryAfter)
	}
	return min(wait*time.Duration(l.pace), max(wait, waitOtherError))
}

// arm sets the one timer and returns when it will go off; zero if it may not.
func (l *List) arm(wait time.Duration) time.Time {
	l.stopTimer()
	if !l.active || l.hidden {
		return time.Time{}
	}
	mine := l.armed
	l.due = time.Now().Add(wait)
	l.timer = time.AfterFunc(wait, func() {
		l.loop.Dispatch(func() {
			if l.armed == mine {
				l.timer = nil
				l.refreshJobData(false, true)
			}
		})
	})
	return l.due
}

func (l *List) stopTimer() {
	l.armed++
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
}

// RefreshEarly asks because of an event, before it is time. The next request of
// the list's own is as much later: events make no more requests, but earlier ones.
// After a failure the list asks when it said it would.
func (l *List) RefreshEarly() {
	switch {
	case !l.active || l.hidden || l.failure != nil:
		return
	case l.refreshing: // maybe since before the event
		l.again = true
		return
	}
	l.early = min(max(time.Until(l.due), 0), l.wait(nil))
	l.refreshJobData(false, true)
}
