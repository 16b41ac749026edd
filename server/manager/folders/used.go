package folders

import (
	"context"
	"time"

	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// MeasureTime is how long a list waits for folders to be measured. Most take
// milliseconds; what is not known by then is shown as it was known before, and is
// measured for the next who asks.
const MeasureTime = 250 * time.Millisecond

// Used is what a folder held lately; known is false when ctx ends before it was
// measured for the first time. One on its way out holds nothing.
func (f *Folders) Used(ctx context.Context, folder store.Folder) (used storage.Usage, known bool) {
	id, err := placeOf(folder)
	if err != nil || !folder.Live() && folder.Status != store.FolderDeletePending {
		return storage.Usage{}, false
	}
	return f.Volume.FolderUsage(ctx, id)
}

// ScopeUsed is what all folders of a quota scope ("user:<uuid>" or
// "project:<uuid>") hold, and what its policy lets them hold, in bytes; 0 without a
// limit. A scope of nobody is not found, see [store.IsNotFound].
func (f *Folders) ScopeUsed(ctx context.Context, scope string) (used storage.Usage, known bool, limit int64, err error) {
	owner, err := storage.ParseOwner(scope)
	if err != nil {
		return used, false, 0, err
	}
	id := owner.ID.String()
	if owner.Kind == storage.OwnerProject {
		var policy store.ProjectPolicy
		policy, err = projectPolicy(ctx, f.Store, id)
		limit = policy.MaxQuotaScopeSize
	} else {
		limit, err = userLimit(ctx, f.Store, id)
	}
	if err != nil {
		return used, false, 0, err
	}
	wait, cancel := context.WithTimeout(ctx, MeasureTime)
	defer cancel()
	used, known = f.Volume.OwnerUsage(wait, owner)
	return used, known, max(limit, 0), nil
}

// userLimit is what a user's policy lets all own folders hold.
func userLimit(ctx context.Context, s *store.Store, userID string) (int64, error) {
	user, err := s.User(ctx, userID)
	if err != nil {
		return 0, err
	}
	policies, _, err := s.UserPolicies(ctx, store.PolicyQuery{Names: []string{user.ResourcePolicy}})
	if err != nil || len(policies) == 0 {
		return 0, err
	}
	return policies[0].MaxQuotaScopeSize, nil
}

// Disk is where the folders are, with the bytes of that disk.
func (f *Folders) Disk() (path string, used, capacity int64, err error) {
	used, capacity, err = f.Volume.DiskBytes()
	return f.Volume.Dir, used, capacity, err
}
