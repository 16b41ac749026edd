package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one numbered step, written as a file NNNN_name.sql. Steps that
// have been released are never edited; later ones are added.
type migration struct {
	version int
	sql     string
}

// migrations lists the steps in order; numbers must run 1, 2, 3 ...
func migrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	steps := make([]migration, len(names))
	for i, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("migration %s: want number %04d", name, i+1)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		steps[i] = migration{version, string(text)}
	}
	return steps, nil
}

// ErrNewerSchema is the cause of the error for a file that a newer version of
// this program has written.
var ErrNewerSchema = errors.New("it was written by a newer version of this program")

// Schema is the number of the newest schema, the one that [Open] leads to.
func Schema() (int, error) {
	steps, err := migrations(migrationFiles)
	return len(steps), err
}

// CopyPath is where [Open] keeps the copy of a file that it found with an older
// schema, beside the file.
func CopyPath(path string, schema int) string {
	return fmt.Sprintf("%s.schema-%d", path, schema)
}

// migrate applies the steps that the file has not seen, each in a transaction
// with the number it leads to (PRAGMA user_version), so that a crash between
// two steps is continued at the next start.
func (s *Store) migrate(ctx context.Context, path string) error {
	steps, err := migrations(migrationFiles)
	if err != nil {
		return wrap("migrate", err)
	}
	var have int
	if err := s.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return wrap("migrate", err)
	}
	if have > len(steps) {
		return wrap("migrate", newerSchema(have, len(steps)))
	}
	if 0 < have && have < len(steps) {
		if err := keepCopy(ctx, s.write, CopyPath(path, have)); err != nil {
			return wrap("copy before the upgrade", err)
		}
	}
	for _, step := range steps[have:] {
		err := s.tx(ctx, "migrate", func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, step.sql); err != nil {
				return fmt.Errorf("step %d: %w", step.version, err)
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", step.version))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func newerSchema(have, known int) error {
	return fmt.Errorf("the file has schema %d, this program knows up to %d: %w", have, known, ErrNewerSchema)
}
