//go:build !js

package notices

// desktopPermission is missing outside of a browser.
func desktopPermission() Permission { return permissionMissing }

// askDesktop asks nobody.
func askDesktop(answer func(Permission)) { answer(permissionMissing) }

// showDesktop shows nothing.
func showDesktop(string, string, string, func()) {}

// hidden reports whether nobody sees the page: nobody sees any.
func hidden() bool { return true }
