package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the embedded manager's database

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// measureLists measures how long the manager's answer to a list takes while the
// database holds more and more sessions.
func measureLists(ctx context.Context, s *stage, o options, report *Report) error {
	dir := s.folder()
	// The first start makes the accounts that the sessions belong to.
	c, err := startCrowd(ctx, dir)
	if err != nil {
		return err
	}
	if err := c.stop(ctx); err != nil {
		return err
	}
	first := map[string]float64{}
	for _, rows := range o.rows {
		if err := fill(ctx, filepath.Join(dir, "manager.db"), rows); err != nil {
			return fmt.Errorf("%d rows: %w", rows, err)
		}
		if err := measureListsOf(ctx, dir, rows, first, report); err != nil {
			return fmt.Errorf("%d rows: %w", rows, err)
		}
	}
	return nil
}

// measureListsOf measures with what is in the database; first remembers the
// shortest of each kind, which the others are compared with.
func measureListsOf(ctx context.Context, dir string, rows int, first map[string]float64, report *Report) (err error) {
	c, err := startCrowd(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop(ctx)) }()
	over := []model.Status{model.StatusTerminated, model.StatusCancelled}
	group := fmt.Sprintf("manager: list of 20 out of %d sessions", rows)
	for _, kind := range []struct {
		name    string
		request client.ListRequest
	}{
		{"those that are over, first page", client.ListRequest{Statuses: over}},
		{"those that are over, middle", client.ListRequest{Statuses: over, Offset: rows / 2}},
		{"those that are over, last page", client.ListRequest{Statuses: over, Offset: rows - 20}},
		{"by name", client.ListRequest{Statuses: over, Order: "name"}},
		{"of one type", client.ListRequest{Statuses: over, Filter: `type == "batch"`}},
		{"part of a name", client.ListRequest{Statuses: over, Filter: `name ilike "%99%"`}},
	} {
		kind.request.Limit = 20
		took, err := c.listTimes(ctx, kind.request, 30)
		if err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
		p50 := milliseconds(quantile(took, 0.5))
		note := fmt.Sprintf("p99 %.1f ms", milliseconds(quantile(took, 0.99)))
		if least, known := first[kind.name]; known {
			note += fmt.Sprintf(", %.1f times the shortest", p50/least)
		} else {
			first[kind.name] = p50
		}
		report.add(group, kind.name, p50, "ms", note)
	}
	return nil
}

// fill brings the number of sessions in a database of a stopped server to rows.
// They are over, and belong to the superadmin.
func fill(ctx context.Context, path string, rows int) (err error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(OFF)&_pragma=journal_mode(WAL)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // no effect after a commit
	var have int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sessions").Scan(&have); err != nil {
		return err
	}
	// Every second one is a batch session. They end in the order they began, a
	// minute apart.
	const numbers = "WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2) "
	start := time.Now().Add(-365 * 24 * time.Hour).UnixMicro()
	for _, text := range []string{
		numbers + `INSERT INTO sessions (id, name, type, domain_name, project_id, user_id, access_key, scaling_group, image, registry, architecture,
			status, status_info, status_changed, result, created_at, terminated_at, occupying_slots, requested_slots)
			SELECT printf('00000000-0000-4000-8000-%012d', i), printf('training-%06d', i), CASE i % 2 WHEN 0 THEN 'BATCH' ELSE 'INTERACTIVE' END,
			'default', (SELECT id FROM projects LIMIT 1), u.uuid, u.main_access_key, 'default', 'local/native/bash:5.2', 'local', 'x86_64',
			'TERMINATED', 'self-terminated', ?3 + i * 60000000, 'SUCCESS', ?3 + i * 60000000, ?3 + (i + 10) * 60000000,
			'{"cpu":"1","mem":"1073741824"}', '{"cpu":"1","mem":"1073741824"}'
			FROM n, users u WHERE u.role = 'superadmin' AND ?1 < ?2`,
		numbers + `INSERT INTO kernels (id, session_id, agent, image, registry, architecture, status, created_at, terminated_at, last_stat, occupied_slots)
			SELECT printf('00000000-0000-4000-9000-%012d', i), printf('00000000-0000-4000-8000-%012d', i), 'i-host', 'local/native/bash:5.2', 'local', 'x86_64',
			'TERMINATED', ?3 + i * 60000000, ?3 + (i + 10) * 60000000, '{"cpu_used": {"current": "100", "pct": "1"}}', '{"cpu":"1","mem":"1073741824"}'
			FROM n WHERE ?1 < ?2`,
	} {
		if _, err := tx.ExecContext(ctx, text, have, rows, start); err != nil {
			return err
		}
	}
	return tx.Commit()
}
