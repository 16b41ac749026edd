package filter

import (
	"strconv"
	"strings"
)

// Expr is a parsed filter: *Not, *Both or *Compare.
type Expr interface{ expr() }

// Not turns an expression round.
type Not struct{ Expr Expr }

// Both joins two expressions; Op is "&" or "|".
type Both struct {
	Op          string
	Left, Right Expr
}

// Compare is one term.
type Compare struct {
	Name, Op string
	// Value is a string, int64, float64, bool, nil (null) or []any of these.
	Value any
}

func (*Not) expr()     {}
func (*Both) expr()    {}
func (*Compare) expr() {}

func filterKinds() []string {
	return []string{kindBinary, kindName, kindCombine, kindUnary, kindString, kindNumber, kindAtom,
		kindOpen, kindClose, kindListIn, kindListOut, kindComma}
}

type parser struct {
	*lexer
	depth int
}

// Parse reads a filter. Empty text is an error.
func Parse(text string) (Expr, error) {
	if len(text) > MaxLength {
		return nil, tooMuch(filterFault, "the filter is too long: %d bytes, at most %d are allowed", len(text), MaxLength)
	}
	p := &parser{lexer: newLexer(filterFault, text, filterKinds())}
	return p.expression(kindEnd)
}

// expression reads up to and including a closing token: the end or ")".
func (p *parser) expression(closing string) (Expr, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, tooMuch(filterFault, "the filter is too deep: at most %d terms may be joined or nested", MaxDepth)
	}
	defer func() { p.depth-- }()

	tok, err := p.next(kindUnary, kindName, kindOpen)
	if err != nil {
		return nil, err
	}
	var left Expr
	switch tok.kind {
	case kindUnary:
		// Takes everything to its right, up to the same closing token.
		inner, err := p.expression(closing)
		if err != nil {
			return nil, err
		}
		return &Not{inner}, nil
	case kindOpen:
		left, err = p.expression(kindClose)
	default:
		left, err = p.term(tok)
	}
	if err != nil {
		return nil, err
	}
	tok, err = p.next(kindCombine, closing)
	if err != nil || tok.kind == closing {
		return left, err
	}
	right, err := p.expression(closing)
	if err != nil {
		return nil, err
	}
	return &Both{Op: tok.text, Left: left, Right: right}, nil
}

func (p *parser) term(name token) (Expr, error) {
	op, err := p.next(kindBinary)
	if err != nil {
		return nil, err
	}
	value, err := p.value(false)
	if err != nil {
		return nil, err
	}
	return &Compare{Name: name.text, Op: op.text, Value: value}, nil
}

func (p *parser) value(inList bool) (any, error) {
	expected := []string{kindString, kindNumber, kindAtom, kindListIn}
	tok, err := p.next(expected...)
	if err != nil {
		return nil, err
	}
	switch tok.kind {
	case kindString:
		// \" is the only escape that is undone.
		return strings.ReplaceAll(tok.text[1:len(tok.text)-1], `\"`, `"`), nil
	case kindNumber:
		return number(tok.text)
	case kindListIn:
		if inList {
			return nil, reason(filterFault, "array", "a list in a list is not supported")
		}
		return p.list()
	}
	switch tok.text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return nil, nil
}

func (p *parser) list() (any, error) {
	list := []any{}
	tok, err := p.peek(kindListOut, kindString, kindNumber, kindAtom, kindListIn)
	if err != nil {
		return nil, err
	}
	if tok.kind == kindListOut {
		p.take(tok)
		return list, nil
	}
	for {
		value, err := p.value(true)
		if err != nil {
			return nil, err
		}
		if list = append(list, value); len(list) > MaxValues {
			return nil, tooMuch(filterFault, "a list may hold at most %d values", MaxValues)
		}
		tok, err := p.next(kindComma, kindListOut)
		if err != nil || tok.kind == kindListOut {
			return list, err
		}
	}
}

// number: with a point a float, otherwise an integer, so 1e3 is an error.
func number(text string) (any, error) {
	if strings.Contains(text, ".") {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, reason(filterFault, "number", "could not convert string to float: '%s'", text)
		}
		return f, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, reason(filterFault, "number", "invalid literal for int() with base 10: '%s'", text)
	}
	return n, nil
}
