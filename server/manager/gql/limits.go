package gql

import (
	"math"

	"github.com/vektah/gqlparser/v2/ast"
)

// Limits bounds what one request may cost. All but ResponseBytes and Errors are
// checked before anything is resolved. A zero field means the default.
type Limits struct {
	Bytes       int // length of the query text; default 64 KiB
	Tokens      int // lexical tokens; default 8,000
	Definitions int // operations and fragments; default 64
	Depth       int // nesting of fields, fragments spread; default 20
	Fields      int // fields in the document, fragments spread; default 3,000
	RootFields  int // fields of one operation's root, aliases included; default 64
	// Repeats is how often one response name may stand in a document; checking
	// that fields of one name agree is quadratic. Default 256.
	Repeats int
	// Complexity is the number of values an answer may have, estimated from
	// @cost; default 4,000,000.
	Complexity    int
	ResponseBytes int // length of the answer's data; default 16 MiB
	Errors        int // entries in `errors`; default 1,000
}

func (l Limits) withDefaults() Limits {
	for _, entry := range []struct {
		field *int
		value int
	}{
		{&l.Bytes, 64 << 10}, {&l.Tokens, 8_000}, {&l.Definitions, 64},
		{&l.Depth, 20}, {&l.Fields, 3_000}, {&l.RootFields, 64}, {&l.Repeats, 256},
		{&l.Complexity, 4_000_000}, {&l.ResponseBytes, 16 << 20}, {&l.Errors, 1_000},
	} {
		if *entry.field == 0 {
			*entry.field = entry.value
		}
	}
	return l
}

// shape is the size of a selection set with its fragments spread.
type shape struct{ fields, depth int }

// measurer walks a parsed, not yet validated document. Fragments are measured
// once each, so a fragment bomb costs no more than its text.
type measurer struct {
	limits    Limits
	fragments map[string]*ast.FragmentDefinition
	done      map[string]shape
	names     map[string]int
	repeated  bool
}

// checkShape refuses documents that would be expensive to validate or execute.
func (l Limits) checkShape(doc *ast.QueryDocument) *Error {
	if n := len(doc.Operations) + len(doc.Fragments); n > l.Definitions {
		return errorf("Query is too large: %d operations and fragments, at most %d are allowed.", n, l.Definitions)
	}
	m := measurer{
		limits:    l,
		fragments: make(map[string]*ast.FragmentDefinition, len(doc.Fragments)),
		done:      map[string]shape{},
		names:     map[string]int{},
	}
	for _, fragment := range doc.Fragments {
		m.fragments[fragment.Name] = fragment
	}
	total := 0
	for _, op := range doc.Operations {
		size := m.measure(op.SelectionSet)
		total = add(total, size.fields)
		if size.depth > l.Depth {
			return errorf("Query is too deep: %d levels, at most %d are allowed.", size.depth, l.Depth)
		}
		if n := m.width(op.SelectionSet, map[string]bool{}); n > l.RootFields {
			return errorf("Query is too wide: %d fields at its root, at most %d are allowed.", n, l.RootFields)
		}
	}
	for _, fragment := range doc.Fragments { // also those no operation uses
		if size := m.fragment(fragment.Name); size.depth > l.Depth {
			return errorf("Query is too deep: %d levels, at most %d are allowed.", size.depth, l.Depth)
		}
	}
	if total > l.Fields {
		return errorf("Query is too large: %d fields, at most %d are allowed.", total, l.Fields)
	}
	if m.repeated {
		return errorf("Query is too large: one name is asked for more than %d times.", l.Repeats)
	}
	return nil
}

func (m *measurer) measure(set ast.SelectionSet) shape {
	var size shape
	for _, selection := range set {
		var part shape
		switch s := selection.(type) {
		case *ast.Field:
			part = m.measure(s.SelectionSet)
			part.fields = add(part.fields, 1)
			part.depth++
			if m.names[s.Alias]++; m.names[s.Alias] > m.limits.Repeats {
				m.repeated = true
			}
		case *ast.InlineFragment:
			part = m.measure(s.SelectionSet)
		case *ast.FragmentSpread:
			part = m.fragment(s.Name)
		}
		size.fields = add(size.fields, part.fields)
		size.depth = max(size.depth, part.depth)
	}
	return size
}

// fragment measures a named fragment. A fragment that reaches itself counts
// nothing the second time; validation refuses it afterwards.
func (m *measurer) fragment(name string) shape {
	if size, ok := m.done[name]; ok {
		return size
	}
	m.done[name] = shape{}
	if fragment := m.fragments[name]; fragment != nil {
		m.done[name] = m.measure(fragment.SelectionSet)
	}
	return m.done[name]
}

// width counts the fields of a root selection. A fragment counts once however
// often it is spread, as its fields are then the same ones.
func (m *measurer) width(set ast.SelectionSet, seen map[string]bool) int {
	n := 0
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			n++
		case *ast.InlineFragment:
			n = add(n, m.width(s.SelectionSet, seen))
		case *ast.FragmentSpread:
			if fragment := m.fragments[s.Name]; fragment != nil && !seen[s.Name] {
				seen[s.Name] = true
				n = add(n, m.width(fragment.SelectionSet, seen))
			}
		}
	}
	return n
}

// add and times stop at the largest int instead of wrapping round.
func add(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}

func times(a, b int) int {
	if b != 0 && a > math.MaxInt/b {
		return math.MaxInt
	}
	return a * b
}
