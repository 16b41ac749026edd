package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// SaveText gives a text to the person as a file to download; kind is its media
// type.
func SaveText(name, kind, text string) {
	if app.IsServer {
		return
	}
	window := app.Window()
	blob := window.Get("Blob").New([]any{text}, map[string]any{"type": kind})
	address := window.Get("URL").Call("createObjectURL", blob)
	link := window.Get("document").Call("createElement", "a")
	link.Set("href", address)
	link.Set("download", name)
	link.Call("click")
	window.Get("URL").Call("revokeObjectURL", address)
}
