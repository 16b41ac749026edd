//go:build !js

package sessions

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Outside of a browser there is no document; each function does nothing.

func (v *View) listenKeys(app.Context) (stop func()) { return func() {} }

func dataOf(app.Value, string) string { return "" }

func closestData(app.Value, string) string { return "" }

func focusElement(string) {}

func focusPlace(int) bool { return false }

func showTop() {}

func listenScroll(func()) (stop func()) { return func() {} }

func measure() (g geometry, ok bool) { return geometry{}, false }

func arrange(float64, float64) {}

func scrollBy(float64) {}

func scrollToList(float64) {}

func pointedAt() bool { return false }

func focusedRow() string { return "" }

func focusedPlace() int { return -1 }

func keepFocus() (restore func()) { return nil }

func (v *View) listenGrip(app.Context) (stop func()) { return func() {} }

func windowWidth() float64 { return 0 }

func setWidths(func(column) int) {}

func widthOf(column) int { return 0 }
