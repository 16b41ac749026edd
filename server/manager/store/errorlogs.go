package store

import (
	"context"
	"database/sql"
	"time"
)

// ErrorLog is a failure that a client has reported.
type ErrorLog struct {
	ID            string // uuid
	CreatedAt     time.Time
	UserID        string // who met it
	Severity      string // critical, error, warning
	Source        string
	Message       string
	ContextLang   string
	ContextEnv    JSON
	RequestURL    *string
	RequestStatus *int
	Traceback     *string
	IsRead        bool
	IsCleared     bool
}

const errorLogColumns = `e.id, e.created_at, e.user_id, e.severity, e.source, e.message, e.context_lang, e.context_env, e.request_url,
	e.request_status, e.traceback, e.is_read, e.is_cleared`

func scanErrorLog(r scanner) (l ErrorLog, err error) {
	return l, r.Scan(&l.ID, timeColumn{&l.CreatedAt}, &l.UserID, &l.Severity, &l.Source, &l.Message, &l.ContextLang, &l.ContextEnv,
		&l.RequestURL, &l.RequestStatus, &l.Traceback, &l.IsRead, &l.IsCleared)
}

// AddErrorLog keeps a report and forgets those from before a time, and all of a
// user's but the newest most.
func (s *Store) AddErrorLog(ctx context.Context, l ErrorLog, before time.Time, most int) error {
	return s.tx(ctx, "add error log", func(tx *sql.Tx) error {
		err := cells{{"id", l.ID}, {"created_at", Micros(l.CreatedAt)}, {"user_id", l.UserID}, {"severity", l.Severity}, {"source", l.Source},
			{"message", l.Message}, {"context_lang", l.ContextLang}, {"context_env", l.ContextEnv.value()}, {"request_url", l.RequestURL},
			{"request_status", l.RequestStatus}, {"traceback", l.Traceback}}.insert(ctx, tx, "error_logs")
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM error_logs WHERE created_at < ?", Micros(before)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM error_logs WHERE user_id = ?1 AND id NOT IN
			(SELECT id FROM error_logs WHERE user_id = ?1 ORDER BY created_at DESC, id LIMIT ?2)`, l.UserID, most)
		return err
	})
}

// ErrorLogQuery selects reports. Aliases: e (error_logs), u (their users).
type ErrorLogQuery struct {
	ID         string
	UserID     string
	DomainName string // of the user
	Uncleared  bool   // without those that were cleared
	Page
}

// ErrorLogs lists reports, newest first.
func (s *Store) ErrorLogs(ctx context.Context, f ErrorLogQuery) ([]ErrorLog, int, error) {
	q := query{from: "error_logs e JOIN users u ON u.uuid = e.user_id", order: "e.created_at DESC, e.id"}
	q.equal("e.id", f.ID)
	q.equal("e.user_id", f.UserID)
	q.equal("u.domain_name", f.DomainName)
	if f.Uncleared {
		q.and("NOT e.is_cleared")
	}
	return list(ctx, s, "list error logs", q, errorLogColumns, f.Page, scanErrorLog)
}

// MarkErrorLogs marks reports as read.
func (s *Store) MarkErrorLogs(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return s.tx(ctx, "mark error logs", func(tx *sql.Tx) error {
		return run(ctx, tx, anys(ids), "UPDATE error_logs SET is_read = 1 WHERE id IN ("+marks(len(ids))+")")
	})
}

// ClearErrorLog takes a report out of its user's sight.
func (s *Store) ClearErrorLog(ctx context.Context, id string) error {
	return s.tx(ctx, "clear error log", func(tx *sql.Tx) error {
		return touch(ctx, tx, "UPDATE error_logs SET is_cleared = 1 WHERE id = ?", id)
	})
}
