// Package api holds the few types that the parts of the embedded manager share:
// who calls, what a GraphQL request answers, and what only the running manager
// knows. It keeps the HTTP side and the GraphQL side from importing each other.
package api
