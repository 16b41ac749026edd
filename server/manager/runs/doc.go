// Package runs runs code in sessions for clients that ask again and again what
// has become of it, as manager 24.09 has its execute calls: a run gives what its
// program wrote in pieces, says when the program waits for input, and in the end
// its exit code.
//
// Each run is an interpreter of its own, started in the main kernel of the session.
// What one run defines the next one does not know.
//
// A program that writes faster than somebody asks has to wait: at most [MaxHeld]
// bytes are held. A run that nobody asks about for [Forgotten] is ended.
package runs
