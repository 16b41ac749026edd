package life

import (
	"context"
	"errors"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

// Expire ends a running session that is over one of its limits; the reason is
// what its status_info will say. A batch session that has to be ended has failed.
func (e *Engine) Expire(ctx context.Context, id, reason string) error {
	_, err := e.destroy(ctx, id, false, reason, func(s *store.Session) {
		if s.Type == model.TypeBatch && s.Status == model.StatusRunning {
			s.Result = resultFailure
		}
	})
	if errors.Is(err, ErrNotNow) || store.IsNotFound(err) {
		return nil // somebody else is at it
	}
	return err
}

// Warn tells those who listen that a session is about to be ended for a reason.
// Manager 24.09 has no such event; clients leave out what they do not know.
func (e *Engine) Warn(s *store.Session, reason string) {
	e.events.publish(Event{Name: "session_idle_warning", Reason: reason, SessionID: s.ID, Session: s.Name,
		AccessKey: s.AccessKey, DomainName: s.DomainName, ProjectID: s.ProjectID})
}
