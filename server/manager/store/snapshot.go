package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// Snapshot copies a database as it is at one moment into a new file (mode 0600),
// also while a server works with it, which it does not disturb. It returns the
// schema of the copy, which is whole: it has been checked. The schema is not
// brought up to date; one that is newer than this program knows is refused
// ([ErrNewerSchema]).
func Snapshot(ctx context.Context, from, to string) (schema int, err error) {
	const op = "snapshot"
	// The database itself would make a file that is not there.
	if _, err := os.Stat(from); err != nil {
		return 0, &Error{Kind: KindNotFound, Op: op, Cause: err}
	}
	db, err := sql.Open("sqlite", fileURL(from, url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(5000)"}}))
	if err != nil {
		return 0, wrap(op, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := keepCopy(ctx, db, to); err != nil {
		return 0, wrap(op, err)
	}
	schema, err = Check(ctx, to)
	return schema, wrap(op, err)
}

// Check looks through a database that nobody uses and returns its schema. A
// damaged file is an error, and one that is newer than this program knows
// ([ErrNewerSchema]).
func Check(ctx context.Context, path string) (schema int, err error) {
	const op = "check"
	db, err := sql.Open("sqlite", fileURL(path, url.Values{"mode": {"ro"}, "immutable": {"1"}}))
	if err != nil {
		return 0, wrap(op, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return 0, wrap(op, err)
	}
	if verdict != "ok" {
		return 0, wrap(op, fmt.Errorf("the database is damaged: %s", verdict))
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&schema); err != nil {
		return 0, wrap(op, err)
	}
	known, err := Schema()
	switch {
	case err != nil:
		return 0, wrap(op, err)
	case schema > known:
		return schema, wrap(op, newerSchema(schema, known))
	case schema == 0:
		return 0, wrap(op, errors.New("it is not a database of this program"))
	}
	return schema, nil
}

// keepCopy writes a copy of the database to a path, replacing what is there when
// the copy is complete and on disk.
func keepCopy(ctx context.Context, db *sql.DB, to string) error {
	// The database takes an empty file as a new one, and leaves its mode alone.
	file, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".part-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", file.Name())
	if err == nil {
		// The database does not wait for the disk when it writes such a copy.
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), to)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
