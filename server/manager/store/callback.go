package store

import "context"

// CallbackURL is where the steps of a session's life are told, empty for nowhere.
func (s *Store) CallbackURL(ctx context.Context, sessionID string) (string, error) {
	return one(ctx, s.read, "find callback", "SELECT coalesce(callback_url, '') FROM sessions WHERE id = ?", []any{sessionID},
		func(r scanner) (url string, err error) { return url, r.Scan(&url) })
}
