package gql

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// Field is what a resolver learns about the field it resolves.
type Field struct {
	// Name is the field's name in the schema.
	Name string
	// Args holds the arguments that were given or have a default, coerced; an
	// argument that is absent is missing, one that is null is nil.
	Args map[string]any

	x       *execution
	typ     *fieldType
	key     []byte // `"alias":`
	alias   string
	nodes   []*ast.Field
	subs    []subPlan
	argFail *Error
}

// subPlan is what is asked of a field's value when it is of one object type.
type subPlan struct {
	object *object
	fields []*Field
}

// Text gives a text argument, and whether it was given and is not null.
func (f *Field) Text(name string) (string, bool) {
	s, ok := f.Args[name].(string)
	return s, ok
}

// Int gives a number argument, and whether it was given and is not null.
func (f *Field) Int(name string) (int, bool) {
	n, ok := f.Args[name].(int)
	return n, ok
}

// Bool gives a truth argument, and whether it was given and is not null.
func (f *Field) Bool(name string) (value, given bool) {
	value, given = f.Args[name].(bool)
	return value, given
}

// Asked holds the names of the fields a request asks of an object.
type Asked map[string]bool

// Any reports whether at least one of the names is asked.
func (a Asked) Any(names ...string) bool {
	for _, name := range names {
		if a[name] {
			return true
		}
	}
	return false
}

// Asked tells which fields the request asks below this one: of its value, or
// further down a path of field names. Resolvers use it to load only what is
// needed, and to load it for a whole page at once.
func (f *Field) Asked(path ...string) Asked {
	asked := Asked{}
	f.collectAsked(asked, path)
	return asked
}

func (f *Field) collectAsked(asked Asked, path []string) {
	for _, object := range f.x.possible(f.typ.typ) {
		for _, child := range f.x.plan(f, object) {
			switch {
			case len(path) == 0:
				asked[child.Name] = true
			case child.Name == path[0] && child.typ != nil:
				child.collectAsked(asked, path[1:])
			}
		}
	}
}

// possible lists the object types a value of type t may have.
func (x *execution) possible(t *outType) []*object {
	for t.elem != nil {
		t = t.elem
	}
	switch {
	case t.object != nil:
		return []*object{t.object}
	case t.abstract != nil:
		var out []*object
		for _, def := range x.engine.schema.PossibleTypes[t.abstract.Name] {
			out = append(out, x.engine.objects[def.Name])
		}
		return out
	}
	return nil
}

// plan gives the fields asked of a field's value, fragments merged and
// directives applied. It is made once per request however many values follow.
func (x *execution) plan(f *Field, o *object) []*Field {
	for i := range f.subs {
		if f.subs[i].object == o {
			return f.subs[i].fields
		}
	}
	c := collector{x: x, object: o}
	for _, node := range f.nodes {
		c.add(node.SelectionSet)
	}
	f.subs = append(f.subs, subPlan{o, c.fields})
	return c.fields
}

// collector gathers the fields of selection sets that apply to one object type.
type collector struct {
	x       *execution
	object  *object
	fields  []*Field
	byAlias map[string]*Field
	seen    map[string]bool
}

func (c *collector) add(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if c.x.included(s.Directives) {
				c.addField(s)
			}
		case *ast.InlineFragment:
			if c.x.included(s.Directives) && c.x.applies(s.TypeCondition, c.object) {
				c.add(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if !c.x.included(s.Directives) || c.seen[s.Name] {
				continue
			}
			if c.seen == nil {
				c.seen = map[string]bool{}
			}
			c.seen[s.Name] = true
			fragment := c.x.doc.fragments[s.Name]
			if c.x.applies(fragment.TypeCondition, c.object) {
				c.add(fragment.SelectionSet)
			}
		}
	}
}

func (c *collector) addField(node *ast.Field) {
	if f := c.byAlias[node.Alias]; f != nil {
		f.nodes = append(f.nodes, node)
		return
	}
	f := &Field{
		Name:  node.Name,
		x:     c.x,
		typ:   c.object.fields[node.Name], // nil for __typename
		key:   append(appendString(nil, node.Alias), ':'),
		alias: node.Alias,
		nodes: []*ast.Field{node},
	}
	if f.typ != nil {
		f.Args, f.argFail = c.x.engine.arguments(f.typ.def.Arguments, node.Arguments, c.x.vars)
	}
	if c.byAlias == nil {
		c.byAlias = map[string]*Field{}
	}
	c.byAlias[node.Alias] = f
	c.fields = append(c.fields, f)
}

// applies reports whether a fragment on a type concerns objects of type o.
func (x *execution) applies(condition string, o *object) bool {
	if condition == "" || condition == o.name {
		return true
	}
	for _, def := range x.engine.schema.PossibleTypes[condition] {
		if def.Name == o.name {
			return true
		}
	}
	return false
}

// included applies @skip and @include.
func (x *execution) included(directives ast.DirectiveList) bool {
	for _, directive := range directives {
		if directive.Name != "skip" && directive.Name != "include" {
			continue
		}
		arg := directive.Arguments.ForName("if")
		if arg == nil {
			continue
		}
		value, _ := x.engine.literal(arg.Value.ExpectedType, arg.Value, x.vars).(bool)
		if value == (directive.Name == "skip") {
			return false
		}
	}
	return true
}
