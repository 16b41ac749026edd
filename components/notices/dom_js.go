//go:build js

package notices

import "syscall/js"

// listenKey calls pressed when a key is pressed that is no text and no shortcut
// of the browser.
func listenKey(key string, pressed func()) (stop func()) {
	listener := js.FuncOf(func(_ js.Value, args []js.Value) any {
		e := args[0]
		if e.Get("key").String() != key || e.Get("ctrlKey").Truthy() || e.Get("metaKey").Truthy() || e.Get("altKey").Truthy() {
			return nil
		}
		target := e.Get("target")
		if target.Get("closest").Truthy() &&
			target.Call("closest", "input, textarea, select, [contenteditable], dialog:modal, .xterm").Truthy() {
			return nil
		}
		pressed()
		return nil
	})
	js.Global().Call("addEventListener", "keydown", listener)
	return func() {
		js.Global().Call("removeEventListener", "keydown", listener)
		listener.Release()
	}
}

// togglePanel opens or closes a popover; the focus goes to its button first, so
// that it goes on from there.
func togglePanel(id string) {
	document := js.Global().Get("document")
	panel := document.Call("getElementById", id)
	if !panel.Truthy() {
		return
	}
	if button := document.Call("querySelector", `[popovertarget="`+id+`"]`); button.Truthy() {
		button.Call("focus")
		button.Call("click")
	}
}

// closePanel closes a popover.
func closePanel(id string) {
	if panel := js.Global().Get("document").Call("getElementById", id); panel.Truthy() {
		panel.Call("hidePopover")
	}
}

// focusHead moves the focus to the head of the list, when the button that had it
// goes away.
func focusHead() {
	if button := js.Global().Get("document").Call("querySelector", ".notices-head .btn.only"); button.Truthy() {
		button.Call("focus")
	}
}
