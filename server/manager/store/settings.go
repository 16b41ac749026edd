package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
)

// What the manager keeps about itself among the settings.
const (
	StatusSetting = "manager/status" // [StatusFrozen], or anything else while it runs
	StatusFrozen  = "frozen"
	// AnnouncementSetting is the text shown to everybody; no such key: none.
	AnnouncementSetting = "manager/announcement"
)

// Setting gives the value of a key and whether there is one.
func (s *Store) Setting(ctx context.Context, key string) (value string, ok bool, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT value FROM settings WHERE key = ?", key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return value, err == nil, wrap("read setting", err)
}

// Enabled reports whether a key's value is true, as /config/set keeps a JSON true
// ("True") or as a text.
func (s *Store) Enabled(ctx context.Context, key string) (bool, error) {
	value, _, err := s.Setting(ctx, key)
	on, parseErr := strconv.ParseBool(value)
	return on && parseErr == nil, err
}

// Settings gives the values of all keys that begin with a prefix.
func (s *Store) Settings(ctx context.Context, prefix string) (map[string]string, error) {
	found, err := rows(ctx, s.read, "SELECT key, value FROM settings WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key",
		[]any{prefix}, func(r scanner) (p [2]string, err error) { return p, r.Scan(&p[0], &p[1]) })
	out := make(map[string]string, len(found))
	for _, p := range found {
		out[p[0]] = p[1]
	}
	return out, wrap("read settings", err)
}

// SetSettings writes values by key, all or none of them.
func (s *Store) SetSettings(ctx context.Context, values map[string]string) error {
	return s.tx(ctx, "write settings", func(tx *sql.Tx) error {
		for key, value := range values {
			if err := run(ctx, tx, []any{key, value}, "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteSettings removes a key, and with below everything whose key continues it
// after a slash.
func (s *Store) DeleteSettings(ctx context.Context, key string, below bool) error {
	return s.tx(ctx, "delete settings", func(tx *sql.Tx) error {
		if err := run(ctx, tx, []any{key}, "DELETE FROM settings WHERE key = ?"); err != nil || !below {
			return err
		}
		prefix := key
		if prefix != "" {
			prefix = strings.TrimSuffix(prefix, "/") + "/"
		}
		return run(ctx, tx, []any{prefix}, "DELETE FROM settings WHERE substr(key, 1, length(?1)) = ?1")
	})
}
