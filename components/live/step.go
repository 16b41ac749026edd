package live

import (
	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// Connected notes whether the event stream is there.
func (s *Store) Connected(streaming bool) {
	if s.streaming == streaming {
		return
	}
	s.streaming = streaming
	switch {
	case !streaming:
		s.tell(Change{Kind: Disconnected})
	case s.streamed:
		s.tell(Change{Kind: Reconnected})
	default:
		s.streamed = true
		s.tell(Change{Kind: Connected})
	}
}

// Missed notes that there were events that the page did not get.
func (s *Store) Missed() { s.tell(Change{Kind: Reconnected}) }

// Step applies an event of the stream: a session that is known gets its status
// and reason at once, and everybody is told.
func (s *Store) Step(e client.SessionEvent) {
	change := Change{Kind: Stepped, Event: e, ID: e.SessionID, Status: e.Status()}
	if known, ok := s.Known(e.SessionID); ok {
		change.Before = known.Status
		if next := stepped(known, e); next != known {
			s.put(next, true)
			change.Status = next.Status
		} else {
			change.Status = known.Status
		}
	}
	if change.Status == model.StatusTerminating || change.Status.Ended() {
		delete(s.ending, e.SessionID) // it ends: nothing can be taken back
	}
	s.tell(change)
}

// stepped is a session after an event: a copy if the event changes it. Events
// may arrive late, twice and in another order than they happened, so none takes
// a session back to an earlier status.
func stepped(session *model.Session, e client.SessionEvent) *model.Session {
	next := *session
	if status := e.Status(); status != "" && later(status, session.Status) {
		next.Status = status
		next.StatusInfo, next.StatusData = "", nil // of the status before
	}
	if e.Reason != "" && e.Reason != "unknown" && !e.OfKernel() && next.Status == e.Status() {
		next.StatusInfo = e.Reason
	}
	if result := e.Result(); result != "" {
		next.Result = result
	}
	if next.Status == session.Status && next.StatusInfo == session.StatusInfo && next.Result == session.Result {
		return session
	}
	return &next
}

// withStatus is a session as a list answered it, with the status of an event
// that is later.
func withStatus(session, event *model.Session) *model.Session {
	next := *session
	next.Status, next.StatusInfo, next.StatusData = event.Status, event.StatusInfo, event.StatusData
	return &next
}

// later reports whether a session in status b may get to status a. A session
// that runs again after a restart does; one that ended never does anything.
func later(a, b model.Status) bool {
	return rank(a) > rank(b) || a == model.StatusRunning && b == model.StatusRestarting
}

// rank is how far in its life a session is; 0 for a status of a manager newer
// than this page, which every event may change.
func rank(s model.Status) int {
	switch s {
	case model.StatusPending, model.StatusDeprioritizing, model.StatusRescheduling:
		return 1
	case model.StatusScheduled, model.StatusReserved:
		return 2
	case model.StatusPreparing:
		return 3
	case model.StatusPulling:
		return 4
	case model.StatusPrepared:
		return 5
	case model.StatusCreating:
		return 6
	case model.StatusRunning, model.StatusRunningDegraded, model.StatusRestarting:
		return 7
	case model.StatusError, model.StatusPreempted:
		return 8
	case model.StatusTerminating:
		return 9
	case model.StatusTerminated, model.StatusCancelled:
		return 10
	}
	return 0
}
