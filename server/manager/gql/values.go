package gql

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// variables coerces the variables of a request to the types the operation
// declares. A variable that is absent and has no default is absent afterwards.
func (e *Engine) variables(op *ast.OperationDefinition, given map[string]any) (map[string]any, []*Error) {
	var errs []*Error
	values := make(map[string]any, len(op.VariableDefinitions))
	for _, def := range op.VariableDefinitions {
		at := []Location{{Line: def.Position.Line, Column: def.Position.Column}}
		value, present := given[def.Variable]
		switch {
		case !present && def.DefaultValue != nil:
			values[def.Variable] = e.literal(def.Type, def.DefaultValue, nil)
		case !present && def.Type.NonNull:
			errs = append(errs, &Error{Locations: at, Message: fmt.Sprintf("Variable '$%s' of required type '%s' was not provided.", def.Variable, def.Type)})
		case !present:
		case value == nil && def.Type.NonNull:
			errs = append(errs, &Error{Locations: at, Message: fmt.Sprintf("Variable '$%s' of non-null type '%s' must not be null.", def.Variable, def.Type)})
		default:
			c := coercion{engine: e}
			values[def.Variable] = c.input(def.Type, value, nil)
			for _, fault := range c.faults {
				message := fmt.Sprintf("Variable '$%s' got invalid value %s", def.Variable, inspect(fault.value))
				if len(fault.path) > 0 {
					message += fmt.Sprintf(" at '%s%s'", def.Variable, strings.Join(fault.path, ""))
				}
				errs = append(errs, &Error{Message: message + "; " + fault.reason, Locations: at})
			}
		}
	}
	return values, errs
}

// coercion turns one decoded JSON value into an input value.
type coercion struct {
	engine *Engine
	faults []coercionFault
}

type coercionFault struct {
	path   []string
	value  any
	reason string
}

func (c *coercion) fault(path []string, value any, format string, args ...any) any {
	if len(c.faults) < 50 { // as many as graphql-core reports
		c.faults = append(c.faults, coercionFault{slices.Clone(path), value, fmt.Sprintf(format, args...)})
	}
	return nil
}

func (c *coercion) input(t *ast.Type, value any, path []string) any {
	if value == nil {
		if t.NonNull {
			return c.fault(path, value, "Expected non-nullable type '%s' not to be None.", t)
		}
		return nil
	}
	if t.Elem != nil {
		list, ok := value.([]any)
		if !ok { // a single value stands for a list of one
			return []any{c.input(t.Elem, value, path)}
		}
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = c.input(t.Elem, item, append(path, "["+strconv.Itoa(i)+"]"))
		}
		return out
	}
	def := c.engine.schema.Types[t.NamedType]
	if def.Kind == ast.InputObject {
		return c.object(def, value, path)
	}
	out, err := c.engine.scalars[t.NamedType].Parse(normal(value))
	if err != nil {
		var sentence *mismatch
		switch {
		case def.Kind == ast.Enum:
			return c.fault(path, value, "Value '%v' does not exist in '%s' enum.", value, def.Name)
		case errors.As(err, &sentence):
			return c.fault(path, value, "%s: %s", sentence.sentence, inspect(value))
		case errors.Is(err, ErrWrongKind):
			return c.fault(path, value, "Expected type '%s'.", t.NamedType)
		}
		return c.fault(path, value, "Expected type '%s'. %s", t.NamedType, err)
	}
	return out
}

func (c *coercion) object(def *ast.Definition, value any, path []string) any {
	given, ok := value.(map[string]any)
	if !ok {
		return c.fault(path, value, "Expected type '%s' to be a mapping.", def.Name)
	}
	out := make(map[string]any, len(given))
	for _, field := range def.Fields {
		item, present := given[field.Name]
		switch {
		case present:
			out[field.Name] = c.input(field.Type, item, append(path, "."+field.Name))
		case field.DefaultValue != nil:
			out[field.Name] = c.engine.literal(field.Type, field.DefaultValue, nil)
		case field.Type.NonNull:
			c.fault(path, value, "Field '%s' of required type '%s' was not provided.", field.Name, field.Type)
		}
	}
	for name := range given {
		if def.Fields.ForName(name) == nil {
			c.fault(path, value, "Field '%s' is not defined by type '%s'.", name, def.Name)
		}
	}
	return out
}

