//go:build js

package page

import "syscall/js"

// Start begins to watch. The calls come on the event goroutine of the browser:
// dispatch to the UI goroutine. The returned function ends the watching.
func (w Watcher) Start() (stop func()) {
	window := js.Global()
	var stops []func()
	on := func(target js.Value, event string, call func(event js.Value)) {
		listener := js.FuncOf(func(_ js.Value, args []js.Value) any {
			call(args[0])
			return nil
		})
		target.Call("addEventListener", event, listener)
		stops = append(stops, func() {
			target.Call("removeEventListener", event, listener)
			listener.Release()
		})
	}
	if w.Visible != nil {
		on(window.Get("document"), "visibilitychange", func(js.Value) { w.Visible(TabVisible()) })
	}
	if w.Focused != nil {
		on(window, "focus", func(js.Value) { w.Focused() })
	}
	if w.Online != nil {
		on(window, "online", func(js.Value) { w.Online() })
	}
	if w.Left != nil {
		on(window, "pagehide", func(js.Value) { w.Left() })
	}
	if w.Back != nil {
		on(window, "pageshow", func(event js.Value) {
			if event.Get("persisted").Bool() {
				w.Back()
			}
		})
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// TabVisible reports whether the browser shows the tab.
func TabVisible() bool {
	return js.Global().Get("document").Get("visibilityState").String() != "hidden"
}
