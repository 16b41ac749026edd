package client

import (
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
