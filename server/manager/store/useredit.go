package store

import (
	"context"
	"database/sql"
	"errors"
)

// Why a change of users and what belongs to them is refused. They are causes of
// an [*Error].
var (
	// ErrLastSuperadmin: nobody could administer the cluster afterwards.
	ErrLastSuperadmin = errors.New("the last active superadmin must stay")
	// ErrMainKey: the key pair is the main one of its user.
	ErrMainKey = errors.New("the key pair is the main one of its user")
	// ErrForeignKey: the main key pair must be the user's own.
	ErrForeignKey = errors.New("the key pair belongs to another user")
	// ErrInUse: sessions that are not over hold it.
	ErrInUse = errors.New("sessions that are not over hold it")
	// ErrNotEmpty: users or projects belong to it.
	ErrNotEmpty = errors.New("users or projects belong to it")
	// ErrHasFolders: folders belong to it, whose content must not go unasked.
	ErrHasFolders = errors.New("folders belong to it")
	// ErrStranger: a user or project of another domain.
	ErrStranger = errors.New("no such user or project in the domain")
)

// NewUser is a user with the first key pair, which becomes the main one.
type NewUser struct {
	User          User
	KeyPair       KeyPair
	SSHPrivateKey string   // to KeyPair.SSHPublicKey
	Projects      []string // ids; those of other domains are left out
}

// AddUser adds a user, the first key pair and the memberships, also in the
// domain's model stores.
func (s *Store) AddUser(ctx context.Context, n NewUser) error {
	return s.tx(ctx, "add user", func(tx *sql.Tx) error {
		n.User.MainAccessKey = n.KeyPair.AccessKey
		if err := userCells(n.User).insert(ctx, tx, "users"); err != nil {
			return err
		}
		n.KeyPair.UserID = n.User.ID
		if err := insertKeyPair(ctx, tx, n.KeyPair, n.SSHPrivateKey); err != nil {
			return err
		}
		return join(ctx, tx, n.User, n.Projects)
	})
}

// join makes a user a member of projects and of the model stores, as far as
// they are of the user's domain.
func join(ctx context.Context, tx *sql.Tx, u User, projects []string) error {
	text := "INSERT OR IGNORE INTO project_members (project_id, user_id) SELECT id, ? FROM projects WHERE domain_name = ? AND (type = 'MODEL_STORE'"
	args := []any{u.ID, u.DomainName}
	if len(projects) > 0 {
		text += " OR id IN (" + marks(len(projects)) + ")"
		args = append(args, anys(projects)...)
	}
	_, err := tx.ExecContext(ctx, text+")", args...)
	return err
}

// UserEdit is what a change of a user may set.
type UserEdit struct {
	User
	// Projects, where not nil, are all the projects the user shall belong to;
	// those of other domains are left out.
	Projects *[]string
}

const userByEmail = "SELECT " + userColumns + " FROM users u WHERE u.email = ?"

// ChangeUser changes the user of an e-mail address. A user who moves to another
// domain leaves the projects of the old one; the key pairs of a user who becomes
// or stops being an admin follow. [ErrLastSuperadmin] and [ErrForeignKey] refuse
// the change.
func (s *Store) ChangeUser(ctx context.Context, email string, edit func(*UserEdit) error) (User, error) {
	var projects *[]string
	var revoked Revocation
	t := table[User]{"users", userByEmail, "email = ?", scanUser, userCells}
	user, err := change(ctx, s, "change user", t, email, func(u *User) error {
		e := UserEdit{User: *u}
		err := edit(&e)
		*u, projects = e.User, e.Projects
		return err
	}, func(tx *sql.Tx, before, after User) (err error) {
		if revoked, err = revocationOf(ctx, tx, before, after); err != nil {
			return err
		}
		if after.MainAccessKey != before.MainAccessKey {
			own, err := exists(ctx, tx, "SELECT 1 FROM keypairs WHERE access_key = ? AND user_id = ?", after.MainAccessKey, after.ID)
			if err != nil {
				return err
			}
			if !own {
				return ErrForeignKey
			}
		}
		if err := followRole(ctx, tx, before, after); err != nil {
			return err
		}
		if after.DomainName != before.DomainName || projects != nil {
			if err := run(ctx, tx, []any{after.ID}, "DELETE FROM project_members WHERE user_id = ?"); err != nil {
				return err
			}
			if projects == nil {
				projects = &[]string{}
			}
			if err := join(ctx, tx, after, *projects); err != nil {
				return err
			}
		}
		return keepSuperadmin(ctx, tx)
	})
	if err == nil {
		s.revoke(ctx, revoked)
	}
	return user, err
}

