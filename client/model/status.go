package model

import "strings"

// Status is the life-cycle state of a session or kernel, spelled as on the
// wire. A newer manager may send a value this package does not know; it is kept
// and shown as it came, and [Status.Known] tells the difference.
type Status string

// The statuses of managers up to 26.9. Those below the blank line exist only in
// later managers and must not be sent in a query to an older one: the whole
// query would fail (see client.Features).
const (
	StatusPending         Status = "PENDING"
	StatusScheduled       Status = "SCHEDULED"
	StatusPreparing       Status = "PREPARING"
	StatusPulling         Status = "PULLING"
	StatusRunning         Status = "RUNNING"
	StatusRestarting      Status = "RESTARTING"
	StatusRunningDegraded Status = "RUNNING_DEGRADED"
	StatusTerminating     Status = "TERMINATING"
	StatusTerminated      Status = "TERMINATED"
	StatusError           Status = "ERROR"
	StatusCancelled       Status = "CANCELLED"

	StatusPrepared       Status = "PREPARED"       // since 24.12
	StatusCreating       Status = "CREATING"       // since 24.12
	StatusDeprioritizing Status = "DEPRIORITIZING" // since 26.x
	StatusReserved       Status = "RESERVED"       // since 26.8
	StatusPreempted      Status = "PREEMPTED"      // since 26.8
	StatusRescheduling   Status = "RESCHEDULING"   // since 26.8
)

// Phase groups the statuses by what they mean to a person.
type Phase int

// The phases of a session's life.
const (
	PhaseUnknown   Phase = iota // a status this version does not know
	PhaseWaiting                // accepted, no resources yet
	PhasePreparing              // resources given, not usable yet
	PhaseRunning                // usable
	PhaseEnding                 // being ended
	PhaseEnded                  // over; nothing occupied
	PhaseFailed                 // broken; needs a forced end
)

// Phase tells which phase s belongs to.
func (s Status) Phase() Phase {
	switch s {
	case StatusPending, StatusDeprioritizing, StatusRescheduling, StatusReserved:
		return PhaseWaiting
	case StatusScheduled, StatusPreparing, StatusPulling, StatusPrepared, StatusCreating, StatusRestarting:
		return PhasePreparing
	case StatusRunning, StatusRunningDegraded:
		return PhaseRunning
	case StatusTerminating, StatusPreempted:
		return PhaseEnding
	case StatusTerminated, StatusCancelled:
		return PhaseEnded
	case StatusError:
		return PhaseFailed
	}
	return PhaseUnknown
}

// Known reports whether this version of the package knows s.
func (s Status) Known() bool { return s.Phase() != PhaseUnknown }

// Ended reports whether a session in this status is over for good.
func (s Status) Ended() bool { return s.Phase() == PhaseEnded }

// JoinStatuses spells a list of statuses as the "status" argument of
// compute_session_list wants it: exact names, comma-separated, no spaces.
func JoinStatuses(list []Status) string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = string(s)
	}
	return strings.Join(names, ",")
}
