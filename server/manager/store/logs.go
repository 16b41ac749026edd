package store

import (
	"context"
	"database/sql"
)

// PutLog keeps what an ended kernel wrote; cut says that its beginning is
// missing.
func (s *Store) PutLog(ctx context.Context, kernelID string, log []byte, cut bool) error {
	return s.tx(ctx, "put log", func(tx *sql.Tx) error {
		if log == nil {
			log = []byte{}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO kernel_logs (kernel_id, log, cut) VALUES (?, ?, ?)
			ON CONFLICT (kernel_id) DO UPDATE SET log = excluded.log, cut = excluded.cut`, kernelID, log, cut)
		return err
	})
}

// Log gives what an ended kernel wrote.
func (s *Store) Log(ctx context.Context, kernelID string) (log []byte, cut bool, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT log, cut FROM kernel_logs WHERE kernel_id = ?", kernelID).Scan(&log, &cut)
	return log, cut, wrap("find log", err)
}

// SessionOfKernel tells the id of the session that a kernel belongs to.
func (s *Store) SessionOfKernel(ctx context.Context, kernelID string) (string, error) {
	var id string
	err := s.read.QueryRowContext(ctx, "SELECT session_id FROM kernels WHERE id = ?", kernelID).Scan(&id)
	return id, wrap("find session of kernel", err)
}
