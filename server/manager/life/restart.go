package life

import (
	"context"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

// Restart ends the processes of a running session and starts them again with
// the same homes. It returns when they run; [ErrNotNow] when the session does
// not run.
func (e *Engine) Restart(ctx context.Context, id string) error {
	unlock := e.locks.lock(id)
	defer unlock()
	s, err := e.update(ctx, id, func(s *store.Session) error {
		if s.Status != model.StatusRunning {
			return ErrNotNow
		}
		return move(s, model.StatusRestarting, e.instant())
	})
	if err != nil {
		return err
	}
	for _, k := range s.Kernels {
		if err := e.node.Restart(ctx, k.ID); err != nil {
			e.log.Error("restarting a kernel failed", "kernel", k.ID, "error", err)
			e.restarted(context.WithoutCancel(ctx), id)
			return err
		}
	}
	e.restarted(context.WithoutCancel(ctx), id)
	return nil
}

// restarted brings a session back to RUNNING; if a kernel did not survive, its
// end is reported by the node.
func (e *Engine) restarted(ctx context.Context, id string) {
	_, err := e.update(ctx, id, func(s *store.Session) error {
		if s.Status != model.StatusRestarting {
			return store.ErrUnchanged
		}
		return move(s, model.StatusRunning, e.instant())
	})
	if err != nil {
		e.problem(ctx, "ending a restart failed", id, err)
	}
}

// Rename gives a running session another name. A name that another live session
// of the key pair has is a conflict.
func (e *Engine) Rename(ctx context.Context, id, name string) error {
	_, err := e.update(ctx, id, func(s *store.Session) error {
		if s.Status != model.StatusRunning {
			return ErrNotNow
		}
		s.Name = name
		return nil
	})
	return err
}
