package store

import (
	"context"
	"database/sql"
	"time"
)

// FolderShare is what a user was granted on a folder.
type FolderShare struct {
	FolderID     string
	FolderName   string
	FolderStatus string
	OwnerID      string // user or project
	OfProject    bool
	UserID       string
	UserEmail    string
	Permission   string
}

// FolderShareQuery selects shares. Aliases: p (vfolder_permissions), f
// (vfolders), u (those granted to).
type FolderShareQuery struct {
	FolderID string
	UserID   string // granted to
	// Owner is a user who granted: on own folders, and on those of projects that
	// the viewer administers.
	Owner *Viewer
	Page
}

// FolderShares lists shares by folder and address.
func (s *Store) FolderShares(ctx context.Context, f FolderShareQuery) ([]FolderShare, int, error) {
	q := query{from: `vfolder_permissions p JOIN vfolders f ON f.id = p.vfolder_id JOIN users u ON u.uuid = p.user_id`,
		order: "f.created_at, f.id, u.email"}
	q.equal("p.vfolder_id", f.FolderID)
	q.equal("p.user_id", f.UserID)
	if v := f.Owner; v != nil {
		switch {
		case v.AllProjects:
			q.and("(f.user_id = ? OR f.project_id IS NOT NULL)", v.UserID)
		case v.ProjectsOf != "":
			q.and("(f.user_id = ? OR f.project_id IS NOT NULL AND f.domain_name = ?)", v.UserID, v.ProjectsOf)
		default:
			q.and("f.user_id = ?", v.UserID)
		}
	}
	const columns = `f.id, f.name, f.status, coalesce(f.user_id, f.project_id), f.project_id IS NOT NULL, u.uuid, u.email, p.permission`
	return list(ctx, s, "list shares", q, columns, f.Page, func(r scanner) (x FolderShare, err error) {
		return x, r.Scan(&x.FolderID, &x.FolderName, &x.FolderStatus, &x.OwnerID, &x.OfProject, &x.UserID, &x.UserEmail, &x.Permission)
	})
}

// ShareFolder grants a permission on a folder to users, replacing what they had.
func (s *Store) ShareFolder(ctx context.Context, folderID, permission string, userIDs []string) error {
	return s.tx(ctx, "share folder", func(tx *sql.Tx) error {
		for _, user := range userIDs {
			err := run(ctx, tx, []any{folderID, user, permission}, `INSERT INTO vfolder_permissions (vfolder_id, user_id, permission)
				VALUES (?, ?, ?) ON CONFLICT (vfolder_id, user_id) DO UPDATE SET permission = excluded.permission`)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// UnshareFolder takes back what users were granted; those without a share are
// left out. It returns the users who had one.
func (s *Store) UnshareFolder(ctx context.Context, folderID string, userIDs []string) (had []string, err error) {
	err = s.tx(ctx, "unshare folder", func(tx *sql.Tx) error {
		for _, user := range userIDs {
			r, err := tx.ExecContext(ctx, "DELETE FROM vfolder_permissions WHERE vfolder_id = ? AND user_id = ?", folderID, user)
			if err != nil {
				return err
			}
			if n, err := r.RowsAffected(); err != nil {
				return err
			} else if n > 0 {
				had = append(had, user)
			}
		}
		return nil
	})
	return had, err
}

// The states of an invitation.
const (
	InvitationPending  = "pending"
	InvitationCanceled = "canceled"
	InvitationAccepted = "accepted"
	InvitationRejected = "rejected"
)

// FolderInvitation asks a user to take a share of a folder.
type FolderInvitation struct {
	ID         string // uuid
	FolderID   string
	FolderName string // read only
	Inviter    string // e-mail address
	Invitee    string // e-mail address
	Permission string
	State      string
	CreatedAt  time.Time
	ModifiedAt time.Time // zero: never
}

const invitationSelect = `SELECT i.id, i.vfolder_id, f.name, i.inviter, i.invitee, i.permission, i.state, i.created_at, i.modified_at
	FROM vfolder_invitations i JOIN vfolders f ON f.id = i.vfolder_id `

func scanInvitation(r scanner) (i FolderInvitation, err error) {
	return i, r.Scan(&i.ID, &i.FolderID, &i.FolderName, &i.Inviter, &i.Invitee, &i.Permission, &i.State,
		timeColumn{&i.CreatedAt}, timeColumn{&i.ModifiedAt})
}

// ReceivedInvitations lists what waits for a user's answer, oldest first.
func (s *Store) ReceivedInvitations(ctx context.Context, email string) ([]FolderInvitation, error) {
	return s.invitations(ctx, "i.invitee = ?", email)
}

// SentInvitations lists a user's invitations that wait for an answer.
func (s *Store) SentInvitations(ctx context.Context, email string) ([]FolderInvitation, error) {
	return s.invitations(ctx, "i.inviter = ?", email)
}

func (s *Store) invitations(ctx context.Context, where, email string) ([]FolderInvitation, error) {
	items, err := rows(ctx, s.read, invitationSelect+"WHERE i.state = 'pending' AND "+where+" ORDER BY i.created_at, i.id",
		[]any{email}, scanInvitation)
	return items, wrap("list invitations", err)
}

// Invite adds invitations and returns those who were invited: users who have an
// unanswered one to the same folder keep that and are left out.
func (s *Store) Invite(ctx context.Context, invitations []FolderInvitation) (invited []string, err error) {
	err = s.tx(ctx, "invite", func(tx *sql.Tx) error {
		for _, i := range invitations {
			r, err := tx.ExecContext(ctx, `INSERT INTO vfolder_invitations (id, vfolder_id, inviter, invitee, permission, state, created_at)
				VALUES (?, ?, ?, ?, ?, 'pending', ?) ON CONFLICT DO NOTHING`,
				i.ID, i.FolderID, i.Inviter, i.Invitee, i.Permission, Micros(i.CreatedAt))
			if err != nil {
				return err
			}
			if n, err := r.RowsAffected(); err != nil {
				return err
			} else if n > 0 {
				invited = append(invited, i.Invitee)
			}
		}
		return nil
	})
	return invited, err
}

// ChangeInvitation changes state or permission of an invitation that waits for
// its answer. Accepting it grants the permission to v, to whom no other folder
// of the name may be visible ([ErrNameTaken]).
func (s *Store) ChangeInvitation(ctx context.Context, id string, v Viewer, now time.Time, edit func(*FolderInvitation) error) (FolderInvitation, error) {
	t := table[FolderInvitation]{"vfolder_invitations", invitationSelect + "WHERE i.state = 'pending' AND f.live AND i.id = ?",
		"id = ?", scanInvitation, func(i FolderInvitation) cells {
			return cells{{"permission", i.Permission}, {"state", i.State}, {"modified_at", Micros(now)}}
		}}
	return change(ctx, s, "answer invitation", t, id, edit, func(tx *sql.Tx, _, after FolderInvitation) error {
		if after.State != InvitationAccepted {
			return nil
		}
		if err := nameFree(ctx, tx, v, after.FolderID, after.FolderName); err != nil {
			return err
		}
		return run(ctx, tx, []any{after.FolderID, v.UserID, after.Permission}, `INSERT INTO vfolder_permissions (vfolder_id, user_id, permission)
			VALUES (?, ?, ?) ON CONFLICT (vfolder_id, user_id) DO UPDATE SET permission = excluded.permission`)
	})
}
