//go:build !js

package ui

// Copy fails outside of a browser: there is no clipboard.
func Copy(_ string, done func(ok bool)) { done(false) }
