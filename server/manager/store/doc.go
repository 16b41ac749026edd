// Package store keeps the state of the embedded manager in one SQLite file:
// users, key pairs, projects, domains, resource groups, policies, images,
// agents, sessions and their kernels.
//
// [Open] brings the file to the newest schema. Reads go through a pool of
// read-only connections, writes through a single one, so that readers never
// wait for a writer (WAL). Every exported method that changes something is one
// transaction and returns only after it is on disk.
//
// List methods take a [Page]: an extra condition and an order as parts of SQL
// (made by the filter package from what a client wrote, values always as
// arguments), a limit and an offset. They return one page and the number of all
// matching rows. The aliases those parts may use are named at each query type.
// Columns hold times as microseconds since 1970 UTC, flags as 0 and 1, statuses
// and session types in upper case, lists and objects as JSON text.
//
// Errors are of type [*Error]; its Kind tells a missing row from a conflict and
// both from a full disk.
package store
