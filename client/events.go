package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// SessionEvent is a step in the life of a session, or of one of its kernels, as
// the manager's event stream tells it.
type SessionEvent struct {
	// Name is session_enqueued (session_pending since 24.12), session_scheduled,
	// session_started, kernel_pulling and so on; later managers send more.
	Name      string `json:"-"`
	SessionID string `json:"sessionId"`
	Session   string `json:"sessionName"`
	AccessKey string `json:"ownerAccessKey"`
	// Reason is a word such as user-requested; managers differ in when they give
	// one, and say "unknown" or nothing else.
	Reason string `json:"reason"`
	// ExitCode is set where something ended, and not by every manager.
	ExitCode *int `json:"exitCode"`
	// KernelID is empty in events of the session as a whole.
	KernelID    string `json:"kernelId"`
	ClusterRole string `json:"clusterRole"`
	ClusterIdx  int    `json:"clusterIdx"`
}

// OfKernel reports whether the event is about one kernel only.
func (e SessionEvent) OfKernel() bool {
	return e.KernelID != "" || strings.HasPrefix(e.Name, "kernel_")
}

// Status is the status that the session has after the event; empty where the
// event says nothing about it.
func (e SessionEvent) Status() model.Status {
	switch e.Name {
	case "session_enqueued", "session_pending":
		return model.StatusPending
	case "session_scheduled":
		return model.StatusScheduled
	case "session_preparing", "kernel_preparing":
		return model.StatusPreparing
	case "kernel_pulling":
		return model.StatusPulling
	case "session_prepared":
		return model.StatusPrepared
	case "session_creating":
		return model.StatusCreating
	case "session_started":
		return model.StatusRunning
	case "session_terminating":
		return model.StatusTerminating
	case "session_terminated":
		return model.StatusTerminated
	case "session_cancelled":
		return model.StatusCancelled
	}
	return ""
}

// Result is how a batch session went, SUCCESS or FAILURE; empty where the event
// says nothing about it.
func (e SessionEvent) Result() string {
	switch e.Name {
	case "session_success":
		return "SUCCESS"
	case "session_failure":
		return "FAILURE"
	}
	return ""
}

// SessionEventsRequest says which events are wanted. The zero value asks for all
// that the person may hear: users those of their own sessions, admins those of
// their domain, superadmins all.
type SessionEventsRequest struct {
	// Name is that of a session; empty means all.
	Name string
	// SessionID is that of one session.
	SessionID string
	// OwnerAccessKey is that of another owner, for admins.
	OwnerAccessKey string
	// Group is the name of a project; empty means all.
	Group string
	// Scope is "session" or "kernel"; empty means both.
	Scope string
}

func (r SessionEventsRequest) query() url.Values {
	all := func(value string) string {
		if value == "" {
			return "*"
		}
		return value
	}
	query := url.Values{"name": {all(r.Name)}, "group": {all(r.Group)}, "scope": {all(r.Scope)}}
	if r.SessionID != "" {
		query.Set("sessionId", r.SessionID)
	}
	if r.OwnerAccessKey != "" {
		query.Set("ownerAccessKey", r.OwnerAccessKey)
	}
	return query
}

// SessionEvents are the calls that tell of a stream; each may be nil.
type SessionEvents struct {
	// Opened is called when events begin to arrive, at first and whenever the
	// connection is there again. What happened before is not told.
	Opened func()
	// Event is called for each event.
	Event func(SessionEvent)
	// Closed is called when no events arrive any more, after an Opened.
	Closed func()
}

// Events follows the lives of sessions. It returns when the context ends, or
// when the manager cannot or will not tell (KindNotFound, KindForbidden,
// KindInvalid, or status 501), or when the sign-in is over; every other failure
// is a reason to connect again, with growing pauses. All calls come from the
// goroutine of the caller. Only the end of the sign-in goes to the client's log:
// who listens can always ask instead.
func (s *Sessions) Events(ctx context.Context, r SessionEventsRequest, calls SessionEvents) error {
	request := Request{Path: "/events/session", Query: r.query()}
	call := func(f func()) {
		if f != nil {
			f()
		}
	}
	err := s.client.keepStream(ctx, request, streamHooks{
		opened: func() { call(calls.Opened) },
		closed: func(error) { call(calls.Closed) },
		event: func(e ServerEvent) bool {
			event := SessionEvent{Name: e.Name}
			// Events of a form that is not known are none: the next answer tells.
			if json.Unmarshal([]byte(e.Data), &event) == nil && event.SessionID != "" && calls.Event != nil {
				calls.Event(event)
			}
			return false
		},
	})
	s.client.logAuth(request, err)
	return err
}

// logAuth tells the log that the sign-in is over.
func (c *Client) logAuth(r Request, err error) {
	var failure *Error
	if c.config.Log != nil && errors.As(err, &failure) && failure.Kind == KindAuth {
		c.config.Log.Log(newEntry(c, r, nil, failure.Status, failure))
	}
}
