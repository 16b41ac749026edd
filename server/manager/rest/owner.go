package rest

import (
	"errors"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/life"
	"github.com/baiui/baiui/server/manager/owner"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

// owner is on whose behalf a request acts: the caller, or whom an admin names.
func (h *Handler) owner(r *request, accessKey *string) (store.Identity, error) {
	return owner.Of(r.Context(), h.Store, r.caller, accessKey)
}

// sessionOf finds the session that a path names, of the caller or of the owner
// for whom it acts; dead as in findSession.
func (h *Handler) sessionOf(r *request, ownerKey *string, dead bool) (*store.Session, error) {
	owner, err := h.owner(r, ownerKey)
	if err != nil {
		return nil, err
	}
	return h.findSession(r, owner.KeyPair.AccessKey, r.PathValue("name"), dead)
}

// findSession finds a session of a key pair by id or by exact name. Sessions
// that are over are found only if dead says so, and give way to a live one.
func (h *Handler) findSession(r *request, accessKey, name string, dead bool) (*store.Session, error) {
	q := store.SessionQuery{AccessKey: accessKey, WithKernels: true, Page: store.Page{Limit: 11}}
	if id, err := uuid.Parse(name); err == nil {
		q.IDs = []string{id.String()}
	} else {
		q.Name = name
	}
	found, _, err := h.Store.Sessions(r.Context(), q)
	if err != nil {
		return nil, err
	}
	var live, over []*store.Session
	for _, s := range found {
		if s.Dead() {
			over = append(over, s)
		} else {
			live = append(live, s)
		}
	}
	if len(live) == 1 {
		return live[0], nil
	}
	if dead && len(over) == 1 {
		return over[0], nil
	}
	if dead && len(over) > 1 {
		return nil, problem.TooManySessions(matchesOf(over))
	}
	return nil, problem.NoSession(name)
}

// notNow turns "not in its present status" into the refusal p.
func notNow(err error, p *problem.Problem) error {
	if errors.Is(err, life.ErrNotNow) {
		return p
	}
	return err
}
