package store

import (
	"context"
	"database/sql"
)

// Revocation is a change of accounts after which what was opened with some key
// pairs must end: sign-ins that hold them, and what streams for them.
type Revocation struct {
	AccessKeys []string
	// Password is whether their user has another password; else the user or the key
	// pairs are not active any more, or not there.
	Password bool
}

// OnRevoke has f called after each [Revocation], before whoever made the change is
// answered: what was answered is in force. Call it before the store is shared.
func (s *Store) OnRevoke(f func(context.Context, Revocation)) { s.onRevoke = f }

// revoke tells of r, if it is about anybody. The change is made, whether or not
// whoever asked for it still waits.
func (s *Store) revoke(ctx context.Context, r Revocation) {
	if s.onRevoke != nil && len(r.AccessKeys) > 0 {
		s.onRevoke(context.WithoutCancel(ctx), r)
	}
}

// revocationOf is what follows for a user's key pairs from a change of the user.
func revocationOf(ctx context.Context, tx *sql.Tx, before, after User) (r Revocation, err error) {
	closed := before.Status == UserActive && after.Status != UserActive
	r.Password = before.PasswordHash != after.PasswordHash && !closed
	if closed || r.Password {
		r.AccessKeys, err = keysOf(ctx, tx, "user_id = ?", after.ID)
	}
	return r, err
}

// keysByEmail is the condition of a user's key pairs, by e-mail address.
const keysByEmail = "user_id = (SELECT uuid FROM users WHERE email = ?)"

// closing is tx for a change that closes the key pairs of a condition.
func (s *Store) closing(ctx context.Context, op, where, key string, f func(*sql.Tx) error) error {
	var closed Revocation
	err := s.tx(ctx, op, func(tx *sql.Tx) (err error) {
		if closed.AccessKeys, err = keysOf(ctx, tx, where, key); err != nil {
			return err
		}
		return f(tx)
	})
	if err == nil {
		s.revoke(ctx, closed)
	}
	return err
}

// keysOf are the access keys of the key pairs of a condition.
func keysOf(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]string, error) {
	return rows(ctx, tx, "SELECT access_key FROM keypairs WHERE "+where, args, func(r scanner) (key string, err error) {
		err = r.Scan(&key)
		return key, err
	})
}
