//go:build !js

package palette

// listenKey does nothing: outside of a browser there are no keys.
func listenKey(func()) (stop func()) { return func() {} }
