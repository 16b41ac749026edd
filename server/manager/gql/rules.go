package gql

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Names of the validation rules that are ours.
const (
	ruleValues        = "ValuesOfCorrectType" // also checks custom scalars
	ruleArguments     = "KnownArgumentNames"  // points at the argument, not at its field
	ruleTypes         = "KnownTypeNames"      // points at the type, not at its variable
	ruleIntrospection = "Introspection"
)

func (e *Engine) rules() *rules.Rules {
	set := rules.NewDefaultRules()
	set.ReplaceRule(ruleValues, e.checkValues)
	set.ReplaceRule(ruleArguments, checkArguments)
	set.ReplaceRule(ruleTypes, e.checkTypes)
	if !e.config.Introspection {
		set.AddRule(ruleIntrospection, refuseIntrospection)
	}
	return set
}

func refuseIntrospection(observers *core.Events, addError core.AddErrFunc) {
	observers.OnField(func(_ *core.Walker, field *ast.Field) {
		if field.Name == "__schema" || field.Name == "__type" {
			addError(core.Message("Cannot query '%s': introspection is disabled.", field.Name), core.At(field.Position))
		}
	})
}

// checkTypes finds unknown types of variables and of fragments.
func (e *Engine) checkTypes(observers *core.Events, addError core.AddErrFunc) {
	check := func(name string, at *ast.Position) {
		if name == "" || e.schema.Types[name] != nil {
			return
		}
		names := slices.Sorted(maps.Keys(e.schema.Types))
		addError(core.Message("Unknown type '%s'.%s", name, didYouMean(name, names)), core.At(at))
	}
	observers.OnVariable(func(_ *core.Walker, variable *ast.VariableDefinition) {
		check(variable.Type.Name(), variable.Type.Position)
	})
	observers.OnInlineFragment(func(_ *core.Walker, fragment *ast.InlineFragment) {
		check(fragment.TypeCondition, fragment.Position)
	})
	observers.OnFragment(func(_ *core.Walker, fragment *ast.FragmentDefinition) {
		check(fragment.TypeCondition, fragment.Position)
	})
}

func checkArguments(observers *core.Events, addError core.AddErrFunc) {
	check := func(args ast.ArgumentList, known ast.ArgumentDefinitionList, owner string) {
		for _, arg := range args {
			if known.ForName(arg.Name) != nil {
				continue
			}
			names := make([]string, len(known))
			for i, def := range known {
				names[i] = def.Name
			}
			addError(core.Message("Unknown argument '%s' on %s.%s", arg.Name, owner, didYouMean(arg.Name, names)), core.At(arg.Position))
		}
	}
	observers.OnField(func(_ *core.Walker, field *ast.Field) {
		if field.Definition != nil && field.ObjectDefinition != nil {
			check(field.Arguments, field.Definition.Arguments, fmt.Sprintf("field '%s.%s'", field.ObjectDefinition.Name, field.Name))
		}
	})
	observers.OnDirective(func(_ *core.Walker, directive *ast.Directive) {
		if directive.Definition != nil {
			check(directive.Arguments, directive.Definition.Arguments, fmt.Sprintf("directive '@%s'", directive.Name))
		}
	})
}

func didYouMean(typed string, names []string) string {
	near := core.SuggestionList(typed, names)
	if len(near) == 0 {
		return ""
	}
	return " Did you mean " + strings.ReplaceAll(core.QuotedOrList(near...), `"`, "'") + "?"
}

// checkValues checks literals, those of custom scalars too.
func (e *Engine) checkValues(observers *core.Events, addError core.AddErrFunc) {
	observers.OnValue(func(_ *core.Walker, value *ast.Value) {
		expected, def := value.ExpectedType, value.Definition
		if expected == nil || def == nil || value.Kind == ast.Variable {
			return
		}
		report := func(format string, args ...any) {
			addError(core.Message(format, args...), core.At(startOf(value)))
		}
		switch {
		case value.Kind == ast.NullValue:
			if expected.NonNull {
				report("Expected value of type '%s', found null.", expected)
			}
		case value.Kind == ast.ListValue && expected.Elem != nil:
			// Its elements are checked one by one.
		case def.Kind == ast.InputObject && value.Kind == ast.ObjectValue:
			checkObject(value, addError)
		case def.Kind == ast.InputObject:
			report("Expected value of type '%s', found %s.", expected, value)
		case def.Kind == ast.Enum && value.Kind != ast.EnumValue:
			report("Enum '%s' cannot represent non-enum value: %s.", def.Name, value)
		case def.Kind == ast.Scalar && value.Kind == ast.EnumValue:
			report("%s", literalFault(expected, value, e.kindFault(def.Name)))
		default:
			input, err := value.Value(nil)
			if err != nil { // a number too large for its Go type
				input = value.Raw
			}
			if _, err := e.scalars[def.Name].Parse(normal(input)); err != nil {
				if def.Kind == ast.Enum {
					report("Value '%s' does not exist in '%s' enum.", value, def.Name)
					return
				}
				report("%s", literalFault(expected, value, err))
			}
		}
	})
}

// startOf is where a value begins; gqlparser's lexer gives the first character
// inside the quotes of a string.
func startOf(value *ast.Value) *ast.Position {
	quotes := 0
	switch value.Kind {
	case ast.StringValue:
		quotes = 1
	case ast.BlockValue:
		quotes = 3
	}
	if quotes == 0 || value.Position.Column <= quotes {
		return value.Position
	}
	at := *value.Position
	at.Column -= quotes
	return &at
}

// kindFault is what a scalar says to a bare name such as RUNNING.
func (e *Engine) kindFault(scalar string) error {
	_, err := e.scalars[scalar].Parse(struct{}{})
	if err == nil {
		err = ErrWrongKind
	}
	return err
}

func checkObject(value *ast.Value, addError core.AddErrFunc) {
	def := value.Definition
	for _, field := range def.Fields {
		if field.Type.NonNull && field.DefaultValue == nil && value.Children.ForName(field.Name) == nil {
			addError(core.Message("Field '%s.%s' of required type '%s' was not provided.", def.Name, field.Name, field.Type), core.At(value.Position))
		}
	}
	for _, child := range value.Children {
		if def.Fields.ForName(child.Name) == nil {
			names := make([]string, len(def.Fields))
			for i, field := range def.Fields {
				names[i] = field.Name
			}
			addError(core.Message("Field '%s' is not defined by type '%s'.%s", child.Name, def.Name, didYouMean(child.Name, names)), core.At(child.Position))
		}
	}
}

// literalFault is graphql-core's sentence for a literal a scalar refused.
func literalFault(expected *ast.Type, value *ast.Value, err error) string {
	var sentence *mismatch
	switch {
	case errors.As(err, &sentence):
		return sentence.sentence + ": " + value.String()
	case errors.Is(err, ErrWrongKind):
		return fmt.Sprintf("Expected value of type '%s', found %s.", expected, value)
	}
	return fmt.Sprintf("Expected value of type '%s', found %s; %s", expected, value, err)
}
