//go:build !js

package sessions

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Outside of a browser there is no document; each function does nothing.

func (v *View) listenKeys(app.Context) (stop func()) { return func() {} }

func dataOf(app.Value, string) string { return "" }

func closestData(app.Value, string) string { return "" }

func focusElement(string) {}

func focusRow(int) {}

func showTop() {}

func focusedRow() string { return "" }

func keepFocus() (restore func()) { return nil }

func writeClipboard(_ string, done func(ok bool)) { done(false) }
