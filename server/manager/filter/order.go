package filter

import "strings"

// Sort is one term of an order.
type Sort struct {
	SQL        string // the expression
	Descending bool
	Nullable   bool
}

// Reversed is the opposite order.
func (s Sort) Reversed() Sort {
	s.Descending = !s.Descending
	return s
}

// Clause is the term in what follows ORDER BY. PostgreSQL, which the manager
// runs on, puts nulls last when ascending and first when descending.
func (s Sort) Clause() string {
	text := s.SQL + map[bool]string{false: " ASC", true: " DESC"}[s.Descending]
	if s.Nullable {
		text += map[bool]string{false: " NULLS LAST", true: " NULLS FIRST"}[s.Descending]
	}
	return text
}

// Order turns an order into what follows ORDER BY. Empty text gives the zero
// clause. Errors are [*Error].
func (c Columns) Order(text string) (Clause, error) {
	sorts, err := c.Sorts(text)
	if err != nil {
		return Clause{}, err
	}
	terms := make([]string, len(sorts))
	for i, s := range sorts {
		terms[i] = s.Clause()
	}
	return Clause{SQL: strings.Join(terms, ", ")}, nil
}

// Sorts reads the terms of an order; none for empty text. Errors are [*Error].
func (c Columns) Sorts(text string) ([]Sort, error) {
	if len(text) > MaxLength {
		return nil, tooMuch(orderFault, "the order is too long: %d bytes, at most %d are allowed", len(text), MaxLength)
	}
	l := newLexer(orderFault, text, []string{kindName, kindSign, kindComma})
	if tok, err := l.peek(kindName, kindSign, kindEnd); err != nil || tok.kind == kindEnd {
		return nil, err
	}
	var sorts []Sort
	for {
		sort, err := c.sort(l)
		if err != nil {
			return nil, err
		}
		if sorts = append(sorts, sort); len(sorts) > MaxOrder {
			return nil, tooMuch(orderFault, "an order may hold at most %d columns", MaxOrder)
		}
		tok, err := l.next(kindComma, kindEnd)
		if err != nil || tok.kind == kindEnd {
			return sorts, err
		}
	}
}

func (c Columns) sort(l *lexer) (Sort, error) {
	descending := false
	tok, err := l.next(kindName, kindSign)
	if err != nil {
		return Sort{}, err
	}
	if tok.kind == kindSign {
		descending = tok.text == "-"
		if tok, err = l.next(kindName); err != nil {
			return Sort{}, err
		}
	}
	column, known := c[tok.text]
	if !known || column.NoOrder || column.List {
		return Sort{}, reason(orderFault, "col", "('Unknown/unsupported field name', '%s')", tok.text)
	}
	return Sort{SQL: column.SQL, Descending: descending, Nullable: column.Nullable}, nil
}