// followRole lets key pairs follow the role: the main one of a new admin is for
// admins, none of a former one.
func followRole(ctx context.Context, tx *sql.Tx, before, after User) error {
	switch is := after.Role.IsAdmin(); {
	case is == before.Role.IsAdmin():
		return nil
	case is:
		return run(ctx, tx, []any{after.MainAccessKey}, "UPDATE keypairs SET is_admin = 1 WHERE access_key = ?")
	}
	return run(ctx, tx, []any{after.ID}, "UPDATE keypairs SET is_admin = 0 WHERE user_id = ?")
}

// keepSuperadmin refuses a change that leaves nobody to administer the cluster.
func keepSuperadmin(ctx context.Context, tx *sql.Tx) error {
	left, err := exists(ctx, tx, `SELECT 1 FROM users u JOIN keypairs k ON k.user_id = u.uuid
		WHERE u.role = 'superadmin' AND u.status = 'active' AND k.is_active`)
	if err == nil && !left {
		return ErrLastSuperadmin
	}
	return err
}

// DeactivateUser marks a user as deleted, with info as the reason, and closes
// the key pairs.
func (s *Store) DeactivateUser(ctx context.Context, email, info string) error {
	return s.closing(ctx, "delete user", keysByEmail, email, func(tx *sql.Tx) error {
		err := touch(ctx, tx, "UPDATE users SET status = 'deleted', status_info = ? WHERE email = ?", info, email)
		if err != nil {
			return err
		}
		err = run(ctx, tx, []any{email}, "UPDATE keypairs SET is_active = 0 WHERE user_id = (SELECT uuid FROM users WHERE email = ?)")
		if err != nil {
			return err
		}
		return keepSuperadmin(ctx, tx)
	})
}

// PurgeUser removes a user with everything that is the user's own: key pairs,
// memberships, settings, ended sessions. [ErrInUse], [ErrLastSuperadmin] and, if
// nothing else does, [ErrHasFolders] refuse it.
func (s *Store) PurgeUser(ctx context.Context, email string) error {
	return s.closing(ctx, "purge user", keysByEmail, email, func(tx *sql.Tx) error {
		var id string
		if err := tx.QueryRowContext(ctx, "SELECT uuid FROM users WHERE email = ?", email).Scan(&id); err != nil {
			return err
		}
		if err := purgeSessions(ctx, tx, "user_id", id); err != nil {
			return err
		}
		err := run(ctx, tx, []any{id},
			"DELETE FROM scaling_group_access WHERE kind = 'keypair' AND target IN (SELECT access_key FROM keypairs WHERE user_id = ?)",
			"DELETE FROM dotfiles WHERE scope = 'keypair' AND owner IN (SELECT access_key FROM keypairs WHERE user_id = ?)",
			"DELETE FROM session_templates WHERE user_id = ?",
			"DELETE FROM project_members WHERE user_id = ?",
			"DELETE FROM keypairs WHERE user_id = ?")
		if err != nil {
			return err
		}
		if err := keepSuperadmin(ctx, tx); err != nil {
			return err
		}
		// At last, so that whoever removes the folders then knows that nothing else
		// stands in the way.
		if err := noFolders(ctx, tx, "user_id", id); err != nil {
			return err
		}
		return touch(ctx, tx, "DELETE FROM users WHERE uuid = ?", id)
	})
}

// purgeSessions removes the ended sessions of an owner, whom column names, with
// their kernels and logs; live ones refuse it.
func purgeSessions(ctx context.Context, tx *sql.Tx, column, owner string) error {
	live, err := exists(ctx, tx, "SELECT 1 FROM sessions WHERE dead = 0 AND "+column+" = ?", owner)
	if err != nil {
		return err
	}
	if live {
		return ErrInUse
	}
	sessions := "(SELECT id FROM sessions WHERE " + column + " = ?1)"
	kernels := "(SELECT k.id FROM kernels k JOIN sessions s ON s.id = k.session_id WHERE s." + column + " = ?)"
	return run(ctx, tx, []any{owner},
		"DELETE FROM session_dependencies WHERE session_id IN "+sessions+" OR depends_on IN "+sessions,
		"DELETE FROM kernel_logs WHERE kernel_id IN "+kernels,
		"DELETE FROM kernels WHERE id IN "+kernels,
		"DELETE FROM sessions WHERE "+column+" = ?")
}

// noFolders refuses to go on while folders belong to an owner, whom column
// names. Removing them is a matter of the storage, not of these rows.
func noFolders(ctx context.Context, tx *sql.Tx, column, owner string) error {
	// What is deleted but for its row goes along.
	if err := run(ctx, tx, []any{owner, FolderDeleteComplete}, "DELETE FROM vfolders WHERE "+column+" = ? AND status = ?"); err != nil {
		return err
	}
	found, err := exists(ctx, tx, "SELECT 1 FROM vfolders WHERE "+column+" = ?", owner)
	if err == nil && found {
		return ErrHasFolders
	}
	return err
}
