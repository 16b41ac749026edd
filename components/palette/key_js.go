//go:build js

package palette

import "syscall/js"

// listenKey calls f for Ctrl+K and Cmd+K. These are no text, so they work in
// fields, too; not under another dialog, and not in a terminal, whose keys are
// its own.
func listenKey(f func()) (stop func()) {
	document := js.Global().Get("document")
	listener := js.FuncOf(func(_ js.Value, args []js.Value) any {
		event := args[0]
		if key := event.Get("key").String(); key != "k" && key != "K" || event.Get("altKey").Bool() || event.Get("shiftKey").Bool() ||
			event.Get("ctrlKey").Bool() == event.Get("metaKey").Bool() || event.Get("defaultPrevented").Bool() {
			return nil
		}
		if target := event.Get("target"); target.Get("closest").Truthy() &&
			target.Call("closest", "dialog[open]:not(#"+idDialog+"), .xterm").Truthy() {
			return nil
		}
		event.Call("preventDefault")
		f()
		return nil
	})
	document.Call("addEventListener", "keydown", listener)
	return func() {
		document.Call("removeEventListener", "keydown", listener)
		listener.Release()
	}
}
