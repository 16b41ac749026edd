// Package logview shows what a kernel wrote: a panel of a session's drawer.
//
// A [View] keeps the log as the bytes that came, with an index of its lines, and
// decodes a line only when it is drawn. What is shown, searched and downloaded are
// the same bytes; where less is shown, a mark says so: a line is drawn up to its
// 4,000th character, and of a line that was written over with carriage returns,
// as progress bars do, the last state is drawn. With the control characters shown,
// nothing is interpreted.
//
// Of managers that can, only what is new is asked for; of others the whole log is,
// and what is new in it is found by comparing. A failure keeps what was there, and
// says so: it is never drawn as an empty log.
package logview
