//go:build js

package live

import (
	"context"
	"syscall/js"
)

// BrowserTabs are the pages of this browser that come from the same address:
// the one that leads holds a Web Lock, and they talk over a BroadcastChannel.
// Browsers give the lock to secure pages only; elsewhere each page is alone.
type BrowserTabs struct{}

// together reports whether the browser has what it takes.
func together() bool {
	return js.Global().Get("BroadcastChannel").Truthy() && js.Global().Get("navigator").Get("locks").Truthy()
}

// Lead implements [Tabs]: the lock is held until ctx ends, or the page goes away.
func (BrowserTabs) Lead(ctx context.Context, name string, lead func()) {
	if !together() {
		lead()
		return
	}
	var granted, settled js.Func
	abort := js.Global().Get("AbortController").New()
	stop := context.AfterFunc(ctx, func() { abort.Call("abort") })
	granted = js.FuncOf(func(js.Value, []js.Value) any {
		stop()
		var hold js.Func
		hold = js.FuncOf(func(_ js.Value, args []js.Value) any {
			hold.Release()
			release := args[0]
			context.AfterFunc(ctx, func() { release.Invoke() })
			lead()
			return nil
		})
		return js.Global().Get("Promise").New(hold)
	})
	settled = js.FuncOf(func(js.Value, []js.Value) any {
		granted.Release()
		settled.Release()
		return nil
	})
	js.Global().Get("navigator").Get("locks").Call("request", name, map[string]any{"signal": abort.Get("signal")}, granted).
		Call("then", settled, settled)
}

// Join implements [Tabs].
func (BrowserTabs) Join(name string, heard func([]byte)) (send func([]byte), leave func()) {
	if !together() {
		return func([]byte) {}, func() {}
	}
	channel := js.Global().Get("BroadcastChannel").New(name)
	message := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if data := args[0].Get("data"); data.Type() == js.TypeString {
			heard([]byte(data.String()))
		}
		return nil
	})
	channel.Set("onmessage", message)
	left := false
	return func(text []byte) {
			if !left {
				channel.Call("postMessage", string(text))
			}
		}, func() {
			left = true
			channel.Call("close")
			message.Release()
		}
}
