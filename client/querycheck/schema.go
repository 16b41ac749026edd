package querycheck

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
)

// The managers whose schemas are recorded.
const (
	Old    = "24.09.14"
	Recent = "26.9.6"
)

// federation declares what later managers use in their schema without declaring
// it.
const federation = `
directive @link(url: String!, import: [String]) repeatable on SCHEMA
directive @key(fields: String!, resolvable: Boolean) repeatable on OBJECT | INTERFACE
directive @shareable on OBJECT | FIELD_DEFINITION
`

// Schema is what one manager understands.
type Schema struct {
	// Manager is the version of the manager that printed it.
	Manager string
	ast     *ast.Schema
}

// Load reads a recorded schema: that of [Old] or [Recent].
func Load(manager string) (*Schema, error) {
	_, source, _, _ := runtime.Caller(0)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(source), "..", "testdata", manager, "schema.graphql"))
	if err != nil {
		return nil, err
	}
	loaded, err := gqlparser.LoadSchema(&ast.Source{Input: federation}, &ast.Source{Name: manager, Input: string(text)})
	if err != nil {
		return nil, err
	}
	return &Schema{manager, loaded}, nil
}

// Check says what the manager would refuse in the body of a request; nil if
// nothing.
func (s *Schema) Check(body string) error {
	_, err := s.read(body)
	return err
}

// read parses the body of a request and validates it.
func (s *Schema) read(body string) (*ast.QueryDocument, error) {
	var request struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	if err := json.Unmarshal([]byte(body), &request); err != nil {
		return nil, err
	}
	document, errs := gqlparser.LoadQueryWithRules(s.ast, request.Query, nil)
	if errs != nil {
		return nil, fmt.Errorf("%w in %s", errs, request.Query)
	}
	if len(document.Operations) != 1 {
		return nil, fmt.Errorf("%d operations in %s", len(document.Operations), request.Query)
	}
	if _, err := validator.VariableValues(s.ast, document.Operations[0], request.Variables); err != nil {
		return nil, fmt.Errorf("%w in %s with %v", err, request.Query, request.Variables)
	}
	return document, nil
}
