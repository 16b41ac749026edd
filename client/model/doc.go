// Package model holds the data types that the page, the server and other
// programs share when they talk about a Backend.AI cluster: sessions, kernels,
// statuses, roles, resource slots, service ports, metrics.
//
// The types follow the wire names of the manager's GraphQL and REST interfaces
// and decode what managers from 23.09 on really send, for example JSON inside
// JSON strings, dates in two spellings and numbers as text. They are made for
// decoding; encoding them does not give the wire form back. The package imports
// only the standard library.
//
// A value of a composite type that cannot be read counts as missing and is no
// error: one odd value of one session must not hide the sessions after it.
package model
