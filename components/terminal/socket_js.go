//go:build js

package terminal

import (
	"syscall/js"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// listenSocket makes the handlers that every websocket of the screen has.
func (s *screen) listenSocket() {
	ours := func(f func(event js.Value)) js.Func {
		return s.fn(func(args []js.Value) any {
			if event := args[0]; !s.closed && event.Get("target").Equal(s.socket) {
				f(event)
			}
			return nil
		})
	}
	s.handler = map[string]js.Func{
		"open":    ours(func(js.Value) { s.Opened() }),
		"message": ours(func(event js.Value) { s.onMessage(event.Get("data")) }),
		"close": ours(func(event js.Value) {
			s.socket = js.Null()
			s.Closed(event.Get("code").Int(), event.Get("reason").String())
		}),
	}
}

// Dial implements [browser].
func (s *screen) Dial(query string) {
	s.Hangup()
	s.socket = js.Global().Get("WebSocket").New(s.address+query, "tty")
	s.socket.Set("binaryType", "arraybuffer")
	for event, handle := range s.handler {
		s.socket.Call("addEventListener", event, handle)
	}
}

// Send implements [browser].
func (s *screen) Send(message []byte) {
	if !s.socket.Truthy() {
		return
	}
	array := js.Global().Get("Uint8Array").New(len(message))
	js.CopyBytesToJS(array, message)
	s.socket.Call("send", array)
}

// Hangup implements [browser].
func (s *screen) Hangup() {
	if !s.socket.Truthy() {
		return
	}
	socket := s.socket
	s.socket = js.Null()
	for event, handle := range s.handler {
		socket.Call("removeEventListener", event, handle)
	}
	socket.Call("close")
}

// onMessage hands output to the emulator as it came, without a copy.
func (s *screen) onMessage(data js.Value) {
	if data.Type() == js.TypeString {
		data = js.Global().Get("TextEncoder").New().Call("encode", data)
	} else {
		data = js.Global().Get("Uint8Array").New(data)
	}
	length := data.Get("length").Int()
	if length == 0 {
		s.Received(0, 0, "") // the server is there
		return
	}
	kind := byte(data.Index(0).Int())
	text := ""
	if kind == toClientPreferences {
		bytes := make([]byte, length)
		js.CopyBytesToGo(bytes, data)
		text = string(bytes[1:])
	}
	if s.Received(kind, length-1, text) && s.term.Truthy() {
		s.queue = append(s.queue, length-1)
		s.term.Call("write", data.Call("subarray", 1), s.drawn)
	}
}

// onDrawn is called for each piece of output in the order it came.
func (s *screen) onDrawn([]js.Value) any {
	if len(s.queue) > 0 {
		n := s.queue[0]
		s.queue = s.queue[1:]
		s.Drawn(n)
	}
	return nil
}

// tickEvery is in ms.
const tickEvery = 250

// watchNetwork follows the network and the clock.
func (s *screen) watchNetwork() {
	window := js.Global()
	s.on(window, "online", false, func(js.Value) { s.Online() })
	s.on(window, "offline", false, func(js.Value) { s.Offline() })
	s.on(window.Get("document"), "visibilitychange", false, func(js.Value) { s.Tick() })
	timer := window.Call("setInterval", s.fn(func([]js.Value) any {
		s.Tick()
		return nil
	}), tickEvery)
	s.undo = append(s.undo, func() { window.Call("clearInterval", timer) })
}

// loadXterm adds the emulator's script and stylesheet to the document, once.
func loadXterm(done func(ok bool)) {
	global, document := js.Global(), js.Global().Get("document")
	if global.Get("xterm").Truthy() {
		done(true)
		return
	}
	head := document.Get("head")
	link := document.Call("createElement", "link")
	link.Set("rel", "stylesheet")
	link.Set("href", app.Getenv(EnvStyle))
	script := document.Call("createElement", "script")
	script.Set("src", app.Getenv(EnvScript))
	waiting, complete := 2, true
	var loaded, failed js.Func
	end := func(ok bool) {
		complete = complete && ok
		if waiting--; waiting > 0 {
			return // the other one is heard, too, before its functions go
		}
		loaded.Release()
		failed.Release()
		if !complete {
			script.Call("remove")
			link.Call("remove")
		}
		done(complete)
	}
	loaded = js.FuncOf(func(js.Value, []js.Value) any {
		end(true)
		return nil
	})
	failed = js.FuncOf(func(js.Value, []js.Value) any {
		end(false)
		return nil
	})
	for _, element := range []js.Value{link, script} {
		element.Call("addEventListener", "load", loaded)
		element.Call("addEventListener", "error", failed)
		head.Call("appendChild", element)
	}
}
