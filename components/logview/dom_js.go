//go:build js

package logview

import (
	"fmt"
	"syscall/js"
)

func byID(id string) js.Value { return js.Global().Get("document").Call("getElementById", id) }

// watchScroll calls f after the box was scrolled or has another size, once for
// each frame.
func watchScroll(f func()) (stop func()) {
	waiting := false
	frame := js.FuncOf(func(js.Value, []js.Value) any {
		waiting = false
		f()
		return nil
	})
	changed := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if len(args) > 0 && args[0].Get("target").Truthy() && args[0].Get("target").Get("id").Truthy() && args[0].Get("target").Get("id").String() != scrollID {
			return nil
		}
		if !waiting {
			waiting = true
			js.Global().Call("requestAnimationFrame", frame)
		}
		return nil
	})
	// The event of scrolling does not bubble, so it is caught on its way down: the
	// box may not be there yet.
	document := js.Global().Get("document")
	document.Call("addEventListener", "scroll", changed, true)
	js.Global().Call("addEventListener", "resize", changed)
	return func() {
		document.Call("removeEventListener", "scroll", changed, true)
		js.Global().Call("removeEventListener", "resize", changed)
		changed.Release()
	}
}

// measured reads the sizes of the box and its rows, and how far it is scrolled.
func measured() (s sizes, scroll float64, ok bool) {
	box, ruler := byID(scrollID), byID(rulerID)
	if !box.Truthy() || !ruler.Truthy() {
		return s, 0, false
	}
	rect := ruler.Call("getBoundingClientRect")
	s.row, s.cell = rect.Get("height").Float(), rect.Get("width").Float()/10
	s.height, s.width = box.Get("clientHeight").Float(), box.Get("clientWidth").Float()
	return s, box.Get("scrollTop").Float(), s.row > 0
}

// placeRows gives the space its size and puts the rows in their place; it scrolls
// the box, if push says so.
func placeRows(height, top, scroll float64, widest int, push bool) {
	box, space, rows := byID(scrollID), byID(spaceID), byID(rowsID)
	if !box.Truthy() || !space.Truthy() || !rows.Truthy() {
		return
	}
	space.Get("style").Set("height", fmt.Sprintf("%.0fpx", height))
	space.Get("style").Set("minWidth", fmt.Sprintf("%dch", widest))
	rows.Get("style").Set("transform", fmt.Sprintf("translateY(%.2fpx)", top))
	if delta := box.Get("scrollTop").Float() - scroll; push && (delta > 1 || delta < -1) {
		box.Set("scrollTop", scroll)
	}
}

// afterOthers calls f when the browser has done what it has to do meanwhile: draw,
// take keys and clicks. A sleep would not let it, because by the time a slice has
// been drawn the sleep is over and the program goes on without a pause.
func afterOthers(f func()) {
	var once js.Func
	once = js.FuncOf(func(js.Value, []js.Value) any {
		once.Release()
		f()
		return nil
	})
	js.Global().Call("setTimeout", once, 0)
}

// maxRules bounds the colours of one page that are not among the 16.
const maxRules = 2000

// sheetName is where the page keeps the stylesheet of those colours.
const sheetName = "baiuiLogColors"

// colorRules makes the rules for the colours of a style that no stylesheet has:
// the page's policy allows none in the elements.
func colorRules(s style) {
	for _, c := range [...]struct {
		color    color
		kind     string
		property string
	}{{s.fore, "f", "color"}, {s.back, "b", "background-color"}} {
		if c.color < exact {
			continue
		}
		sheet, known := colorSheet()
		class := c.color.class(c.kind)
		if known.Call("has", class).Bool() || known.Get("size").Int() >= maxRules {
			continue
		}
		known.Call("add", class)
		sheet.Call("insertRule", fmt.Sprintf(".logview:not(.plain) .%s{%s:#%06x}", class, c.property, int32(c.color-exact)))
	}
}

func colorSheet() (sheet, known js.Value) {
	document := js.Global().Get("document")
	kept := document.Get(sheetName)
	if !kept.Truthy() {
		sheet := js.Global().Get("CSSStyleSheet").New()
		document.Get("adoptedStyleSheets").Call("push", sheet)
		kept = js.ValueOf(map[string]any{"sheet": sheet, "known": js.Global().Get("Set").New()})
		document.Set(sheetName, kept)
	}
	return kept.Get("sheet"), kept.Get("known")
}
