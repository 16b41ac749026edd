package gql

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// execution is the work on one request. Fields are resolved one after the
// other, queries too: the store behind them is one file on one disk, and
// resolvers load a page at a time.
type execution struct {
	engine *Engine
	ctx    context.Context
	doc    *document
	vars   map[string]any

	buf     []byte
	path    []any
	errs    []*Error
	aborted *Error // set when the rest must not be done; nothing is answered then
}

// Execute answers a request. It never fails otherwise than with the errors in
// the answer.
func (e *Engine) Execute(ctx context.Context, request Request) *Response {
	doc, errs := e.document(request.Query)
	if errs != nil {
		return failed(errs...)
	}
	op, fault := doc.operation(request.OperationName)
	if fault != nil {
		return failed(fault)
	}
	vars, errs := e.variables(op, request.Variables)
	if errs != nil {
		return failed(errs...)
	}
	x := &execution{engine: e, ctx: ctx, doc: doc, vars: vars}
	return x.run(op)
}

func (x *execution) run(op *ast.OperationDefinition) (response *Response) {
	defer func() {
		if r := recover(); r != nil {
			x.engine.config.OnError(x.ctx, slices.Clone(x.path), panicError(r))
			response = failed(errorf(InternalMessage))
		}
	}()
	root := x.engine.root[op.Operation]
	fields := x.plan(x.rootField(op), root)
	limits := x.engine.config.Limits
	if n := x.complexity(fields); n > limits.Complexity {
		return failed(errorf("Query is too complex: it asks for up to %d values, at most %d are allowed. Ask for fewer rows or fewer fields.", n, limits.Complexity))
	}
	if !x.object(root, nil, fields) && x.aborted == nil {
		x.buf = append(x.buf[:0], "null"...)
	}
	if x.aborted != nil {
		return failed(x.aborted)
	}
	return &Response{Data: x.buf, Errors: x.errs}
}

// object writes one object. It reports false when a non-null field below it is
// null, or nothing more shall be done; what it wrote is then worthless.
func (x *execution) object(o *object, source any, fields []*Field) bool {
	if err := x.ctx.Err(); err != nil {
		x.aborted = errorf(CancelledMessage)
	}
	if len(x.buf) > x.engine.config.Limits.ResponseBytes {
		x.aborted = errorf("The answer is too large: more than %d bytes. Ask for fewer rows or fewer fields.", x.engine.config.Limits.ResponseBytes)
	}
	if x.aborted != nil {
		return false
	}
	x.buf = append(x.buf, '{')
	for i, f := range fields {
		if i > 0 {
			x.buf = append(x.buf, ',')
		}
		x.buf = append(x.buf, f.key...)
		if f.typ == nil {
			x.buf = appendString(x.buf, o.name)
			continue
		}
		x.path = append(x.path, f.alias)
		ok := x.field(f, source)
		x.path = x.path[:len(x.path)-1]
		if !ok {
			return false
		}
	}
	x.buf = append(x.buf, '}')
	return true
}

// field resolves and writes one value. False means that the parent is null.
func (x *execution) field(f *Field, source any) bool {
	value, err := x.resolve(f, source)
	if err != nil {
		x.fail(f, err)
		return x.null(f.typ.typ)
	}
	return x.value(f, f.typ.typ, value)
}

// null writes null where the type allows it.
func (x *execution) null(t *outType) bool {
	if t.nonNull || x.aborted != nil {
		return false
	}
	x.buf = append(x.buf, "null"...)
	return true
}

func (x *execution) resolve(f *Field, source any) (value any, err error) {
	if f.argFail != nil {
		return nil, f.argFail
	}
	if f.typ.guard != "" {
		if err := x.engine.config.Guard(x.ctx, f.typ.guard); err != nil {
			return nil, err
		}
	}
	defer func() {
		if r := recover(); r != nil {
			err = panicError(r)
		}
	}()
	return f.typ.resolve(x.ctx, source, f)
}

func panicError(recovered any) error {
	return fmt.Errorf("%w: %v\n%s", errInternal, recovered, debug.Stack())
}

// fail records why a field has no value.
func (x *execution) fail(f *Field, err error) {
	entry := &Error{Path: slices.Clone(x.path)}
	for _, node := range f.nodes {
		entry.Locations = append(entry.Locations, Location{Line: node.Position.Line, Column: node.Position.Column})
	}
	var fault *Fault
	var located *Error
	switch {
	case errors.As(err, &fault):
		entry.Message = fault.Message
	case errors.As(err, &located):
		entry.Message, entry.Locations = located.Message, located.Locations
	case x.ctx.Err() != nil:
		x.aborted = errorf(CancelledMessage)
		return
	default:
		x.engine.config.OnError(x.ctx, entry.Path, err)
		entry.Message = InternalMessage
	}
	if len(x.errs) >= x.engine.config.Limits.Errors {
		x.aborted = errorf("Too many errors: more than %d.", x.engine.config.Limits.Errors)
		return
	}
	x.errs = append(x.errs, entry)
}

// value writes a value of type t. False means that the place it stands in must
// be null too.
func (x *execution) value(f *Field, t *outType, value any) bool {
	start := len(x.buf)
	if isNil(value) {
		if t.nonNull {
			x.fail(f, Faultf("Cannot return null for non-nullable field %s.%s.", f.typ.parent, f.Name))
		}
		return x.null(t)
	}
	if x.present(f, t, value) {
		return true
	}
	x.buf = x.buf[:start]
	return x.null(t)
}

func (x *execution) present(f *Field, t *outType, value any) bool {
	switch {
	case t.leaf != nil:
		buf, err := t.leaf.Append(x.buf, value)
		if err != nil {
			x.fail(f, err)
			return false
		}
		x.buf = buf
		return true
	case t.elem != nil:
		return x.list(f, t.elem, value)
	case t.object != nil:
		return x.object(t.object, value, x.plan(f, t.object))
	}
	var o *object
	if x.engine.config.TypeOf != nil {
		o = x.engine.objects[x.engine.config.TypeOf(value)]
	}
	if o == nil || !x.applies(t.abstract.Name, o) {
		x.fail(f, fmt.Errorf("%T is not a %s", value, t.abstract.Name))
		return false
	}
	return x.object(o, value, x.plan(f, o))
}

func (x *execution) list(f *Field, elem *outType, value any) bool {
	list := reflect.ValueOf(value)
	if list.Kind() != reflect.Slice {
		x.fail(f, fmt.Errorf("%T where a list is meant", value))
		return false
	}
	x.buf = append(x.buf, '[')
	for i := range list.Len() {
		if i > 0 {
			x.buf = append(x.buf, ',')
		}
		x.path = append(x.path, i)
		ok := x.value(f, elem, list.Index(i).Interface())
		x.path = x.path[:len(x.path)-1]
		if !ok {
			return false
		}
	}
	x.buf = append(x.buf, ']')
	return true
}

// isNil also finds the nil pointers, slices and maps that hide in an interface.
// An empty slice is an empty list, not null.
func isNil(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string, bool, int, int64, float64:
		return false
	case *string:
		return v == nil
	}
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return v.IsNil()
	}
	return false
}
