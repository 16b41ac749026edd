package store

import (
	"context"
	"database/sql"
)

// GiveFolder makes a user the owner of another user's folder. The name must be
// free for the new owner, who looks as v does; what they had been granted on the
// folder is taken back, being less than all, and so is what the old owner has
// offered to others.
func (s *Store) GiveFolder(ctx context.Context, id string, v Viewer, to User) (Folder, error) {
	edit := func(f *Folder) error {
		f.UserID, f.DomainName = to.ID, to.DomainName
		return nil
	}
	return change(ctx, s, "give folder", folderTable(), id, edit, func(tx *sql.Tx, _, after Folder) error {
		if err := nameFree(ctx, tx, v, id, after.Name); err != nil {
			return err
		}
		// Whoever was invited by the one before is not the new owner's guest.
		if err := run(ctx, tx, []any{InvitationCanceled, id, InvitationPending},
			"UPDATE vfolder_invitations SET state = ? WHERE vfolder_id = ? AND state = ?"); err != nil {
			return err
		}
		return run(ctx, tx, []any{id, to.ID}, "DELETE FROM vfolder_permissions WHERE vfolder_id = ? AND user_id = ?")
	})
}

// SharedFolders are those of a user that others were granted something on, by id
// and in the order of their making.
func (s *Store) SharedFolders(ctx context.Context, userID string) ([]Folder, error) {
	q := FolderQuery{UserID: userID}.query()
	q.and("f.live AND EXISTS (SELECT 1 FROM vfolder_permissions p WHERE p.vfolder_id = f.id)")
	found, _, err := list(ctx, s, "list shared folders", q, folderColumns, Page{}, scanFolder)
	return found, err
}

// MountedFolder reports whether a session that is not over has a folder of a
// user or project mounted.
func (s *Store) MountedFolder(ctx context.Context, userID, projectID string) (bool, error) {
	mounted, err := rows(ctx, s.read, `SELECT 1 FROM vfolders f JOIN sessions s ON NOT s.dead
		AND (instr(s.vfolder_mounts, f.id) OR instr(s.vfolder_mounts, replace(f.id, '-', ''))
			OR instr(s.mount_points, f.id) OR instr(s.mount_points, replace(f.id, '-', '')))
		WHERE f.user_id = ?1 OR f.project_id = ?2 LIMIT 1`, []any{orNull(userID), orNull(projectID)},
		func(r scanner) (n int, err error) { return n, r.Scan(&n) })
	return len(mounted) > 0, wrap("find mounted folders", err)
}
