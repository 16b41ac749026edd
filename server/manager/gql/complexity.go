package gql

import "github.com/vektah/gqlparser/v2/ast"

// complexity estimates how many values the answer of a planned operation can
// have: each field counts once per object it is asked of, and @cost says how
// many objects there can be.
func (x *execution) complexity(fields []*Field) int {
	total := 0
	for _, f := range fields {
		total = add(total, 1)
		if f.typ == nil {
			continue
		}
		below := 0
		for _, object := range x.possible(f.typ.typ) {
			below = max(below, x.complexity(x.plan(f, object)))
		}
		total = add(total, times(below, f.size()))
	}
	return total
}

func (f *Field) size() int {
	size := max(f.typ.size, 1)
	if f.typ.sizeFrom != "" {
		if n, ok := f.Int(f.typ.sizeFrom); ok && n > 0 {
			size = times(size, n)
		}
	}
	return size
}

// rootField stands above the root selection of an operation, so that the root
// is planned like any other selection.
func (x *execution) rootField(op *ast.OperationDefinition) *Field {
	return &Field{x: x, nodes: []*ast.Field{{SelectionSet: op.SelectionSet}}}
}
