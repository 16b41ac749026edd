package resolve

import (
	"context"
	"errors"
	"time"

	"github.com/baiui/baiui/server/manager/filter"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// listResult is the value of every …List type.
type listResult struct {
	items any // a slice
	total int
}

func listFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"items":       gql.Of(func(l listResult) any { return l.items }),
		"total_count": gql.Of(func(l listResult) any { return l.total }),
	}
}

// pageOf reads limit, offset, filter and order of a list query.
func pageOf(f *gql.Field, columns filter.Columns) (store.Page, error) {
	limit, _ := f.Int("limit")
	offset, _ := f.Int("offset")
	switch {
	case limit < 0:
		return store.Page{}, gql.Faultf("LIMIT must not be negative")
	case offset < 0:
		return store.Page{}, gql.Faultf("OFFSET must not be negative")
	}
	page := store.Page{Limit: limit, Offset: offset}
	if text, ok := f.Text("filter"); ok {
		clause, err := columns.Where(text)
		if err != nil {
			return store.Page{}, fault(err)
		}
		page.Where = store.Clause(clause)
	}
	if text, ok := f.Text("order"); ok {
		clause, err := columns.Order(text)
		if err != nil {
			return store.Page{}, fault(err)
		}
		page.Order = store.Clause(clause)
	}
	return page, nil
}

// list answers a list query. In the store no limit means all rows; on the wire
// 0 means none of them, so only their number is asked for.
func list[T any](page store.Page, read func(store.Page) ([]T, int, error), wrap func([]T) any) (any, error) {
	none := page.Limit == 0
	if none {
		page.Limit = 1
	}
	items, total, err := read(page)
	if err != nil {
		return nil, err
	}
	if none {
		items = nil
	}
	return listResult{items: wrap(items), total: total}, nil
}

// fault lets the text of a fault in a filter or an order through to the caller.
func fault(err error) error {
	var f *filter.Error
	if errors.As(err, &f) {
		return gql.Faultf("%s", f.Error())
	}
	return err
}

// found turns "no such row" into null.
func found(value any, err error) (any, error) {
	if store.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return value, nil
}

// row is one object of a page. What belongs to it and lies in other tables is
// loaded for all rows of the page at once, when the first row is asked for it.
type row[T any] struct {
	value T
	page  *page[T]
}

type page[T any] struct {
	values []T
	loaded map[any]any
}

// rowsOf makes the rows of a page; never nil, so that no rows are an empty list.
func rowsOf[T any](values []T) []*row[T] {
	p := &page[T]{values: values, loaded: map[any]any{}}
	rows := make([]*row[T], len(values))
	for i, v := range values {
		rows[i] = &row[T]{value: v, page: p}
	}
	return rows
}

func rowOf[T any](value T) *row[T] { return rowsOf([]T{value})[0] }

// asRows is rowsOf for [list].
func asRows[T any](values []T) any { return rowsOf(values) }

// forPage gives what load gives for the values of the row's page; key tells
// apart what different fields load. A failure is remembered too.
func forPage[T, V any](r *row[T], key any, load func([]T) (V, error)) (V, error) {
	type outcome struct {
		value V
		err   error
	}
	if v, ok := r.page.loaded[key]; ok {
		o := v.(outcome)
		return o.value, o.err
	}
	value, err := load(r.page.values)
	r.page.loaded[key] = outcome{value, err}
	return value, err
}

// of makes a resolver of a function that only reads the row.
func of[T any](get func(T) any) gql.Resolver {
	return gql.Of(func(r *row[T]) any { return get(r.value) })
}

// with makes a resolver of a function that needs the page or the field.
func with[T any](get func(context.Context, *row[T], *gql.Field) (any, error)) gql.Resolver {
	return gql.With(get)
}

// null is a field that this manager has no value for, as documented where it
// is used.
func null(context.Context, any, *gql.Field) (any, error) { return nil, nil }

// when is null for an instant that has not come.
func when(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// textOrNull is null for an empty text.
func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// jsonOrNull is null for a column that is.
func jsonOrNull(j store.JSON) any {
	if j == "" {
		return nil
	}
	return j
}

// values turns nil into an empty list.
func values[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// keys collects a text of each value, each once.
func keys[T any](all []T, key func(T) string) []string {
	seen := make(map[string]bool, len(all))
	out := make([]string, 0, len(all))
	for _, v := range all {
		if k := key(v); !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}
