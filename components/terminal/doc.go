// Package terminal shows the terminals of a session: in a panel of the session's
// drawer, and in a browser tab of its own.
//
// A [View] draws names, tools and state, and gives a place to the terminal
// emulator, xterm, which is loaded when the first terminal is opened. A link keeps
// the connection: it speaks the protocol of ttyd through the page's own server,
// makes the process wait when the screen cannot follow, and after a cut goes on
// where output and input were.
//
// # What is typed without a connection
//
// Up to 4 KiB are kept and go to the same shell once it can be reached again; the
// state line says how much waits. If another shell has taken its place, what
// waits is dropped and the line says so. With the terminals of this project's own
// manager that also holds for what was under way when the connection broke; ttyd
// does not tell what has arrived.
//
// # Keys
//
// All keys are the shell's but these:
//
//	Ctrl+Shift+C  copies what is selected; so does Ctrl+C while something is
//	Ctrl+Shift+V  pastes
//	Ctrl+Shift+F  searches
//	Ctrl+F6       moves the focus out of the terminal, to its tools
package terminal
