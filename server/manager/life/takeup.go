package life

import (
	"context"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// takeUp compares the store with the node. It continues what an earlier run of
// the server left, and what an error interrupted: sessions whose
// kernels still run are adopted, the others are told as what became of them, and
// kernels that belong to no live session are ended.
func (e *Engine) takeUp(ctx context.Context) error {
	// A session is stored before its kernels are made and has them while it
	// runs. So strays are looked for among what was there before the sessions
	// were read, and missing kernels after.
	strays := e.known()
	live, err := e.store.Live(ctx)
	if err != nil {
		return err
	}
	known := e.known()
	wanted := map[string]bool{}
	for _, s := range live {
		for _, k := range s.Kernels {
			wanted[k.ID] = true
		}
		if !e.isBusy(s.ID) {
			e.takeUpSession(ctx, s, known)
		}
	}
	for id := range strays {
		if wanted[id] || e.isBusy(id) {
			continue
		}
		e.log.Warn("ending a kernel that belongs to no live session", "kernel", id)
		e.spawnFor(id, func(ctx context.Context) {
			if _, err := e.node.Destroy(ctx, id, 0); err != nil {
				e.log.Error("ending a kernel failed", "kernel", id, "error", err)
				return
			}
			e.remove(ctx, id)
		})
	}
	return nil
}

func (e *Engine) takeUpSession(ctx context.Context, s *store.Session, known map[string]node.Kernel) {
	switch s.Status {
	case model.StatusScheduled, model.StatusPreparing:
		if k, exit := gone(s, known); k != nil && exit.Reason != node.EndLost {
			// It was created and has ended before it could be called RUNNING.
			e.spawnFor(s.ID, func(ctx context.Context) { e.ended(ctx, k.ID, exit) })
			return
		}
		e.spawnFor(s.ID, func(ctx context.Context) { e.start(ctx, s.ID) })
	case model.StatusRunning, model.StatusRunningDegraded, model.StatusRestarting:
		e.watchLimit(s)
		if k, exit := gone(s, known); k != nil {
			e.spawnFor(s.ID, func(ctx context.Context) { e.ended(ctx, k.ID, exit) })
			return
		}
		if s.Status == model.StatusRestarting {
			e.restarted(ctx, s.ID)
		}
	case model.StatusTerminating:
		e.spawnFor(s.ID, func(ctx context.Context) { e.finish(ctx, s.ID, e.grace) })
	}
}

// gone finds a kernel of the session that does not run, the main one first, and
// how it ended.
func gone(s *store.Session, known map[string]node.Kernel) (*store.Kernel, node.Exit) {
	for i := range s.Kernels {
		k := &s.Kernels[i]
		on, there := known[k.ID]
		switch {
		case !there:
			return k, node.Exit{Code: -1, Reason: node.EndLost}
		case on.State == node.StateEnded:
			exit := node.Exit{Code: -1, Reason: node.EndLost}
			if on.Exit != nil {
				exit = *on.Exit
			}
			return k, exit
		}
	}
	return nil, node.Exit{}
}
