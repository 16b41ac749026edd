//go:build js

package session

import (
	"strconv"
	"syscall/js"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/ui"
)

// listen closes the drawer with Escape, which is heard before anybody else,
// because the drawer lies over the page; what lies over the drawer has it first.
func (h *Host) listen(ctx app.Context) (stop func()) {
	document := js.Global().Get("document")
	key := js.FuncOf(func(_ js.Value, args []js.Value) any {
		event := args[0]
		if event.Get("key").String() != "Escape" || event.Get("isComposing").Bool() || h.detail.id == "" || ui.TopLayer() || ownEscape(event.Get("target")) {
			return nil
		}
		event.Call("preventDefault")
		event.Call("stopPropagation")
		ctx.Dispatch(func(ctx app.Context) {
			defer ui.Recover(ctx)
			h.close(ctx)
		})
		return nil
	})
	document.Call("addEventListener", "keydown", key, true)
	return func() {
		document.Call("removeEventListener", "keydown", key, true)
		key.Release()
	}
}

// ownEscape reports whether the element has a use of its own for Escape: a
// terminal, an unfolded menu, a field outside of the drawer.
func ownEscape(target js.Value) bool {
	if !target.Truthy() || !target.Get("closest").Truthy() {
		return false
	}
	if target.Call("closest", "[data-own-escape], .xterm, details[open].menu").Truthy() {
		return true
	}
	field := target.Call("closest", "input:not([type=checkbox]), textarea, select").Truthy()
	return field && !target.Call("closest", ".drawer").Truthy()
}

func focusID(id string) {
	if element := js.Global().Get("document").Call("getElementById", id); element.Truthy() {
		element.Call("focus")
	}
}

// plainKey reports whether a key is not text for a field or a key of a terminal
// or a log. The arrows scroll, except in the head of the drawer.
func plainKey(e app.Event, arrow bool) bool {
	if e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool() || e.Get("altKey").Bool() {
		return false
	}
	target := e.Get("target")
	if target.Call("closest", "input:not([type=checkbox]), textarea, select, [contenteditable], [data-own-keys], .xterm, dialog").Truthy() {
		return false
	}
	return !arrow || target.Call("closest", ".drawer-head").Truthy()
}

// batchNumber is the number in the data of a button.
func batchNumber(ctx app.Context) int {
	n, _ := strconv.Atoi(ctx.JSSrc().Get("dataset").Get("batch").String())
	return n
}
