package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// The places to which [Reveal] scrolls an element.
const (
	RevealStart   = "start"   // where its scroller begins
	RevealNearest = "nearest" // as little away as it takes
)

// Reveal scrolls the element with an id into sight, if it is there.
func Reveal(id, place string) {
	if element := app.Window().GetElementByID(id); element.Truthy() {
		element.Call("scrollIntoView", map[string]any{"block": place})
	}
}
