//go:build !js

package page

// Start does nothing outside of a browser: nothing ever happens to the tab.
func (w Watcher) Start() (stop func()) { return func() {} }

// TabVisible is true outside of a browser.
func TabVisible() bool { return true }
