// Package tty serves named terminals in the protocol of ttyd: HTTP and a
// websocket with the subprotocol "tty", as its own page and every client of it
// speak.
//
// A [Server] starts a process for a terminal when somebody first opens it, and
// keeps it when everybody has left. What it wrote last is kept too, and shown to
// whoever comes next. Several can look at one terminal and type into it; it has
// the size of the smallest of them.
//
// # Protocol
//
// GET /ws upgrades to the websocket. The query's "name", or its first "arg" as
// ttyd passes on, chooses the terminal; without one it is [DefaultName]. Every
// message begins with one byte that says what it is. From the client:
//
//	{  the first message, JSON: AuthToken (not looked at), columns, rows
//	0  input
//	1  new size, JSON: columns, rows
//	2  pause: send no output for now
//	3  resume
//	4  an order, JSON: {"rename":"a","to":"b"} or {"close":"a"}; ttyd has none
//
// From the server:
//
//	0  output
//	1  the window's title
//	2  preferences, JSON
//
// GET /token answers as ttyd without credentials does. GET /terminals, which
// ttyd has not, lists the open terminals as JSON.
//
// # What ttyd has not
//
// A client that lost its connection can go on where it was: it adds the query
// parameters "instance" and "since", the instance and the number of bytes of
// output it has from the preferences and since then. With an empty "instance"
// it asks to be told; ttyd's clients do not ask and get empty preferences. If it
// names itself with "client", it is told how many bytes it typed have arrived,
// and an older connection of the same client is over.
//
// Clients that ask get preferences again, only what has changed of them: the
// terminal's size, which is the smallest of all who look; the list of terminals;
// what was taken of their input; and where the stream goes on after output was
// left out.
//
// # Flow
//
// The process is read as fast as the fastest viewer takes its output, so a
// client that pauses alone makes the process wait, as ttyd does. Of several, a
// slower one never makes the others wait: what it could not take in time is left
// out, after the terminal has been reset. Without viewers the process runs free.
package tty
