package store

import (
	"context"
	"errors"
	"strings"
)

// Clause is a part of SQL with the values for its question marks. The zero
// value stands for "none".
type Clause struct {
	SQL  string
	Args []any
}

// Page is what part of a list is wanted.
type Page struct {
	Where  Clause // an extra condition
	Order  Clause // without ORDER BY; empty: the list's own order
	Limit  int    // 0: all rows
	Offset int
}

// query collects the conditions of one list query.
type query struct {
	from  string // FROM clause without the word
	order string // default order
	// ties is a unique column that settles ties of an order that was asked for, in
	// its direction, so that an index can serve both; empty: the default order does.
	ties  string
	where []string
	args  []any
}

// and adds a condition.
func (q *query) and(sql string, args ...any) {
	q.where = append(q.where, sql)
	q.args = append(q.args, args...)
}

// equal adds "column = value" unless the value is empty.
func (q *query) equal(column, value string) {
	if value != "" {
		q.and(column+" = ?", value)
	}
}

// flag adds "column = 0|1" unless the value is nil.
func (q *query) flag(column string, value *bool) {
	if value != nil {
		q.and(column+" = ?", *value)
	}
}

// in adds "column IN (values)" unless values is nil; an empty list matches
// nothing.
func (q *query) in(column string, values []string) {
	if values == nil {
		return
	}
	if len(values) == 0 {
		q.and("0")
		return
	}
	q.and(column+" IN ("+marks(len(values))+")", anys(values)...)
}

func (q *query) page(p Page) {
	if p.Where.SQL != "" {
		q.and("("+p.Where.SQL+")", p.Where.Args...)
	}
}

func (q *query) condition() string {
	if len(q.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(q.where, " AND ")
}

// count is the number of matching rows.
func (q *query) count(ctx context.Context, db querier) (int, error) {
	var n int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+q.from+q.condition(), q.args...).Scan(&n)
	return n, err
}

// selects is the SELECT for one page with its arguments.
func (q *query) selects(columns string, p Page) (string, []any) {
	args := append([]any(nil), q.args...)
	order := q.order
	if p.Order.SQL != "" {
		// Ties are settled, so that pages never overlap.
		ties := q.order
		if q.ties != "" {
			ties = q.ties
			if strings.HasSuffix(p.Order.SQL, " DESC") {
				ties += " DESC"
			}
		}
		order = p.Order.SQL + ", " + ties
		args = append(args, p.Order.Args...)
	}
	text := "SELECT " + columns + " FROM " + q.from + q.condition() + " ORDER BY " + order
	if p.Limit > 0 || p.Offset > 0 {
		limit := p.Limit
		if limit == 0 {
			limit = -1 // no limit, in SQLite's spelling
		}
		text += " LIMIT ? OFFSET ?"
		args = append(args, limit, p.Offset)
	}
	return text, args
}

// list reads a page and the total.
func list[T any](ctx context.Context, s *Store, op string, q query, columns string, p Page, scan func(scanner) (T, error)) ([]T, int, error) {
	q.page(p)
	text, args := q.selects(columns, p)
	items, err := rows(ctx, s.read, text, args, scan)
	if err != nil {
		return nil, 0, wrap(op, err)
	}
	if p.Offset == 0 && (p.Limit == 0 || len(items) < p.Limit) {
		return items, len(items), nil
	}
	total, err := q.count(ctx, s.read)
	return items, total, wrap(op, err)
}

// scanner is *sql.Row or *sql.Rows.
type scanner interface{ Scan(...any) error }

// rows reads all rows of a query.
func rows[T any](ctx context.Context, db querier, text string, args []any, scan func(scanner) (T, error)) (items []T, err error) {
	r, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for r.Next() {
		item, err := scan(r)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, r.Err()
}

// one reads the only row of a query.
func one[T any](ctx context.Context, db querier, op, text string, args []any, scan func(scanner) (T, error)) (T, error) {
	item, err := scan(db.QueryRowContext(ctx, text, args...))
	return item, wrap(op, err)
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

func anys(values []string) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}
