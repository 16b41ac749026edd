package life

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// ErrNotNow is why [Engine.Destroy] refuses: in its present status a session
// can only be ended by force.
var ErrNotNow = errors.New("life: the session cannot be ended in its present status without force")

// Destroy begins the end of a session and returns the last metrics of its main
// kernel, as the answer of a destroy call wants them. One that waits is
// cancelled at once; one that runs is TERMINATING until its processes are gone.
// Force is needed while it is prepared, is already ending, or is in ERROR. An
// ended session is not found.
func (e *Engine) Destroy(ctx context.Context, id string, forced bool) (map[string]any, error) {
	reason := reasonUser
	if forced {
		reason = reasonForced
	}
	return e.destroy(ctx, id, forced, reason, nil)
}

// EndAll ends all sessions by force, as [Engine.Destroy] does. What fails for one
// keeps none of the others.
func (e *Engine) EndAll(ctx context.Context) error {
	live, err := e.store.Live(ctx)
	errs := []error{err}
	for _, s := range live {
		if _, err := e.Destroy(ctx, s.ID, true); err != nil && !store.IsNotFound(err) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// destroy is Destroy for a reason; first, unless it is nil, is what else becomes
// of the session, in the same step.
func (e *Engine) destroy(ctx context.Context, id string, forced bool, reason string, first func(*store.Session)) (map[string]any, error) {
	var before model.Status
	s, err := e.update(ctx, id, func(s *store.Session) error {
		before = s.Status
		if first != nil {
			first(s)
		}
		switch s.Status {
		case model.StatusPending:
			return cancel(s, reason, e.instant())
		case model.StatusTerminated, model.StatusCancelled:
			return &store.Error{Kind: store.KindNotFound, Op: "destroy", Cause: errors.New("the session is over")}
		case model.StatusTerminating:
			if !forced {
				return ErrNotNow
			}
			return store.ErrUnchanged
		case model.StatusRunning, model.StatusRestarting, model.StatusRunningDegraded:
		default:
			if !forced {
				return ErrNotNow
			}
		}
		return ending(s, reason, e.instant())
	})
	if err != nil {
		return nil, err
	}
	e.log.Info("session is being ended", "session", id, "was", string(before), "forced", forced)
	stats := map[string]any{"status": "terminated"}
	switch before {
	case model.StatusPending:
		e.poke()
		return stats, nil
	case model.StatusTerminating:
		e.spawnFor(id, func(ctx context.Context) { e.kill(ctx, s) })
	default:
		e.cutShort(id)
		grace := e.grace
		if forced {
			grace = 0
		}
		e.spawnFor(id, func(ctx context.Context) { e.finish(ctx, id, grace) })
	}
	if main := s.Main(); main != nil {
		for name, metric := range e.node.Stats(main.ID) {
			stats[name] = metric
		}
		if len(stats) > 1 {
			stats["version"] = 2
		}
	}
	return stats, nil
}

// cancel ends a session that never ran. It keeps why it waited; its kernels say
// who ended it.
func cancel(s *store.Session, reason string, at time.Time) error {
	if err := move(s, model.StatusCancelled, at); err != nil {
		return err
	}
	return moveKernels(s, model.StatusCancelled, reason, at)
}

// ending begins the end of a session. Its kernels carry the reason until the
// session itself may say it.
func ending(s *store.Session, reason string, at time.Time) error {
	if err := move(s, model.StatusTerminating, at); err != nil {
		return err
	}
	say(s, "")
	s.StatusData = "{}"
	return moveKernels(s, model.StatusTerminating, reason, at)
}

// kill hurries the end of a session that is ending already.
func (e *Engine) kill(ctx context.Context, s *store.Session) {
	for _, k := range s.Kernels {
		if _, err := e.node.Destroy(ctx, k.ID, 0); err != nil {
			e.log.Debug("hurrying an end failed", "kernel", k.ID, "error", err)
		}
	}
	e.finish(ctx, s.ID, 0) // no effect while, or after, another one does it
}

// ended is what to do when a kernel ended without being told to.
func (e *Engine) ended(ctx context.Context, kernelID string, exit node.Exit) {
	id, err := e.store.SessionOfKernel(ctx, kernelID)
	if err != nil {
		if store.IsNotFound(err) {
			e.remove(ctx, kernelID)
			return
		}
		e.problem(ctx, "looking for the session of an ended kernel failed", kernelID, err)
		return
	}
	unlock := e.locks.lock(id) // a start under way comes first
	if on, there := e.known()[kernelID]; there && on.State == node.StateRunning {
		unlock()
		return // it was started anew since, which removed the one that ended
	}
	_, err = e.update(ctx, id, func(s *store.Session) error {
		if s.Dead() || s.Status == model.StatusTerminating || s.Status == model.StatusPending {
			return store.ErrUnchanged
		}
		if exit.Reason == node.EndLost && s.Status.Phase() == model.PhasePreparing {
			return store.ErrUnchanged // nobody has seen it run: it is started anew
		}
		reason, result := verdictOf(s, kernelID, exit)
		s.Result = result
		for i := range s.Kernels {
			if s.Kernels[i].ID == kernelID {
				s.Kernels[i].ExitCode = &exit.Code
			}
		}
		return ending(s, reason, e.instant())
	})
	unlock()
	if err != nil {
		e.problem(ctx, "recording the end of a kernel failed", id, err)
		return
	}
	e.finish(ctx, id, 0)
}

// verdictOf tells why a session ended by itself, and with what result. It ends
// with the first of its kernels; only the main one can end well.
func verdictOf(s *store.Session, kernelID string, exit node.Exit) (reason, result string) {
	batch := s.Type == model.TypeBatch
	main := s.Main()
	limits := map[node.EndReason]string{node.EndMemory: reasonMemory, node.EndProcesses: reasonProcesses, node.EndDisk: reasonDisk}
	switch {
	case limits[exit.Reason] != "" && batch:
		return limits[exit.Reason], resultFailure
	case limits[exit.Reason] != "":
		return limits[exit.Reason], resultUndefined
	case exit.Reason == node.EndLost:
		return reasonLost, resultUndefined
	case exit.Reason == node.EndDestroyed:
		return reasonUser, resultUndefined
	case batch && exit.Code == 0 && main != nil && main.ID == kernelID:
		return reasonTaskDone, resultSuccess
	case batch:
		return reasonTaskFailed, resultFailure
	}
	return reasonSelf, resultUndefined
}

// finish makes the end of a TERMINATING session true: no process is left, what
// they wrote and used is kept, their files are gone. Then it is TERMINATED.
func (e *Engine) finish(ctx context.Context, id string, grace time.Duration) {
	unlock := e.locks.lock(id)
	defer unlock()
	s, err := e.store.Session(ctx, id)
	if err != nil || s.Status != model.StatusTerminating {
		if err != nil {
			e.problem(ctx, "reading an ending session failed", id, err)
		}
		return
	}
	exits := map[string]node.Exit{}
	for _, k := range s.Kernels {
		exit, err := e.end(ctx, k.ID, grace)
		if ctx.Err() != nil || errors.Is(err, node.ErrClosed) {
			return // taken up at the next start
		}
		if err != nil {
			e.broken(ctx, id, err, holding)
			return
		}
		exits[k.ID] = exit
		if err := e.keepLog(ctx, k.ID); err != nil {
			e.problem(ctx, "keeping a log failed", id, err)
		}
	}
	_, err = e.update(ctx, id, func(s *store.Session) error { return e.over(s, exits) })
	if err != nil {
		e.problem(ctx, "ending a session failed", id, err)
		return
	}
	for _, k := range s.Kernels {
		e.remove(ctx, k.ID)
	}
	e.log.Info("session ended", "session", id)
	e.poke()
}

// kernelEnd is the status_data of an ended kernel.
type kernelEnd struct {
	Kernel struct {
		ExitCode int `json:"exit_code"`
	} `json:"kernel"`
	Session struct {
		Status string `json:"status"`
	} `json:"session"`
}

// over makes a session TERMINATED with how its kernels ended.
func (e *Engine) over(s *store.Session, exits map[string]node.Exit) error {
	if s.Status != model.StatusTerminating {
		return store.ErrUnchanged
	}
	at := e.instant()
	for i := range s.Kernels {
		k := &s.Kernels[i]
		exit := exits[k.ID]
		reason := reasonUser
		if k.StatusInfo != nil {
			reason = *k.StatusInfo
		}
		var data kernelEnd
		data.Kernel.ExitCode, data.Session.Status = exit.Code, "terminating"
		code := exit.Code
		k.ExitCode, k.StatusData = &code, store.ToJSON(data)
		if exit.Stats != nil {
			k.LastStat = store.ToJSON(exit.Stats)
		}
		history, err := withEntry(k.StatusHistory, model.StatusTerminated, at)
		if err != nil {
			return err
		}
		k.Status, k.StatusChanged, k.TerminatedAt, k.StatusHistory = model.StatusTerminated, at, at, history
		if k.ClusterRole == roleMain {
			say(s, reason)
		}
	}
	s.StatusData = "{}"
	return move(s, model.StatusTerminated, at)
}

// end ends a kernel on the node. One that the node does not have ended in a way
// that nobody knows.
func (e *Engine) end(ctx context.Context, kernelID string, grace time.Duration) (node.Exit, error) {
	exit, err := e.node.Destroy(ctx, kernelID, grace)
	if errors.Is(err, node.ErrUnknown) {
		return node.Exit{Code: -1, Reason: node.EndLost, At: e.instant()}, nil
	}
	return exit, err
}

// keepLog stores what an ended kernel wrote.
func (e *Engine) keepLog(ctx context.Context, kernelID string) error {
	log, cut, err := e.node.Log(ctx, kernelID, LogLimit)
	if errors.Is(err, node.ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	return e.store.PutLog(ctx, kernelID, log, cut)
}

func (e *Engine) remove(ctx context.Context, kernelID string) {
	if err := e.node.Remove(ctx, kernelID); err != nil && !errors.Is(err, node.ErrUnknown) {
		e.log.Warn("removing an ended kernel failed", "kernel", kernelID, "error", err)
	}
}

// Log is what the processes of a kernel wrote, at most [LogLimit] bytes from
// the end; cut says that there was more. It works for ended kernels too. A
// kernel that never ran wrote nothing: not found.
func (e *Engine) Log(ctx context.Context, k store.Kernel) (log []byte, cut bool, err error) {
	log, cut, err = e.store.Log(ctx, k.ID)
	if err == nil || !store.IsNotFound(err) {
		return log, cut, err
	}
	log, cut, nodeErr := e.node.Log(ctx, k.ID, LogLimit)
	if errors.Is(nodeErr, node.ErrUnknown) {
		return nil, false, err
	}
	return log, cut, nodeErr
}

// LastStats are the metrics of a kernel: the current ones while it lives, those
// kept from its end after. Null when there are none.
func (e *Engine) LastStats(k store.Kernel) json.RawMessage {
	if k.LastStat != "" {
		return json.RawMessage(k.LastStat)
	}
	if m := e.node.Stats(k.ID); m != nil {
		return json.RawMessage(store.ToJSON(m))
	}
	return json.RawMessage("null")
}
