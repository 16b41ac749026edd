package life

import (
	"context"
	"slices"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

// giveUp cancels the sessions that have waited for as long as their resource
// group lets them (pending_timeout of its scheduler_opts), and gives the others.
// A session waits from the time it may start at.
func (e *Engine) giveUp(ctx context.Context, queue []*store.Session) ([]*store.Session, error) {
	groups, _, err := e.store.ScalingGroups(ctx, store.ScalingGroupQuery{})
	if err != nil {
		return nil, err
	}
	limits := map[string]time.Duration{}
	for _, g := range groups {
		options, err := g.Options()
		if err != nil {
			return nil, err
		}
		limits[g.Name] = options.PendingLimit()
	}
	now := e.now()
	var over []*store.Session
	queue = slices.DeleteFunc(queue, func(s *store.Session) bool {
		since := s.CreatedAt
		if s.StartsAt.After(since) {
			since = s.StartsAt
		}
		limit := limits[s.ScalingGroup]
		gone := limit > 0 && now.Sub(since) >= limit
		if gone {
			over = append(over, s)
		}
		return gone
	})
	for _, s := range over {
		_, err := e.update(ctx, s.ID, func(s *store.Session) error {
			if s.Status != model.StatusPending {
				return store.ErrUnchanged // cancelled a moment ago
			}
			if err := cancel(s, reasonPending, e.instant()); err != nil {
				return err
			}
			say(s, reasonPending)
			return nil
		})
		if err != nil {
			return nil, err
		}
		e.log.Info("session waited for too long", "session", s.ID)
	}
	return queue, nil
}
