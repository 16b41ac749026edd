package resolve

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/baiui/baiui/server/manager/filter"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// connection is the value of every …Connection type.
type connection struct {
	edges []edge
	count int
	next  bool // there are more when going forwards
	prior bool // there are more when going backwards
}

// edge is one node with the cursor that stands for it: its global id.
type edge struct {
	node   any
	cursor string
}

func connectionFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"pageInfo": gql.Of(func(c connection) any { return c }),
		"edges":    gql.Of(func(c connection) any { return c.edges }),
		"count":    gql.Of(func(c connection) any { return c.count }),
	}
}

func edgeFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"node":   gql.Of(func(e edge) any { return e.node }),
		"cursor": gql.Of(func(e edge) any { return e.cursor }),
	}
}

func pageInfoFields() map[string]gql.Resolver {
	end := func(c connection, i int) any {
		if len(c.edges) == 0 {
			return nil
		}
		return c.edges[i].cursor
	}
	return map[string]gql.Resolver{
		"hasNextPage":     gql.Of(func(c connection) any { return c.next }),
		"hasPreviousPage": gql.Of(func(c connection) any { return c.prior }),
		"startCursor":     gql.Of(func(c connection) any { return end(c, 0) }),
		"endCursor":       gql.Of(func(c connection) any { return end(c, len(c.edges)-1) }),
	}
}

// globalID names a row across types.
func globalID(typ, id string) string {
	return base64.StdEncoding.EncodeToString([]byte(typ + ":" + id))
}

// rowID gives the id of a row from its global id; anything else is taken for the
// row's own id.
func rowID(typ, text string) string {
	plain, err := base64.StdEncoding.DecodeString(text)
	if id, ok := strings.CutPrefix(string(plain), typ+":"); err == nil && ok {
		return id
	}
	return text
}

// nodeKind is what a connection needs to know of its rows.
type nodeKind[T any] struct {
	typ     string // of the nodes
	from    string // FROM clause in which id and the columns have a meaning
	id      string // expression
	columns filter.Columns
	key     func(T) string
	wrap    func([]T) []any // rows as the values of nodes
}

// paging is how a connection is asked for.
type paging struct {
	size     int
	offset   int
	byOffset bool
	backward bool
	cursor   string // row id; empty: from the beginning
}

// pageSize is how many nodes come when no number is given, maxPageSize how many
// may be asked for.
const (
	pageSize    = 10
	maxPageSize = 5000
)

func pagingOf(f *gql.Field, typ string) (paging, error) {
	refuse := func(sentence string) (paging, error) {
		return paging{}, gql.Faultf("Missing or invalid API parameters. (%s)", sentence)
	}
	first, hasFirst := f.Int("first")
	last, hasLast := f.Int("last")
	after, hasAfter := f.Text("after")
	before, hasBefore := f.Text("before")
	offset, byOffset := f.Int("offset")
	p := paging{size: pageSize, offset: offset, byOffset: byOffset, backward: hasLast || hasBefore}
	switch {
	case p.backward && (hasFirst || hasAfter):
		return refuse("You can only paginate with single direction, forwards or backwards. Please set only one of (after, first) or (before, last).")
	case byOffset && (p.backward || hasAfter):
		return refuse("You can only use one of pagination by offset and by cursor.")
	case hasFirst && first < 0 || hasLast && last < 0 || offset < 0:
		return refuse("The size and the offset of a page must not be negative.")
	case hasFirst:
		p.size = first
	case hasLast:
		p.size = last
	}
	if p.size > maxPageSize {
		return refuse("A page holds at most 5000 nodes.")
	}
	if cursor := after + before; cursor != "" {
		p.cursor = rowID(typ, cursor)
	}
	return p, nil
}