// literal turns a literal that passed validation into an input value.
func (e *Engine) literal(t *ast.Type, value *ast.Value, vars map[string]any) any {
	switch value.Kind {
	case ast.Variable:
		return vars[value.Raw]
	case ast.NullValue:
		return nil
	}
	if t.Elem != nil {
		if value.Kind != ast.ListValue {
			return []any{e.literal(t.Elem, value, vars)}
		}
		out := make([]any, len(value.Children))
		for i, child := range value.Children {
			out[i] = e.literal(t.Elem, child.Value, vars)
		}
		return out
	}
	def := e.schema.Types[t.NamedType]
	if def.Kind == ast.InputObject {
		out := make(map[string]any, len(def.Fields))
		for _, field := range def.Fields {
			child := value.Children.ForName(field.Name)
			if child != nil && !missing(child, vars) {
				out[field.Name] = e.literal(field.Type, child, vars)
			} else if field.DefaultValue != nil {
				out[field.Name] = e.literal(field.Type, field.DefaultValue, nil)
			}
		}
		return out
	}
	input, err := value.Value(nil)
	if err != nil {
		input = value.Raw
	}
	parsed, err := e.scalars[t.NamedType].Parse(normal(input))
	if err != nil {
		return nil // validation has refused it
	}
	return parsed
}

// missing reports a variable that was not sent and has no default: the
// argument counts as not given.
func missing(value *ast.Value, vars map[string]any) bool {
	if value.Kind != ast.Variable {
		return false
	}
	_, ok := vars[value.Raw]
	return !ok
}

// arguments gives the arguments of one field, defaults filled in.
func (e *Engine) arguments(defs ast.ArgumentDefinitionList, given ast.ArgumentList, vars map[string]any) (map[string]any, *Error) {
	if len(defs) == 0 {
		return nil, nil
	}
	out := make(map[string]any, len(defs))
	for _, def := range defs {
		arg := given.ForName(def.Name)
		switch {
		case arg != nil && !missing(arg.Value, vars):
			value := e.literal(def.Type, arg.Value, vars)
			if value == nil && def.Type.NonNull {
				return nil, &Error{
					Message:   fmt.Sprintf("Argument '%s' of non-null type '%s' must not be null.", def.Name, def.Type),
					Locations: []Location{{Line: arg.Value.Position.Line, Column: arg.Value.Position.Column}},
				}
			}
			out[def.Name] = value
		case def.DefaultValue != nil:
			out[def.Name] = e.literal(def.Type, def.DefaultValue, nil)
		case def.Type.NonNull && arg != nil:
			return nil, &Error{
				Message:   fmt.Sprintf("Argument '%s' of required type '%s' was provided the variable '$%s' which was not provided a runtime value.", def.Name, def.Type, arg.Value.Raw),
				Locations: []Location{{Line: arg.Value.Position.Line, Column: arg.Value.Position.Column}},
			}
		}
	}
	return out, nil
}

// inspect shows a value as graphql-core does, in the manner of Python, cut to
// a length that is fit for a message.
func inspect(value any) string {
	text := inspectDeep(value, 0)
	if len(text) > 240 {
		text = strings.ToValidUTF8(text[:237], "") + "..."
	}
	return text
}

func inspectDeep(value any, depth int) string {
	switch v := value.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return "'" + strings.ReplaceAll(strings.ReplaceAll(v, `\`, `\\`), "'", `\'`) + "'"
	case []any:
		if depth > 2 {
			return "[<list>]"
		}
		parts := make([]string, min(len(v), 10))
		for i := range parts {
			parts[i] = inspectDeep(v[i], depth+1)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		if depth > 2 {
			return "{<dict>}"
		}
		parts := make([]string, 0, len(v))
		for name, item := range v {
			parts = append(parts, inspectDeep(name, depth+1)+": "+inspectDeep(item, depth+1))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(value)
}
