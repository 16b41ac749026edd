package e2e

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver
)

// Filling says which sessions [Fill] writes.
type Filling struct {
	Like   string // name of the session they are copies of
	Prefix string // of their names: prefix-1, prefix-2 …
	Count  int
	// Waiting makes batch sessions that wait for a day far off, instead of
	// sessions that are over.
	Waiting bool
}

// Fill writes sessions that never were into the database of an embedded manager,
// which must not be running: a hundred thousand in a few seconds, where creating
// them would take hours.
func Fill(ctx context.Context, data string, f Filling) (err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "manager.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	// Ids have the form of a UUID; one digit tells fillings apart.
	kind := 0
	if f.Waiting {
		kind = 1
	}
	id := fmt.Sprintf("printf('00000000-0000-4000-800%d-%%012x', n.i)", kind)
	session := map[string]string{
		"seq": "NULL", "id": id, "name": "?2 || '-' || n.i",
		"created_at": "t.created_at - n.i * 1000000", "status": "'TERMINATED'",
		"status_info": "'user-requested'", "terminated_at": "t.created_at - n.i * 1000000 + 500000",
		"occupying_slots": "'{}'",
	}
	if f.Waiting {
		session["type"], session["status"], session["status_info"] = "'BATCH'", "'PENDING'", "NULL"
		session["starts_at"], session["terminated_at"] = "4102444800000000", "NULL" // 2100
	}
	if err := clone(ctx, tx, "sessions", "t.name = ?1", session, f); err != nil {
		return err
	}
	kernel := map[string]string{
		"id": id, "session_id": id, "status": session["status"], "agent": "NULL", "container_id": "NULL", "occupied_slots": "'{}'",
	}
	if err := clone(ctx, tx, "kernels", "t.session_id = (SELECT id FROM sessions WHERE name = ?1)", kernel, f); err != nil {
		return err
	}
	return tx.Commit()
}

// clone copies a row of a table many times, with some columns of its own.
func clone(ctx context.Context, tx *sql.Tx, table, where string, own map[string]string, f Filling) error {
	rows, err := tx.QueryContext(ctx, "SELECT name FROM pragma_table_info('"+table+"')")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var names, values []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		value := own[name]
		if value == "" {
			value = "t." + name
		}
		names, values = append(names, name), append(values, value)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?3)
		INSERT INTO %s (%s) SELECT %s FROM %s t, n WHERE %s AND ?2 <> ''`,
		table, strings.Join(names, ", "), strings.Join(values, ", "), table, where), f.Like, f.Prefix, f.Count)
	if err != nil {
		return fmt.Errorf("filling %s: %w", table, err)
	}
	return nil
}

// Mark gives sessions that Fill wrote another reason of their status, so that
// rows of a list change; the manager may be running. It takes the newest,
// as many as f says.
func Mark(ctx context.Context, data string, f Filling, reason string) (err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "manager.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, `UPDATE sessions SET status_info = ? WHERE seq IN
		(SELECT seq FROM sessions WHERE name LIKE ? || '-%' ORDER BY created_at DESC LIMIT ?)`, reason, f.Prefix, f.Count)
	return err
}
