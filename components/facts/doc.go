// Package facts turns a session as the manager reports it into what a page
// shows: [Derive] makes the values without a language, the other functions the
// words and the bars. The list and the drawer of a session share them.
//
// It accepts whatever a manager may send: missing values, texts that are not
// numbers and lists that are not lists end up as "not shown", never as a panic
// or as a number nobody measured.
package facts
