// Package schema holds the GraphQL schema that the embedded manager answers, as
// SDL with the directives of the gql package. A test holds it against the schema
// that manager 24.09.14 gives of itself: everything here exists there with the
// same type, arguments and defaults.
//
// What other roles may not see is guarded, not pruned: the real manager shows
// every role the same schema and answers a field that is not for the caller
// with null and an error at the field, and clients tell that from a field that
// does not exist.
package schema

import (
	_ "embed"
	"strings"
)

//go:embed schema.graphql
var queries string

//go:embed mutations.graphql
var mutations string

//go:embed inputs.graphql
var inputs string

//go:embed folders.graphql
var folders string

//go:embed nodes.graphql
var nodes string

//go:embed older.graphql
var older string

// SDL gives the schema.
func SDL() string {
	return strings.Join([]string{queries, folders, nodes, older, mutations, inputs}, "\n")
}
