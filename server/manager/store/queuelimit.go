package store

import (
	"context"
	"errors"
	"fmt"
)

// DefaultMaxPending is how many sessions of a key pair may wait where its policy
// does not say. Each pass of the scheduler looks at all that wait, so that without
// a limit anybody could slow it down for everybody.
const DefaultMaxPending = 1000

// QueueFullError refuses a session because as many as may wait do. The sentence is
// that of the predicate that says so of sessions in the queue.
type QueueFullError struct{ Limit int }

// Error names the limit.
func (e *QueueFullError) Error() string {
	return fmt.Sprintf("You cannot create more than %d pending session(s).", e.Limit)
}

// IsQueueFull reports whether err is a [*QueueFullError], and gives it.
func IsQueueFull(err error) (full *QueueFullError, is bool) {
	is = errors.As(err, &full)
	return full, is
}

// CheckQueue refuses, with a [*QueueFullError], another session of a key pair of
// which as many as may wait do.
func (s *Store) CheckQueue(ctx context.Context, accessKey string) error {
	return wrap("check queue", checkQueue(ctx, s.read, accessKey))
}

func checkQueue(ctx context.Context, db querier, accessKey string) error {
	var limit, waiting int
	err := db.QueryRowContext(ctx, `SELECT coalesce(p.max_pending_session_count, ?),
		(SELECT count(*) FROM sessions WHERE access_key = k.access_key AND status = 'PENDING')
		FROM keypairs k JOIN keypair_resource_policies p ON p.name = k.resource_policy WHERE k.access_key = ?`,
		DefaultMaxPending, accessKey).Scan(&limit, &waiting)
	if err == nil && waiting >= limit {
		err = &QueueFullError{limit}
	}
	return err
}
