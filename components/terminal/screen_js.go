//go:build js

package terminal

import (
	"fmt"
	"strings"
	"syscall/js"

	"github.com/baiui/baiui/components/ui"
)

// screen is the terminal emulator and the websocket that feeds it.
type screen struct {
	events
	address string // of the websocket, up to the terminal's part of the query

	closed bool
	undo   []func() // what close does
	funcs  []js.Func

	look   look
	term   js.Value
	search js.Value
	fit    js.Value
	wanted size // before the emulator is there

	socket  js.Value
	handler map[string]js.Func
	drawn   js.Func
	queue   []int // lengths of the output that is not drawn yet
}

func newScreen(address string, e events) *screen {
	return &screen{events: e, address: address, term: js.Null(), socket: js.Null()}
}

// open begins to listen, and loads.
func (s *screen) open(l look) {
	s.look = l
	s.listenSocket()
	s.watchNetwork()
	s.load()
}

// load loads the emulator if that has not happened, and puts it into its place.
func (s *screen) load() {
	loadXterm(func(ok bool) {
		switch {
		case s.closed:
		case !ok:
			s.Failed()
		default:
			s.mount()
			s.Ready()
		}
	})
}

// fn makes a function for the browser, which lives as long as the screen.
func (s *screen) fn(f func(args []js.Value) any) js.Func {
	made := js.FuncOf(func(_ js.Value, args []js.Value) any { return f(args) })
	s.funcs = append(s.funcs, made)
	return made
}

// on listens to an event until the screen is closed.
func (s *screen) on(target js.Value, event string, capture bool, f func(event js.Value)) {
	listener := s.fn(func(args []js.Value) any {
		f(args[0])
		return nil
	})
	target.Call("addEventListener", event, listener, capture)
	s.undo = append(s.undo, func() { target.Call("removeEventListener", event, listener, capture) })
}

func (s *screen) close() {
	s.closed = true
	s.Hangup()
	for _, undo := range s.undo {
		undo()
	}
	if s.term.Truthy() {
		s.term.Call("dispose")
		s.term = js.Null()
	}
	for _, f := range s.funcs {
		f.Release()
	}
}

// mount makes the emulator.
func (s *screen) mount() {
	host := js.Global().Get("document").Call("getElementById", screenID)
	if !host.Truthy() {
		s.Failed()
		return
	}
	classes := js.Global().Get("xterm")
	s.term = classes.Get("Terminal").New(s.options(host))
	add := func(class string) js.Value {
		addon := classes.Get(class).New()
		s.term.Call("loadAddon", addon)
		return addon
	}
	add("Unicode11Addon")
	s.term.Get("unicode").Set("activeVersion", "11")
	s.search, s.fit = add("SearchAddon"), add("FitAddon")
	s.term.Call("loadAddon", classes.Get("WebLinksAddon").New(s.fn(func(args []js.Value) any {
		openLink(args[1].String())
		return nil
	})))
	s.term.Call("open", host)
	s.term.Get("textarea").Call("setAttribute", "aria-label", s.look.Label)
	s.drawn = s.fn(s.onDrawn)
	s.listen(host)
	if s.wanted.Columns > 0 {
		s.Resize(s.wanted)
	}
	s.measure(js.Undefined())
}

// listen follows what happens on the screen.
func (s *screen) listen(host js.Value) {
	s.term.Call("onData", s.fn(func(args []js.Value) any {
		s.Typed(args[0].String())
		return nil
	}))
	s.term.Call("onBinary", s.fn(func(args []js.Value) any {
		var bytes []byte
		for _, r := range args[0].String() {
			bytes = append(bytes, byte(r))
		}
		s.Typed(string(bytes))
		return nil
	}))
	s.search.Call("onDidChangeResults", s.fn(func(args []js.Value) any {
		s.Found(args[0].Get("resultIndex").Int()+1, args[0].Get("resultCount").Int())
		return nil
	}))
	s.term.Call("attachCustomKeyEventHandler", s.fn(func(args []js.Value) any { return s.key(args[0]) }))
	s.on(host, "paste", true, s.onPaste)

	frame := s.fn(func(args []js.Value) any {
		s.measure(js.Undefined())
		return nil
	})
	observer := js.Global().Get("ResizeObserver").New(s.fn(func([]js.Value) any {
		js.Global().Call("requestAnimationFrame", frame)
		return nil
	}))
	observer.Call("observe", host)
	s.undo = append(s.undo, func() { observer.Call("disconnect") })

	root := js.Global().Get("document").Get("documentElement")
	themed := js.Global().Get("MutationObserver").New(s.fn(func([]js.Value) any {
		s.restyle(s.look)
		return nil
	}))
	themed.Call("observe", root, map[string]any{"attributes": true, "attributeFilter": []any{"data-theme"}})
	s.undo = append(s.undo, func() { themed.Call("disconnect") })
	s.on(js.Global().Call("matchMedia", "(prefers-color-scheme: dark)"), "change", false, func(js.Value) { s.restyle(s.look) })
}