// connect answers a connection: filter, order, and a page by offset or cursor.
// Ties, and rows without an order, go by id; so a cursor works without an order
// too, where manager 24.09 ignores it.
func connect[T any](f *gql.Field, kind nodeKind[T], read func(store.Page) ([]T, int, error)) (any, error) {
	p, err := pagingOf(f, kind.typ)
	if err != nil {
		return nil, err
	}
	page, err := kind.page(f, p)
	if err != nil {
		return nil, err
	}
	if p.cursor != "" {
		// A place in an order tells what it is ordered by, so it must be the place of
		// a row that the caller sees.
		row, _, err := read(store.Page{Where: store.Clause{SQL: kind.id + " = ?", Args: []any{p.cursor}}, Limit: 1})
		if err != nil || len(row) == 0 {
			return connection{edges: []edge{}}, err
		}
	}
	items, total, err := read(page)
	if err != nil {
		return nil, err
	}
	more := len(items) > p.size
	items = items[:min(len(items), p.size)]
	if p.backward {
		slices.Reverse(items)
	}
	c := connection{edges: make([]edge, len(items)), count: total, next: more && !p.backward && !p.byOffset, prior: more && p.backward}
	for i, node := range kind.wrap(items) {
		c.edges[i] = edge{node, globalID(kind.typ, kind.key(items[i]))}
	}
	return c, nil
}

// page is what to ask of the store: one row more than the page holds, which
// tells whether there are more.
func (k nodeKind[T]) page(f *gql.Field, p paging) (store.Page, error) {
	page := store.Page{Limit: p.size + 1, Offset: p.offset}
	if text, ok := f.Text("filter"); ok {
		where, err := k.columns.Where(text)
		if err != nil {
			return page, fault(err)
		}
		page.Where = store.Clause(where)
	}
	text, _ := f.Text("order")
	sorts, err := k.columns.Sorts(text)
	if err != nil {
		return page, fault(err)
	}
	sorts = append(sorts, filter.Sort{SQL: k.id})
	terms := make([]string, len(sorts))
	for i := range sorts {
		if p.backward {
			sorts[i] = sorts[i].Reversed()
		}
		terms[i] = sorts[i].Clause()
	}
	page.Order.SQL = strings.Join(terms, ", ")
	if p.cursor != "" {
		behind := k.behind(sorts, p.cursor)
		if page.Where.SQL != "" {
			behind.SQL = "(" + page.Where.SQL + ") AND (" + behind.SQL + ")"
			behind.Args = append(slices.Clone(page.Where.Args), behind.Args...)
		}
		page.Where = behind
	}
	return page, nil
}

// behind is the condition that a row comes after the cursor's in an order:
// greater in the first term, or equal there and greater in the next, and so on.
// Null counts as the greatest value.
func (k nodeKind[T]) behind(sorts []filter.Sort, cursor string) store.Clause {
	var clause store.Clause
	bind := func(expression string) string {
		clause.Args = append(clause.Args, cursor)
		return "(SELECT " + expression + " FROM " + k.from + " WHERE " + k.id + " = ?)"
	}
	var alternatives []string
	for i, sort := range sorts {
		var terms []string
		for _, equal := range sorts[:i] {
			terms = append(terms, equal.SQL+" IS "+bind(equal.SQL))
		}
		if sort.Descending {
			terms = append(terms, "("+sort.SQL+" < "+bind(sort.SQL)+" OR "+sort.SQL+" IS NOT NULL AND "+bind(sort.SQL)+" IS NULL)")
		} else {
			terms = append(terms, "("+sort.SQL+" > "+bind(sort.SQL)+" OR "+sort.SQL+" IS NULL AND "+bind(sort.SQL)+" IS NOT NULL)")
		}
		alternatives = append(alternatives, "("+strings.Join(terms, " AND ")+")")
	}
	clause.SQL = "(" + strings.Join(alternatives, " OR ") + ") AND " + bind(k.id) + " IS NOT NULL"
	return clause
}

// everything wraps a list that is there as a connection of one page.
func everything[T any](typ string, items []T, key func(T) string, wrap func(T) any) connection {
	c := connection{edges: make([]edge, len(items)), count: len(items)}
	for i, item := range items {
		c.edges[i] = edge{wrap(item), globalID(typ, key(item))}
	}
	return c
}

// parseGlobalID takes a global id or a row's own.
func parseGlobalID(value any) (any, error) {
	text, ok := value.(string)
	if !ok || text == "" {
		return nil, errors.New("an id is expected")
	}
	return text, nil
}

// sessionPermissions are what the owner of a session and the admins above may
// do with it.
func sessionPermissions() []string {
	return []string{"delete_session", "read_attribute", "update_attribute", "execute", "start_app", "convert_to_image"}
}

func parseSessionPermission(value any) (any, error) {
	text, ok := value.(string)
	if !ok || !slices.Contains(sessionPermissions(), text) {
		return nil, errors.New("'" + strings.Join(sessionPermissions(), "', '") + "' are the permissions on sessions")
	}
	return text, nil
}
