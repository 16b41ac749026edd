package gql

import (
	"context"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Introspection: the fields __schema and __type of the root, and resolvers for
// the types the specification defines for them. A __Type is either a named type
// of the schema (*ast.Definition) or a list or non-null around one (*ast.Type).

func introspectionRoot(schema *ast.Schema, name string) Resolver {
	if name == "__schema" {
		return func(context.Context, any, *Field) (any, error) { return schema, nil }
	}
	return func(_ context.Context, _ any, f *Field) (any, error) {
		name, _ := f.Text("name")
		return schema.Types[name], nil
	}
}

func introspectionResolvers(schema *ast.Schema) map[string]map[string]Resolver {
	typeOf := func(t *ast.Type) any {
		if t.NonNull || t.Elem != nil {
			return t
		}
		return schema.Types[t.NamedType]
	}
	none := func(context.Context, any, *Field) (any, error) { return nil, nil }
	always := func(value any) Resolver {
		return func(context.Context, any, *Field) (any, error) { return value, nil }
	}
	return map[string]map[string]Resolver{
		"__Schema": {
			"description":      none,
			"types":            Of(func(s *ast.Schema) any { return sortedTypes(s) }),
			"queryType":        Of(func(s *ast.Schema) any { return s.Query }),
			"mutationType":     Of(func(s *ast.Schema) any { return s.Mutation }),
			"subscriptionType": Of(func(s *ast.Schema) any { return s.Subscription }),
			"directives":       Of(func(s *ast.Schema) any { return publicDirectives(s) }),
		},
		"__Type": {
			"kind":           Of(typeKind),
			"name":           ofNamed(func(d *ast.Definition, _ *Field) any { return d.Name }),
			"description":    ofNamed(func(d *ast.Definition, _ *Field) any { return textOrNull(d.Description) }),
			"specifiedByURL": none,
			"fields": ofNamed(func(d *ast.Definition, f *Field) any {
				if d.Kind != ast.Object && d.Kind != ast.Interface {
					return nil
				}
				return visibleFields(d.Fields, f)
			}),
			"interfaces": ofNamed(func(d *ast.Definition, _ *Field) any {
				if d.Kind != ast.Object && d.Kind != ast.Interface {
					return nil
				}
				return namedTypes(schema, d.Interfaces)
			}),
			"possibleTypes": ofNamed(func(d *ast.Definition, _ *Field) any {
				if !d.IsAbstractType() {
					return nil
				}
				return schema.PossibleTypes[d.Name]
			}),
			"enumValues": ofNamed(func(d *ast.Definition, f *Field) any {
				if d.Kind != ast.Enum {
					return nil
				}
				return visible(d.EnumValues, f, func(v *ast.EnumValueDefinition) ast.DirectiveList { return v.Directives })
			}),
			"inputFields": ofNamed(func(d *ast.Definition, f *Field) any {
				if d.Kind != ast.InputObject {
					return nil
				}
				return visibleFields(d.Fields, f)
			}),
			"ofType": func(_ context.Context, source any, _ *Field) (any, error) {
				t, wrapped := source.(*ast.Type)
				switch {
				case !wrapped:
					return nil, nil
				case t.NonNull:
					inner := *t
					inner.NonNull = false
					return typeOf(&inner), nil
				}
				return typeOf(t.Elem), nil
			},
			"isOneOf": ofNamed(func(d *ast.Definition, _ *Field) any {
				if d.Kind != ast.InputObject {
					return nil
				}
				return d.Directives.ForName("oneOf") != nil
			}),
		},
		"__Field": {
			"name":        Of(func(d *ast.FieldDefinition) any { return d.Name }),
			"description": Of(func(d *ast.FieldDefinition) any { return textOrNull(d.Description) }),
			"args": With(func(_ context.Context, d *ast.FieldDefinition, f *Field) (any, error) {
				return visible(d.Arguments, f, func(a *ast.ArgumentDefinition) ast.DirectiveList { return a.Directives }), nil
			}),
			"type":              Of(func(d *ast.FieldDefinition) any { return typeOf(d.Type) }),
			"isDeprecated":      Of(func(d *ast.FieldDefinition) any { return d.Directives.ForName("deprecated") != nil }),
			"deprecationReason": Of(func(d *ast.FieldDefinition) any { return deprecation(d.Directives) }),
		},
		"__InputValue": inputValueResolvers(typeOf),
		"__EnumValue": {
			"name":              Of(func(d *ast.EnumValueDefinition) any { return d.Name }),
			"description":       Of(func(d *ast.EnumValueDefinition) any { return textOrNull(d.Description) }),
			"isDeprecated":      Of(func(d *ast.EnumValueDefinition) any { return d.Directives.ForName("deprecated") != nil }),
			"deprecationReason": Of(func(d *ast.EnumValueDefinition) any { return deprecation(d.Directives) }),
		},
		"__Directive": {
			"name":         Of(func(d *ast.DirectiveDefinition) any { return d.Name }),
			"description":  Of(func(d *ast.DirectiveDefinition) any { return textOrNull(d.Description) }),
			"isRepeatable": always(false),
			"locations":    Of(func(d *ast.DirectiveDefinition) any { return d.Locations }),
			"args":         Of(func(d *ast.DirectiveDefinition) any { return []*ast.ArgumentDefinition(d.Arguments) }),
		},
	}
}

// inputValueResolvers serve arguments and the fields of input objects alike.
func inputValueResolvers(typeOf func(*ast.Type) any) map[string]Resolver {
	of := func(arg func(*ast.ArgumentDefinition) any) Resolver {
		return func(_ context.Context, source any, _ *Field) (any, error) {
			if field, ok := source.(*ast.FieldDefinition); ok {
				source = &ast.ArgumentDefinition{
					Name: field.Name, Description: field.Description, Type: field.Type,
					DefaultValue: field.DefaultValue, Directives: field.Directives,
				}
			}
			return arg(source.(*ast.ArgumentDefinition)), nil
		}
	}
	return map[string]Resolver{
		"name":        of(func(a *ast.ArgumentDefinition) any { return a.Name }),
		"description": of(func(a *ast.ArgumentDefinition) any { return textOrNull(a.Description) }),
		"type":        of(func(a *ast.ArgumentDefinition) any { return typeOf(a.Type) }),
		"defaultValue": of(func(a *ast.ArgumentDefinition) any {
			if a.DefaultValue == nil {
				return nil
			}
			return a.DefaultValue.String()
		}),
		"isDeprecated":      of(func(a *ast.ArgumentDefinition) any { return a.Directives.ForName("deprecated") != nil }),
		"deprecationReason": of(func(a *ast.ArgumentDefinition) any { return deprecation(a.Directives) }),
	}
}

// ofNamed reads a named type; wrapped ones have nothing but a kind.
func ofNamed(get func(*ast.Definition, *Field) any) Resolver {
	return func(_ context.Context, source any, f *Field) (any, error) {
		if def, ok := source.(*ast.Definition); ok {
			return get(def, f), nil
		}
		return nil, nil
	}
}

func typeKind(source any) any {
	switch t := source.(type) {
	case *ast.Type:
		if t.NonNull {
			return "NON_NULL"
		}
		return "LIST"
	case *ast.Definition:
		return string(t.Kind)
	}
	return nil
}

func sortedTypes(schema *ast.Schema) []*ast.Definition {
	types := make([]*ast.Definition, 0, len(schema.Types))
	for _, def := range schema.Types {
		types = append(types, def)
	}
	slices.SortFunc(types, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return types
}

// publicDirectives leaves out those that only the engine reads.
func publicDirectives(schema *ast.Schema) []*ast.DirectiveDefinition {
	var out []*ast.DirectiveDefinition
	for _, name := range []string{"include", "skip", "deprecated", "specifiedBy"} {
		out = append(out, schema.Directives[name])
	}
	return out
}

func namedTypes(schema *ast.Schema, names []string) []*ast.Definition {
	out := make([]*ast.Definition, len(names))
	for i, name := range names {
		out[i] = schema.Types[name]
	}
	return out
}

func visibleFields(fields ast.FieldList, f *Field) []*ast.FieldDefinition {
	out := visible(fields, f, func(d *ast.FieldDefinition) ast.DirectiveList { return d.Directives })
	return slices.DeleteFunc(out, func(d *ast.FieldDefinition) bool { return strings.HasPrefix(d.Name, "__") })
}

// visible leaves out deprecated entries unless includeDeprecated asks for them.
func visible[T any](all []T, f *Field, directives func(T) ast.DirectiveList) []T {
	include, _ := f.Bool("includeDeprecated")
	out := make([]T, 0, len(all))
	for _, entry := range all {
		if include || directives(entry).ForName("deprecated") == nil {
			out = append(out, entry)
		}
	}
	return out
}

func deprecation(directives ast.DirectiveList) any {
	d := directives.ForName("deprecated")
	if d == nil {
		return nil
	}
	reason, _ := d.ArgumentMap(nil)["reason"].(string)
	return reason
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
