package store

import (
	"context"
	"database/sql"
	"strings"
)

// cells are columns of one row with what to bind for each; inserts and updates
// of a table share them.
type cells []cell

type cell struct {
	column string
	value  any
}

func (c cells) insert(ctx context.Context, tx *sql.Tx, table string) error {
	names, values := c.split("")
	_, err := tx.ExecContext(ctx, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+marks(len(c))+")", values...)
	return err
}

// update writes the cells into the rows of the condition; none is "not found".
func (c cells) update(ctx context.Context, tx *sql.Tx, table, where string, args ...any) error {
	names, values := c.split(" = ?")
	return touch(ctx, tx, "UPDATE "+table+" SET "+strings.Join(names, ", ")+" WHERE "+where, append(values, args...)...)
}

func (c cells) split(suffix string) (names []string, values []any) {
	for _, cell := range c {
		names = append(names, cell.column+suffix)
		values = append(values, cell.value)
	}
	return names, values
}

// touch runs a statement that must concern at least one row.
func touch(ctx context.Context, tx *sql.Tx, text string, args ...any) error {
	result, err := tx.ExecContext(ctx, text, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return sql.ErrNoRows
}

// run executes statements one after the other with the same arguments.
func run(ctx context.Context, tx *sql.Tx, args []any, texts ...string) error {
	for _, text := range texts {
		if _, err := tx.ExecContext(ctx, text, args...); err != nil {
			return err
		}
	}
	return nil
}

// exists reports whether a query finds a row.
func exists(ctx context.Context, tx *sql.Tx, text string, args ...any) (bool, error) {
	var found bool
	err := tx.QueryRowContext(ctx, "SELECT EXISTS ("+text+")", args...).Scan(&found)
	return found, err
}

// table is what [change] needs to know of a table.
type table[T any] struct {
	name string
	read string // a SELECT of one row by its key
	key  string // the condition that finds the row, with one question mark
	scan func(scanner) (T, error)
	// cells are all columns that a change may write.
	cells func(T) cells
}

// change reads the row of a key, lets edit change it and writes it back, all in
// one transaction. more, which may be nil, follows in the same transaction with
// the row as it was and as it is. An error of edit or more leaves everything as
// it was and comes back as the cause.
func change[T any](ctx context.Context, s *Store, op string, t table[T], key string, edit func(*T) error,
	more func(tx *sql.Tx, before, after T) error) (after T, err error) {
	err = s.tx(ctx, op, func(tx *sql.Tx) error {
		var before T
		if before, after, err = changeRow(ctx, tx, t, key, edit); err != nil || more == nil {
			return err
		}
		return more(tx, before, after)
	})
	return after, err
}

func changeRow[T any](ctx context.Context, tx *sql.Tx, t table[T], key string, edit func(*T) error) (before, after T, err error) {
	if before, err = t.scan(tx.QueryRowContext(ctx, t.read, key)); err != nil {
		return before, before, err
	}
	after = before
	if err := edit(&after); err != nil {
		return before, before, err
	}
	return before, after, t.cells(after).update(ctx, tx, t.name, t.key, key)
}

// add inserts one row.
func (s *Store) add(ctx context.Context, op, table string, row cells) error {
	return s.tx(ctx, op, func(tx *sql.Tx) error { return row.insert(ctx, tx, table) })
}

// remove deletes the rows of a condition; none is "not found".
func (s *Store) remove(ctx context.Context, op, table, where string, args ...any) error {
	return s.tx(ctx, op, func(tx *sql.Tx) error {
		return touch(ctx, tx, "DELETE FROM "+table+" WHERE "+where, args...)
	})
}
