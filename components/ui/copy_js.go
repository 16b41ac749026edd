//go:build js

package ui

import "syscall/js"

// Copy puts a text on the clipboard and tells whether that worked. Pages that
// are not on https or localhost have no clipboard interface; there the old way
// through a selected text field is used.
func Copy(text string, done func(ok bool)) {
	clipboard := js.Global().Get("navigator").Get("clipboard")
	if !clipboard.Truthy() {
		done(copyBySelection(text))
		return
	}
	var kept, failed js.Func
	release := func() {
		kept.Release()
		failed.Release()
	}
	kept = js.FuncOf(func(js.Value, []js.Value) any {
		release()
		done(true)
		return nil
	})
	failed = js.FuncOf(func(js.Value, []js.Value) any {
		release()
		done(copyBySelection(text))
		return nil
	})
	clipboard.Call("writeText", text).Call("then", kept, failed)
}

// copyBySelection puts the field into the open dialog, if there is one: all else
// cannot be selected then.
func copyBySelection(text string) bool {
	document := js.Global().Get("document")
	before := document.Get("activeElement")
	around := document.Get("body")
	if before.Truthy() {
		if dialog := before.Call("closest", "dialog"); dialog.Truthy() {
			around = dialog
		}
	}
	field := document.Call("createElement", "textarea")
	field.Set("value", text)
	field.Set("className", "unseen")
	around.Call("appendChild", field)
	defer field.Call("remove")
	field.Call("select")
	ok := document.Call("execCommand", "copy").Bool()
	if before.Truthy() {
		before.Call("focus")
	}
	return ok
}
