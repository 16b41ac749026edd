//go:build !js

package notices

// listenKey hears nothing outside of a browser.
func listenKey(string, func()) (stop func()) { return func() {} }

// togglePanel has nothing to open outside of a browser.
func togglePanel(string) {}

// closePanel has nothing to close outside of a browser.
func closePanel(string) {}

// focusHead has nothing to focus outside of a browser.
func focusHead() {}
