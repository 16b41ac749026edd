package rest

import (
	"context"
	"sync"
	"time"

	"github.com/baiui/baiui/server/manager/idle"
	"github.com/baiui/baiui/server/manager/store"
)

// uses collects how often key pairs and sessions are used, so that not every call
// writes to the disk. The zero value is ready.
type uses struct {
	mu       sync.Mutex
	keys     map[string]store.Use
	sessions map[string]int // how often, by id
}

func (u *uses) add(accessKey string, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.keys == nil {
		u.keys = map[string]store.Use{}
	}
	use := u.keys[accessKey]
	use.Count++
	use.Last = now
	u.keys[accessKey] = use
}

func (u *uses) addSession(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.sessions == nil {
		u.sessions = map[string]int{}
	}
	u.sessions[id]++
}

func (u *uses) take() (keys map[string]store.Use, sessions map[string]int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	keys, sessions = u.keys, u.sessions
	u.keys, u.sessions = nil, nil
	return keys, sessions
}

// SaveUses writes what was collected to the counters of key pairs and sessions.
// What cannot be written is dropped: the counters are for information.
func (h *Handler) SaveUses(ctx context.Context) error {
	keys, sessions := h.uses.take()
	if len(keys)+len(sessions) == 0 {
		return nil
	}
	return h.Store.RecordUse(ctx, keys, sessions)
}

// touch notes a use of a session: for its idle checks, and its counter of
// queries.
func (h *Handler) touch(session string) {
	h.Activity.Touch(session)
	h.uses.addSession(session)
}

// connect is touch for a use that lasts; close what it gives.
func (h *Handler) connect(session string) *idle.Connection {
	h.uses.addSession(session)
	return h.Activity.Open(session)
}
