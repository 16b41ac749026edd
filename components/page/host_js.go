//go:build js

package page

import "syscall/js"

// Start begins to watch. The calls come on the event goroutine of the browser:
// dispatch to the UI goroutine. The returned function ends the watching.
func (w Watcher) Start() (stop func()) {
	document, window := js.Global().Get("document"), js.Global()
	visible := js.FuncOf(func(js.Value, []js.Value) any {
		w.Visible(TabVisible())
		return nil
	})
	online := js.FuncOf(func(js.Value, []js.Value) any {
		w.Online()
		return nil
	})
	document.Call("addEventListener", "visibilitychange", visible)
	window.Call("addEventListener", "online", online)
	return func() {
		document.Call("removeEventListener", "visibilitychange", visible)
		window.Call("removeEventListener", "online", online)
		visible.Release()
		online.Release()
	}
}

// TabVisible reports whether the browser shows the tab.
func TabVisible() bool {
	return js.Global().Get("document").Get("visibilityState").String() != "hidden"
}
