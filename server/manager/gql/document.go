package gql

import (
	"errors"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// document is a query text that was parsed and found valid. It is shared by
// all requests with the same text and never changed.
type document struct {
	ops       ast.OperationList
	fragments map[string]*ast.FragmentDefinition
}

// document gives the checked document for a text, or what is wrong with it.
// Texts that fail are not remembered: they would push out those that poll.
func (e *Engine) document(text string) (*document, []*Error) {
	if len(text) > e.config.Limits.Bytes {
		return nil, []*Error{errorf("Query is too long: %d bytes, at most %d are allowed.", len(text), e.config.Limits.Bytes)}
	}
	if doc := e.documents.get(text); doc != nil {
		return doc, nil
	}
	// The text outlives the request in the cache; it must not keep a larger
	// buffer alive that it was cut from.
	text = strings.Clone(text)
	parsed, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, e.config.Limits.Tokens)
	if err != nil {
		return nil, []*Error{syntaxError(text, err)}
	}
	if fault := e.config.Limits.checkShape(parsed); fault != nil {
		return nil, []*Error{fault}
	}
	if list := validator.ValidateWithRules(e.schema, parsed, e.rules()); len(list) > 0 {
		return nil, translate(list)
	}
	doc := &document{ops: parsed.Operations, fragments: make(map[string]*ast.FragmentDefinition, len(parsed.Fragments))}
	for _, fragment := range parsed.Fragments {
		doc.fragments[fragment.Name] = fragment
	}
	e.documents.put(text, doc)
	return doc, nil
}

// operation chooses the operation a request means.
func (d *document) operation(name string) (*ast.OperationDefinition, *Error) {
	if name != "" {
		if op := d.ops.ForName(name); op != nil {
			return op, nil
		}
		return nil, errorf("Unknown operation named '%s'.", name)
	}
	switch len(d.ops) {
	case 0:
		return nil, errorf("Must provide an operation.")
	case 1:
		return d.ops[0], nil
	}
	return nil, errorf("Must provide operation name if query contains multiple operations.")
}

// maxErrors is how many validation errors graphql-core reports before it gives up.
const maxErrors = 100

func translate(list gqlerror.List) []*Error {
	errs := make([]*Error, 0, len(list))
	for _, err := range list {
		if len(errs) == maxErrors {
			return append(errs, errorf("Too many validation errors, error limit reached. Validation aborted."))
		}
		errs = append(errs, &Error{Message: spell(err), Locations: locations(err)})
	}
	return errs
}

func syntaxError(text string, err error) *Error {
	if strings.Contains(err.Error(), lexer.Invalid.String()) {
		// The parser met a token that is none; the lexer knows why.
		if cause := lexicalFault(text); cause != nil {
			err = cause
		}
	}
	var fault *gqlerror.Error
	if !errors.As(err, &fault) {
		return errorf("Syntax Error: %s.", err)
	}
	if strings.Contains(fault.Message, "token limit") || strings.Contains(fault.Message, "nesting depth") {
		return errorf("Query is too large: %s.", fault.Message)
	}
	message := fault.Message
	// gqlparser spells two cases differently from graphql-core.
	if rest, ok := strings.CutPrefix(message, "expected at least one definition, found "); ok {
		message = "Expected Name, found " + rest
	}
	return &Error{Message: "Syntax Error: " + strings.TrimSuffix(message, ".") + ".", Locations: locations(fault)}
}

func lexicalFault(text string) error {
	l := lexer.New(&ast.Source{Input: text})
	for {
		token, err := l.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return err
		}
	}
}

func locations(err *gqlerror.Error) []Location {
	out := make([]Location, 0, len(err.Locations))
	for _, l := range err.Locations {
		if l.Line > 0 && l.Column > 0 {
			out = append(out, Location{Line: l.Line, Column: l.Column})
		}
	}
	return out
}

// spell turns a validation message of gqlparser into that of graphql-core,
// which puts names in single quotes. Messages that quote values come from our
// own rules and are right already.
func spell(err *gqlerror.Error) string {
	switch err.Rule {
	case ruleValues, ruleArguments, ruleTypes, ruleIntrospection:
		return err.Message
	}
	return strings.ReplaceAll(err.Message, `"`, "'")
}
