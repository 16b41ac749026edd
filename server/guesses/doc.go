// Package guesses limits how often somebody may be wrong about a password, at the
// web interface and at the embedded manager, which are reached one without the
// other.
package guesses
