//go:build js

package notices

import "syscall/js"

func desktopPermission() Permission {
	class := js.Global().Get("Notification")
	if !class.Truthy() || !js.Global().Get("isSecureContext").Truthy() {
		return permissionMissing
	}
	return Permission(class.Get("permission").String())
}

// askDesktop asks the person through the browser; it must be called in the
// handler of a click.
func askDesktop(answer func(Permission)) {
	var settled js.Func
	settled = js.FuncOf(func(js.Value, []js.Value) any {
		settled.Release()
		answer(desktopPermission())
		return nil
	})
	js.Global().Get("Notification").Call("requestPermission").Call("then", settled, settled)
}

// showDesktop shows a notification; one with the same tag takes its place.
// clicked is called when the person clicks it, after the page got the focus.
func showDesktop(title, body, tag string, clicked func()) {
	defer func() { _ = recover() }() // phones only let service workers show any
	shown := js.Global().Get("Notification").New(title, map[string]any{"body": body, "tag": "baiui " + tag})
	var click, closed js.Func
	click = js.FuncOf(func(js.Value, []js.Value) any {
		js.Global().Call("focus")
		shown.Call("close")
		clicked()
		return nil
	})
	closed = js.FuncOf(func(js.Value, []js.Value) any {
		click.Release()
		closed.Release()
		return nil
	})
	shown.Set("onclick", click)
	shown.Set("onclose", closed)
}

// hidden reports whether nobody sees the page.
func hidden() bool {
	return js.Global().Get("document").Get("visibilityState").String() == "hidden"
}
