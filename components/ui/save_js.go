package ui

import "syscall/js"

// revokeAfter is how long a file that is being saved stays readable, in
// milliseconds: the browser may ask the person where to put it first.
const revokeAfter = 60_000

// Save gives bytes to the person as a file to download: the parts one after the
// other. kind is its media type.
func Save(name, kind string, parts ...[]byte) {
	arrays := js.Global().Get("Array").New()
	for _, part := range parts {
		array := js.Global().Get("Uint8Array").New(len(part))
		js.CopyBytesToJS(array, part)
		arrays.Call("push", array)
	}
	blob := js.Global().Get("Blob").New(arrays, map[string]any{"type": kind})
	address := js.Global().Get("URL").Call("createObjectURL", blob)
	link := js.Global().Get("document").Call("createElement", "a")
	link.Set("href", address)
	link.Set("download", name)
	link.Call("click")
	var revoke js.Func
	revoke = js.FuncOf(func(js.Value, []js.Value) any {
		js.Global().Get("URL").Call("revokeObjectURL", address)
		revoke.Release()
		return nil
	})
	js.Global().Call("setTimeout", revoke, revokeAfter)
}
