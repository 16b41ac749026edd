package store

import (
	"context"
	"database/sql"
)

// Waiting is why a session still waits after the scheduler looked at it.
type Waiting struct {
	SessionID  string
	Info       string // status_info
	Data       JSON   // status_data of the session
	KernelData JSON   // status_data of its kernels
}

// NoteWaiting writes down why sessions wait, all in one transaction. Sessions
// that have left the queue meanwhile are left alone.
func (s *Store) NoteWaiting(ctx context.Context, notes []Waiting) error {
	return s.tx(ctx, "note waiting", func(tx *sql.Tx) error {
		for _, n := range notes {
			r, err := tx.ExecContext(ctx, "UPDATE sessions SET status_info = ?, status_data = ? WHERE id = ? AND status = 'PENDING'",
				n.Info, n.Data.value(), n.SessionID)
			if err != nil {
				return err
			}
			if rows, err := r.RowsAffected(); err != nil || rows == 0 {
				continue
			}
			_, err = tx.ExecContext(ctx, "UPDATE kernels SET status_data = ? WHERE session_id = ?", n.KernelData.value(), n.SessionID)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
