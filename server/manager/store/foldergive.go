package store

import (
	"context"
	"database/sql"
)

// GiveFolder makes a user the owner of another user's folder. The name must be
// free for the new owner, who looks as v does; what they had been granted on the
// folder is taken back, being less than all.
func (s *Store) GiveFolder(ctx context.Context, id string, v Viewer, to User) (Folder, error) {
	edit := func(f *Folder) error {
		f.UserID, f.DomainName = to.ID, to.DomainName
		return nil
	}
	return change(ctx, s, "give folder", folderTable(), id, edit, func(tx *sql.Tx, _, after Folder) error {
		if err := nameFree(ctx, tx, v, id, after.Name); err != nil {
			return err
		}
		return run(ctx, tx, []any{id, to.ID}, "DELETE FROM vfolder_permissions WHERE vfolder_id = ? AND user_id = ?")
	})
}