// measure tells how many cells there is room for.
func (s *screen) measure(js.Value) {
	if s.closed || !s.term.Truthy() {
		return
	}
	room := s.fit.Call("proposeDimensions")
	if room.Truthy() && room.Get("cols").Truthy() {
		s.Fits(size{room.Get("cols").Int(), room.Get("rows").Int()})
	}
}

// key handles the keys that are not the shell's; it reports whether the emulator
// may have it.
func (s *screen) key(event js.Value) bool {
	control, shift := event.Get("ctrlKey").Bool(), event.Get("shiftKey").Bool()
	if !control || event.Get("altKey").Bool() || event.Get("metaKey").Bool() {
		return true
	}
	down := event.Get("type").String() == "keydown"
	taken := func(do func()) bool {
		event.Call("preventDefault")
		if down {
			do()
		}
		return false
	}
	switch code := event.Get("code").String(); {
	case code == "F6":
		return taken(s.Leave)
	case code == "KeyC" && (shift || s.term.Call("hasSelection").Bool()):
		return taken(s.copySelection)
	case code == "KeyV" && shift:
		return false // the browser pastes
	case code == "KeyF" && shift:
		return taken(s.Search)
	}
	return true
}

// copySelection puts what is selected on the clipboard.
func (s *screen) copySelection() {
	if !s.term.Truthy() || !s.term.Call("hasSelection").Bool() {
		return
	}
	text := s.term.Call("getSelection").String()
	s.term.Call("clearSelection")
	ui.Copy(text, s.Copied)
}

// onPaste stops lines that the shell would run one by one as they come. A shell
// that is told where a paste begins and ends runs nothing before Enter, unless the
// text itself says that it ends: the emulator would pass that on.
func (s *screen) onPaste(event js.Value) {
	data := event.Get("clipboardData")
	if !data.Truthy() || !s.term.Truthy() {
		return
	}
	text := data.Call("getData", "text/plain").String()
	clean := pasted(text)
	lines := !s.term.Get("modes").Get("bracketedPasteMode").Bool() && strings.ContainsAny(clean, "\r\n")
	if !lines && clean == text {
		return
	}
	event.Call("preventDefault")
	event.Call("stopPropagation")
	if lines {
		s.Paste(clean)
	} else {
		s.paste(clean)
	}
}

func (s *screen) paste(text string) {
	if s.term.Truthy() {
		s.term.Call("paste", text)
		s.term.Call("focus")
	}
}

func (s *screen) focus() {
	if s.term.Truthy() {
		s.term.Call("focus")
	}
}

// focusUnlessElsewhere gives the focus to a terminal that has come back, as after a
// sign-in in a dialog, unless something else has it.
func (s *screen) focusUnlessElsewhere() {
	document := js.Global().Get("document")
	if active := document.Get("activeElement"); !active.Truthy() || active.Equal(document.Get("body")) {
		s.focus()
	}
}

// focusOut moves the focus to the controls over the screen.
func (s *screen) focusOut() {
	if s.term.Truthy() {
		s.term.Call("blur")
	}
	focusFirst(".terminal-bar button, .terminal-bar a")
}

// find goes to the next match of a text, or the one before.
func (s *screen) find(text string, back bool) {
	if !s.term.Truthy() {
		return
	}
	match, current := colorOf(20), colorOf(21)
	options := map[string]any{"decorations": map[string]any{
		"matchBackground": match, "matchOverviewRuler": match,
		"activeMatchBackground": current, "activeMatchColorOverviewRuler": current,
	}}
	method := "findNext"
	if back {
		method = "findPrevious"
	}
	if !s.search.Call(method, text, options).Bool() {
		s.Found(0, 0)
	}
}

func (s *screen) findNothing() {
	if s.term.Truthy() {
		s.search.Call("clearDecorations")
		s.term.Call("clearSelection")
	}
}

// Changed implements [browser]; the view sets what it does.
func (s *screen) Changed() {}

// Reset implements [browser]. It is written like output, so that what is still
// to be drawn goes, too.
func (s *screen) Reset() {
	if s.term.Truthy() {
		s.term.Call("write", "\x1bc")
	}
}

// Resize implements [browser].
func (s *screen) Resize(to size) {
	s.wanted = to
	if s.term.Truthy() {
		s.term.Call("resize", to.Columns, to.Rows)
	}
}

// randomName is a name that no other page has.
func randomName() string {
	random := js.Global().Get("Uint32Array").New(2)
	js.Global().Get("crypto").Call("getRandomValues", random)
	return fmt.Sprintf("%08x%08x", uint32(random.Index(0).Float()), uint32(random.Index(1).Float()))
}

func focusFirst(selector string) {
	if element := js.Global().Get("document").Call("querySelector", selector); element.Truthy() {
		element.Call("focus")
	}
}
