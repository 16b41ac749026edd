package rest

import (
	"context"
	"sync"
	"time"

	"github.com/baiui/baiui/server/manager/store"
)

// uses collects how often key pairs are used, so that not every call writes to
// the disk. The zero value is ready.
type uses struct {
	mu   sync.Mutex
	seen map[string]store.Use
}

func (u *uses) add(accessKey string, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.seen == nil {
		u.seen = map[string]store.Use{}
	}
	use := u.seen[accessKey]
	use.Count++
	use.Last = now
	u.seen[accessKey] = use
}

func (u *uses) take() map[string]store.Use {
	u.mu.Lock()
	defer u.mu.Unlock()
	seen := u.seen
	u.seen = nil
	return seen
}

// SaveUses writes what was collected to the key pairs' counters. What cannot be
// written is dropped: the counters are for information.
func (h *Handler) SaveUses(ctx context.Context) error {
	if seen := h.uses.take(); len(seen) > 0 {
		return h.Store.RecordUse(ctx, seen)
	}
	return nil
}
