// Package inside lists, reads and writes a kernel's files from inside it.
//
// The server never opens a path that a user made up. It has the init process
// start a helper, which runs [Serve] as the kernel's user in the kernel's own
// file system, and talks to it over a socket with [List], [Read], [Archive] and
// [Write]. Whatever links the user has made, the helper reaches what the user
// reaches anyway, and nothing else. For the same reason nothing the helper says
// is trusted: the user can meddle with it.
//
// One connection serves one request. Both directions are frames: a byte that
// says what it is, a length of four bytes and so much data. First goes the
// request as JSON, then its data if it has any, then comes the answer as JSON
// and its data. The end is a frame of its own, so that a connection that breaks
// is not taken for the end.
package inside
