package life

import (
	"fmt"
	"slices"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/store"
)

// What status_info says, as manager 24.09 spells it.
const (
	reasonScheduled   = "scheduled"
	reasonNoInstances = "no-available-instances"
	reasonPredicates  = "predicate-checks-failed"
	reasonPending     = "pending-timeout"
	reasonNotStarted  = "failed-to-start"
	reasonNotEnded    = "agent-error (destroy_session)"
	reasonUser        = "user-requested"
	reasonForced      = "force-terminated"
	reasonSelf        = "self-terminated"
	reasonTaskDone    = "task-finished"
	reasonTaskFailed  = "task-failed"
	// Ours: the original has no words for them.
	reasonMemory    = "out-of-memory"
	reasonProcesses = "too-many-processes"
	reasonDisk      = "out-of-disk"
	reasonLost      = "container-not-found"
)

// Results of batch sessions.
const (
	resultUndefined = "UNDEFINED"
	resultSuccess   = "SUCCESS"
	resultFailure   = "FAILURE"
)

// nextStatuses are the transitions of manager 24.09. A forced end may also
// reach TERMINATING from SCHEDULED.
func nextStatuses(from model.Status) []model.Status {
	const (
		scheduled, preparing, pulling = model.StatusScheduled, model.StatusPreparing, model.StatusPulling
		running, restarting, degraded = model.StatusRunning, model.StatusRestarting, model.StatusRunningDegraded
		ending, ended, cancelled      = model.StatusTerminating, model.StatusTerminated, model.StatusCancelled
		broken                        = model.StatusError
	)
	switch from {
	case model.StatusPending:
		return []model.Status{scheduled, ending, ended, broken, cancelled}
	case scheduled:
		return []model.Status{pulling, preparing, ending, ended, broken, cancelled}
	case pulling:
		return []model.Status{preparing, running, degraded, ended, broken, cancelled}
	case preparing:
		return []model.Status{pulling, running, degraded, ending, ended, broken, cancelled}
	case running:
		return []model.Status{restarting, degraded, ending, ended, broken}
	case restarting:
		return []model.Status{running, degraded, ending, ended, broken}
	case degraded:
		return []model.Status{running, ending, ended, broken}
	case ending:
		return []model.Status{ended, broken}
	case broken:
		return []model.Status{ending, ended}
	}
	return nil // TERMINATED and CANCELLED are for good
}

// move puts a session into a status and writes down when. It refuses what the
// table above does not have.
func move(s *store.Session, to model.Status, at time.Time) error {
	if !slices.Contains(nextStatuses(s.Status), to) {
		return fmt.Errorf("session %s cannot go from %s to %s", s.ID, s.Status, to)
	}
	s.Status, s.StatusChanged = to, at
	history, err := withEntry(s.StatusHistory, to, at)
	if err != nil {
		return err
	}
	s.StatusHistory = history
	switch {
	case to == model.StatusScheduled:
		s.ScheduledAt = at
	case to.Ended():
		s.TerminatedAt = at
	}
	return nil
}

// moveKernels puts all kernels of a session that are not over into a status.
func moveKernels(s *store.Session, to model.Status, info string, at time.Time) error {
	for i := range s.Kernels {
		k := &s.Kernels[i]
		if k.Status.Ended() {
			continue
		}
		k.Status, k.StatusChanged, k.StatusInfo = to, at, &info
		history, err := withEntry(k.StatusHistory, to, at)
		if err != nil {
			return err
		}
		k.StatusHistory = history
		switch {
		case to == model.StatusScheduled:
			k.ScheduledAt = at
		case to.Ended():
			k.TerminatedAt = at
		}
	}
	return nil
}

// withEntry adds a status to a status_history.
func withEntry(history store.JSON, status model.Status, at time.Time) (store.JSON, error) {
	entries := map[model.Status]string{}
	if err := history.Decode(&entries); err != nil {
		return "", fmt.Errorf("status history: %w", err)
	}
	entries[status] = api.ISO(at)
	return store.ToJSON(entries), nil
}

// say sets the session's status_info.
func say(s *store.Session, info string) { s.StatusInfo = &info }
