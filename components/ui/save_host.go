//go:build !js

package ui

// Save does nothing outside of a browser: there is nobody to give a file to.
func Save(string, string, ...[]byte) {}
