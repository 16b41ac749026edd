package filter

import "strings"

// Order turns an order into what follows ORDER BY. Empty text gives the zero
// clause. Errors are [*Error].
func (c Columns) Order(text string) (Clause, error) {
	if len(text) > MaxLength {
		return Clause{}, tooMuch(orderFault, "the order is too long: %d bytes, at most %d are allowed", len(text), MaxLength)
	}
	l := newLexer(orderFault, text, []string{kindName, kindSign, kindComma})
	if tok, err := l.peek(kindName, kindSign, kindEnd); err != nil || tok.kind == kindEnd {
		return Clause{}, err
	}
	var terms []string
	for {
		term, err := c.orderTerm(l)
		if err != nil {
			return Clause{}, err
		}
		if terms = append(terms, term); len(terms) > MaxOrder {
			return Clause{}, tooMuch(orderFault, "an order may hold at most %d columns", MaxOrder)
		}
		tok, err := l.next(kindComma, kindEnd)
		if err != nil {
			return Clause{}, err
		}
		if tok.kind == kindEnd {
			return Clause{SQL: strings.Join(terms, ", ")}, nil
		}
	}
}

func (c Columns) orderTerm(l *lexer) (string, error) {
	direction := " ASC"
	tok, err := l.next(kindName, kindSign)
	if err != nil {
		return "", err
	}
	if tok.kind == kindSign {
		if tok.text == "-" {
			direction = " DESC"
		}
		if tok, err = l.next(kindName); err != nil {
			return "", err
		}
	}
	column, known := c[tok.text]
	if !known || column.NoOrder || column.List {
		return "", reason(orderFault, "col", "('Unknown/unsupported field name', '%s')", tok.text)
	}
	if !column.Nullable {
		return column.SQL + direction, nil
	}
	// PostgreSQL puts nulls last when ascending and first when descending.
	nulls := " NULLS LAST"
	if direction == " DESC" {
		nulls = " NULLS FIRST"
	}
	return column.SQL + direction + nulls, nil
}
