package gql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// Resolver gives the value of one field. source is the value of the object the
// field belongs to, nil at the root. A nil value is null; lists are slices.
type Resolver func(ctx context.Context, source any, field *Field) (any, error)

// Of makes a resolver of a function that only reads its object.
func Of[T any](get func(source T) any) Resolver {
	return func(_ context.Context, source any, _ *Field) (any, error) {
		return get(source.(T)), nil
	}
}

// With makes a resolver of a function that needs more than its object.
func With[T any](get func(ctx context.Context, source T, field *Field) (any, error)) Resolver {
	return func(ctx context.Context, source any, field *Field) (any, error) {
		return get(ctx, source.(T), field)
	}
}

// Config is what an engine is made of.
type Config struct {
	// SDL is the schema, with the directives of the package comment declared.
	SDL string
	// Resolvers holds a resolver for each field of each object type:
	// type name, field name.
	Resolvers map[string]map[string]Resolver
	// Scalars holds the custom scalars by type name.
	Scalars map[string]Scalar
	// TypeOf names the object type of a value where the schema says only an
	// interface or union; not needed when no field returns one.
	TypeOf func(value any) string
	// Guard decides on fields with @guard: nil, or why not.
	Guard func(ctx context.Context, role string) error
	// Introspection allows __schema and __type. Off by default, as in the
	// manager (option api.allow-graphql-schema-introspection).
	Introspection bool
	// OnError is told of errors whose text is kept from the caller, and of
	// panics. Path is that of [Error].
	OnError func(ctx context.Context, path []any, err error)

	Limits Limits
	// CacheDocuments and CacheBytes bound the cache of checked documents;
	// default 256 and 2 MiB of query text.
	CacheDocuments, CacheBytes int
}

// Engine answers requests. It is safe for use by several goroutines.
type Engine struct {
	config    Config
	schema    *ast.Schema
	objects   map[string]*object
	scalars   map[string]*Scalar
	root      map[ast.Operation]*object
	documents *cache
}

// object is an object type ready for execution.
type object struct {
	name   string
	fields map[string]*fieldType
}

// fieldType is one field of an object type ready for execution.
type fieldType struct {
	def      *ast.FieldDefinition
	parent   string
	resolve  Resolver
	guard    string
	typ      *outType
	size     int    // @cost(size:), 0 when not given
	sizeFrom string // @cost(argument:)
}

// outType is the type of a field's value: exactly one of elem, leaf, object
// and abstract is set.
type outType struct {
	nonNull  bool
	elem     *outType
	leaf     *Scalar
	object   *object
	abstract *ast.Definition
}

// New checks that schema and resolvers belong together and makes an engine.
func New(config Config) (*Engine, error) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: config.SDL})
	if err != nil {
		return nil, fmt.Errorf("gql: schema: %w", err)
	}
	// Incremental delivery is not spoken here; its directive is an unknown one.
	delete(schema.Directives, "defer")
	config.Limits = config.Limits.withDefaults()
	if config.OnError == nil {
		config.OnError = func(context.Context, []any, error) {}
	}
	if config.CacheDocuments == 0 {
		config.CacheDocuments = 256
	}
	if config.CacheBytes == 0 {
		config.CacheBytes = 2 << 20
	}
	e := &Engine{
		config:    config,
		schema:    schema,
		objects:   map[string]*object{},
		scalars:   map[string]*Scalar{},
		root:      map[ast.Operation]*object{},
		documents: newCache(config.CacheDocuments, config.CacheBytes),
	}
	if err := e.compile(); err != nil {
		return nil, fmt.Errorf("gql: %w", err)
	}
	return e, nil
}

func (e *Engine) compile() error {
	var faults []error
	for name, scalar := range builtinScalars() {
		e.scalars[name] = &scalar
	}
	resolvers := map[string]map[string]Resolver{}
	for name, fields := range introspectionResolvers(e.schema) {
		resolvers[name] = fields
	}
	for name, fields := range e.config.Resolvers {
		resolvers[name] = fields
	}
	for name, def := range e.schema.Types {
		switch def.Kind {
		case ast.Object:
			e.objects[name] = &object{name: name, fields: map[string]*fieldType{}}
		case ast.Scalar:
			scalar, known := e.config.Scalars[name]
			if known {
				e.scalars[name] = &scalar
			} else if e.scalars[name] == nil {
				faults = append(faults, fmt.Errorf("scalar %s is not given", name))
			}
		case ast.Enum:
			e.scalars[name] = enumScalar(def)
		}
	}
	for name, object := range e.objects {
		faults = append(faults, e.compileObject(object, e.schema.Types[name], resolvers[name])...)
	}
	for name, fields := range e.config.Resolvers {
		for field := range fields {
			if o := e.objects[name]; o == nil || o.fields[field] == nil {
				faults = append(faults, fmt.Errorf("resolver for %s.%s: no such field", name, field))
			}
		}
	}
	for op, def := range map[ast.Operation]*ast.Definition{ast.Query: e.schema.Query, ast.Mutation: e.schema.Mutation} {
		if def != nil {
			e.root[op] = e.objects[def.Name]
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}

func (e *Engine) compileObject(o *object, def *ast.Definition, resolvers map[string]Resolver) (faults []error) {
	for _, field := range def.Fields {
		f := &fieldType{def: field, parent: def.Name, typ: e.outType(field.Type)}
		o.fields[field.Name] = f
		switch {
		case resolvers[field.Name] != nil:
			f.resolve = resolvers[field.Name]
		case def == e.schema.Query && strings.HasPrefix(field.Name, "__"):
			f.resolve = introspectionRoot(e.schema, field.Name)
		default:
			faults = append(faults, fmt.Errorf("no resolver for %s.%s", def.Name, field.Name))
		}
		if guard := field.Directives.ForName("guard"); guard != nil {
			f.guard = guard.Arguments.ForName("role").Value.Raw
			if e.config.Guard == nil {
				faults = append(faults, fmt.Errorf("%s.%s is guarded but there is no guard", def.Name, field.Name))
			}
		}
		if cost := field.Directives.ForName("cost"); cost != nil {
			values := cost.ArgumentMap(nil)
			if n, ok := values["size"].(int64); ok {
				f.size = int(n)
			}
			f.sizeFrom, _ = values["argument"].(string)
			if f.sizeFrom != "" && field.Arguments.ForName(f.sizeFrom) == nil {
				faults = append(faults, fmt.Errorf("%s.%s: @cost names an argument that is not there", def.Name, field.Name))
			}
		}
	}
	return faults
}

func (e *Engine) outType(t *ast.Type) *outType {
	out := &outType{nonNull: t.NonNull}
	if t.Elem != nil {
		out.elem = e.outType(t.Elem)
		return out
	}
	def := e.schema.Types[t.NamedType]
	switch {
	case def.IsLeafType():
		out.leaf = e.scalars[t.NamedType]
	case def.Kind == ast.Object:
		out.object = e.objects[t.NamedType]
	default:
		out.abstract = def
	}
	return out
}

func enumScalar(def *ast.Definition) *Scalar {
	return &Scalar{
		Append: appendText,
		Parse: func(value any) (any, error) {
			name, ok := value.(string)
			if !ok {
				return nil, &mismatch{fmt.Sprintf("Enum '%s' cannot represent non-string value", def.Name)}
			}
			if def.EnumValues.ForName(name) == nil {
				return nil, &mismatch{fmt.Sprintf("Value does not exist in '%s' enum", def.Name)}
			}
			return name, nil
		},
	}
}
