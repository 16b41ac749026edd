// Package resolve answers the GraphQL queries of the embedded manager from its
// store: schema (package schema), executor (package gql) and filter languages
// (package filter) come together here.
//
// Who sees what is decided here, per object and on every request, as in manager
// 24.09: a user sees what belongs to the key pair that signed, a domain admin
// what belongs to the own domain, a superadmin everything; any other role
// nothing. See [scope].
//
// Lists load a page at a time. What belongs to the rows of a page (kernels,
// projects, policies) is loaded only if asked for, and then for the whole page
// in one query, see [row].
package resolve
