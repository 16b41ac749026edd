package filter

import (
	"fmt"
	"strings"
)

// Clause is a part of SQL with the values for its question marks. The zero
// value stands for "none".
type Clause struct {
	SQL  string
	Args []any
}

// Column is what stands behind a name clients may use.
type Column struct {
	// SQL is an expression for the value.
	SQL string
	// List marks a value of many elements: a term holds when any element
	// satisfies it. SQL is then a SELECT of the elements, each called "value".
	List bool
	// Convert turns a client's value into the one that is bound; nil takes
	// texts only. It is called for each element of a list value, not for null.
	Convert func(value any) (any, error)
	// Nullable columns are ordered with a word on where nulls go, which keeps
	// SQLite from using an index; others are not.
	Nullable bool
	// NoFilter and NoOrder exclude a column from one of the two languages.
	NoFilter, NoOrder bool
}

// Columns is the set of names of one list.
type Columns map[string]Column

// Where turns a filter into a condition. Errors are [*Error].
func (c Columns) Where(text string) (Clause, error) {
	expr, err := Parse(text)
	if err != nil {
		return Clause{}, err
	}
	b := &builder{columns: c}
	if err := b.expr(expr); err != nil {
		return Clause{}, err
	}
	return Clause{SQL: b.sql.String(), Args: b.args}, nil
}

type builder struct {
	columns Columns
	sql     strings.Builder
	args    []any
}

func (b *builder) expr(e Expr) error {
	switch e := e.(type) {
	case *Not:
		b.sql.WriteString("NOT (")
		if err := b.expr(e.Expr); err != nil {
			return err
		}
		b.sql.WriteString(")")
	case *Both:
		b.sql.WriteString("(")
		if err := b.expr(e.Left); err != nil {
			return err
		}
		b.sql.WriteString(map[string]string{"&": ") AND (", "|": ") OR ("}[e.Op])
		if err := b.expr(e.Right); err != nil {
			return err
		}
		b.sql.WriteString(")")
	case *Compare:
		return b.compare(e)
	}
	return nil
}

func (b *builder) compare(c *Compare) error {
	column, known := b.columns[c.Name]
	if !known || column.NoFilter {
		return reason(filterFault, "binary_expr", "('Unknown/unsupported field name', '%s')", c.Name)
	}
	value, err := convert(column, c.Value)
	if err != nil {
		return reason(filterFault, "binary_expr", "%s", err)
	}
	if !column.List {
		return b.condition(column.SQL, c.Op, value)
	}
	b.sql.WriteString("EXISTS (SELECT 1 FROM (" + column.SQL + ") WHERE ")
	if err := b.condition("value", c.Op, value); err != nil {
		return err
	}
	b.sql.WriteString(")")
	return nil
}

func convert(column Column, value any) (any, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			var err error
			if out[i], err = convert(column, item); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	if column.Convert != nil {
		return column.Convert(value)
	}
	return Text(value)
}

// condition writes one comparison of an SQL expression with a value.
func (b *builder) condition(left, op string, value any) error {
	list, isList := value.([]any)
	if isList != (op == "in") {
		return reason(filterFault, "binary_expr", "operator '%s' does not take %s", op, map[bool]string{true: "a list", false: "a single value"}[isList])
	}
	switch op {
	case "in":
		return b.in(left, list)
	case "is", "isnot":
		return b.is(left, op, value)
	case "==", "!=":
		if value == nil { // as SQLAlchemy does
			return b.is(left, map[string]string{"==": "is", "!=": "isnot"}[op], nil)
		}
		b.write(left, map[string]string{"==": " = ?", "!=": " <> ?"}[op], value)
		return nil
	case ">", ">=", "<", "<=":
		if value == nil {
			return reason(filterFault, "binary_expr", "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()' operators can be used with None/True/False")
		}
		b.write(left, " "+op+" ?", value)
		return nil
	}
	return b.pattern(left, op, value)
}

func (b *builder) write(left, rest string, args ...any) {
	b.sql.WriteString(left)
	b.sql.WriteString(rest)
	b.args = append(b.args, args...)
}

func (b *builder) in(left string, list []any) error {
	if len(list) == 0 {
		b.sql.WriteString("0")
		return nil
	}
	b.write(left, " IN ("+strings.TrimSuffix(strings.Repeat("?,", len(list)), ",")+")", list...)
	return nil
}

func (b *builder) is(left, op string, value any) error {
	not := map[string]string{"is": "", "isnot": "NOT "}[op]
	switch v := value.(type) {
	case nil:
		b.write(left, " IS "+not+"NULL")
	case bool:
		b.write(left, " IS "+not+"?", v)
	default:
		return reason(filterFault, "binary_expr", "operator '%s' takes null, true or false", op)
	}
	return nil
}

// pattern writes the operators on texts. SQLite's LIKE knows no difference of
// case and its GLOB does, so like becomes GLOB and ilike stays LIKE; contains
// takes the text as it is, without wildcards.
func (b *builder) pattern(left, op string, value any) error {
	text, ok := value.(string)
	if !ok {
		return reason(filterFault, "binary_expr", "operator '%s' takes a text", op)
	}
	if op == "contains" {
		b.write("instr("+left, ", ?) > 0", text)
		return nil
	}
	pattern, err := parsePattern(text)
	if err != nil {
		return err
	}
	if op == "like" {
		b.write(left, " GLOB ?", pattern.glob())
	} else {
		b.write(left, ` LIKE ? ESCAPE '\'`, pattern.like())
	}
	return nil
}

// Text is the conversion of text columns.
func Text(value any) (any, error) {
	if s, ok := value.(string); ok {
		return s, nil
	}
	return nil, fmt.Errorf("expected a text, got %v", value)
}
