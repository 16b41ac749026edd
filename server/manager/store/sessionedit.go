package store

import (
	"context"
	"database/sql"
)

// SessionEdit is what administrators may change of a session; nil stays.
type SessionEdit struct {
	Name     *string
	Priority *int
}

// EditSession changes the session of an id; a name that another live session of
// the key pair has is a conflict.
func (s *Store) EditSession(ctx context.Context, id string, e SessionEdit) error {
	return s.tx(ctx, "edit session", func(tx *sql.Tx) error {
		return touch(ctx, tx, "UPDATE sessions SET name = coalesce(?, name), priority = coalesce(?, priority) WHERE id = ?",
			e.Name, e.Priority, id)
	})
}
