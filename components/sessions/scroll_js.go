//go:build js

package sessions

import (
	"math"
	"strconv"
	"strings"
	"syscall/js"
)

// listenScroll calls f once for each frame in which the page was scrolled
// or got another size.
func listenScroll(f func()) (stop func()) {
	window := js.Global()
	waiting := false
	frame := js.FuncOf(func(js.Value, []js.Value) any {
		waiting = false
		f()
		return nil
	})
	listener := js.FuncOf(func(js.Value, []js.Value) any {
		if !waiting {
			waiting = true
			window.Call("requestAnimationFrame", frame)
		}
		return nil
	})
	passive := map[string]any{"passive": true}
	window.Call("addEventListener", "scroll", listener, passive)
	window.Call("addEventListener", "resize", listener, passive)
	return func() {
		window.Call("removeEventListener", "scroll", listener)
		window.Call("removeEventListener", "resize", listener)
		listener.Release()
		frame.Release()
	}
}

func listTable() js.Value {
	return js.Global().Get("document").Call("querySelector", "table[data-list=sessions]")
}

// measure asks the browser where the list stands.
func measure() (g geometry, ok bool) {
	table := listTable()
	if !table.Truthy() {
		return g, false
	}
	head := table.Call("querySelector", "th")
	inset := head.Get("offsetHeight").Float()
	if sticky := px(js.Global().Call("getComputedStyle", head).Get("top").String()); sticky > 0 {
		inset += sticky
	}
	bodies := table.Get("tBodies")
	for i := range bodies.Length() {
		body := bodies.Index(i)
		switch {
		case body.Get("dataset").Get("spacer").Equal(js.ValueOf("above")):
			g.top = body.Call("getBoundingClientRect").Get("top").Float() - inset
		case body.Get("className").String() == "rows":
			g.rowHeight = rowHeight(body.Get("children"))
		}
	}
	g.viewport = math.Max(js.Global().Get("innerHeight").Float()-inset, 0)
	return g, true
}

// rowHeight is the distance from one row to the next.
func rowHeight(rows js.Value) float64 {
	n := rows.Length()
	if n == 0 {
		return 0
	}
	first := rows.Index(0).Call("getBoundingClientRect")
	if n == 1 {
		return first.Get("height").Float()
	}
	last := rows.Index(n - 1).Call("getBoundingClientRect")
	return math.Abs(last.Get("top").Float()-first.Get("top").Float()) / float64(n-1)
}

// px reads a length such as "52px".
func px(text string) float64 {
	value, err := strconv.ParseFloat(strings.TrimSuffix(text, "px"), 64)
	if err != nil {
		return 0
	}
	return value
}

// arrange sets the heights of the spacers in px, and puts the rows into the order
// of their places: they are drawn in slots, of which any may be the first.
func arrange(above, below float64) {
	table := listTable()
	if !table.Truthy() {
		return
	}
	bodies := table.Get("tBodies")
	for i := range bodies.Length() {
		body := bodies.Index(i)
		switch spacer := body.Get("dataset").Get("spacer"); {
		case spacer.Equal(js.ValueOf("above")):
			setHeight(body, above)
		case spacer.Equal(js.ValueOf("below")):
			setHeight(body, below)
		case body.Get("className").String() == "rows":
			rotate(body)
		}
	}
}

func setHeight(spacer js.Value, height float64) {
	cell := spacer.Call("querySelector", "td")
	text := strconv.FormatFloat(math.Max(height, 0), 'f', 2, 64) + "px"
	if style := cell.Get("style"); style.Get("height").String() != text {
		style.Set("height", text)
	}
}

// rotate moves the rows before the one that is the first in the list's order to
// the end, or those from it on to the beginning, whichever are fewer.
func rotate(body js.Value) {
	rows := body.Get("children")
	n := rows.Length()
	least, at := math.MaxInt, 0
	for i := range n {
		index, err := strconv.Atoi(rows.Index(i).Call("getAttribute", "aria-rowindex").String())
		if err == nil && index < least {
			least, at = index, i
		}
	}
	if at <= n/2 {
		for range at {
			body.Call("append", rows.Index(0))
		}
		return
	}
	for range n - at {
		body.Call("prepend", rows.Index(n-1))
	}
}

func scrollBy(by float64) { js.Global().Call("scrollBy", 0, by) }

// scrollToList scrolls so that so many px of the list lie above what can be seen.
func scrollToList(to float64) {
	if g, ok := measure(); ok {
		scrollBy(g.top + to)
	}
}

// pointedAt reports whether the mouse is over the rows, or the keyboard in them.
func pointedAt() bool {
	document := js.Global().Get("document")
	return document.Call("querySelector", "tbody.rows :focus-visible").Truthy() ||
		js.Global().Call("matchMedia", "(hover: hover)").Get("matches").Bool() &&
			document.Call("querySelector", "tbody.rows:hover").Truthy()
}
