package folders

import (
	"context"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/store"
)

// Purge removes all folders of a user or project, in the trash or not, for good:
// what must be done before its row can be removed. A folder that a session has
// mounted makes it fail with [store.ErrInUse], before anything is removed.
func (f *Folders) Purge(ctx context.Context, userID, projectID string) error {
	mounted, err := f.Store.MountedFolder(ctx, userID, projectID)
	if err != nil {
		return err
	}
	if mounted {
		return store.ErrInUse
	}
	rows, _, err := f.Store.Folders(ctx, store.FolderQuery{UserID: userID, ProjectID: projectID})
	if err != nil {
		return err
	}
	for _, row := range rows {
		row, err := f.Store.TrashFolder(ctx, row.ID, f.Now(), func(row *store.Folder) error {
			f.to(store.FolderDeleteOngoing)(row)
			return nil
		})
		if err != nil {
			return err
		}
		if err := f.finishDelete(ctx, row); err != nil {
			return err
		}
		if err := f.Store.RemoveFolder(ctx, row.ID); err != nil {
			return err
		}
	}
	return nil
}

// Inherit makes a user the owner of what another shares with people. A folder
// whose name the heir has in use gets a suffix, as in manager 24.09.
func (f *Folders) Inherit(ctx context.Context, userID string, heir store.User) error {
	shared, err := f.Store.SharedFolders(ctx, userID)
	if err != nil {
		return err
	}
	v := viewer(api.Caller{UserID: heir.ID, Role: heir.Role, DomainName: heir.DomainName})
	for _, row := range shared {
		_, err := f.Store.GiveFolder(ctx, row.ID, v, heir)
		if store.NameTaken(err) {
			name := row.Name + "-" + uuid.NewString()[:8]
			if _, err = f.Store.ChangeFolder(ctx, row.ID, nil, func(row *store.Folder) error { row.Name = name; return nil }); err == nil {
				_, err = f.Store.GiveFolder(ctx, row.ID, v, heir)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
