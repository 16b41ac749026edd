// Package gql executes GraphQL requests against a schema written in SDL.
//
// It knows nothing of the manager: a schema, a table of resolvers and a table
// of scalars make an [Engine], and [Engine.Execute] answers one request. The
// shape and the words of its answers are those of manager 24.09, which runs on
// graphql-core: `data` always present, `errors` absent when there is none,
// `locations` and `path` but no `extensions`, single quotes around names.
//
// Schema directives understood:
//
//	directive @guard(role: String!) on FIELD_DEFINITION
//	directive @cost(size: Int, argument: String) on FIELD_DEFINITION
//
// @guard asks [Config.Guard] before the field is resolved. A guarded field is
// not hidden from other roles: manager 24.09 answers them with an error at the
// field, and tells the field from a misspelt one, so clients do the same.
//
// @cost says how many items a field may return, either a number or the name of
// the argument that bounds it; [Limits.Complexity] is measured with it before
// anything is resolved.
//
// Everything a request could make expensive is bounded, see [Limits]; documents
// that passed are kept in a bounded cache, because clients poll with the same
// text.
package gql
