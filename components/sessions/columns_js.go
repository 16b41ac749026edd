//go:build js

package sessions

import (
	"math"
	"strconv"
	"syscall/js"

	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// listenGrip lets columns be sized with the pointer. The width follows at once;
// it is kept when the pointer is let go.
func (v *View) listenGrip(ctx app.Context) (stop func()) {
	document := js.Global().Get("document")
	var dragged column
	var from, before float64
	width := func(event js.Value) int { return int(before + event.Get("clientX").Float() - from) }
	down := js.FuncOf(func(_ js.Value, args []js.Value) any {
		target := args[0].Get("target")
		if !target.Get("dataset").Truthy() || target.Get("dataset").Get("grip").IsUndefined() {
			return nil
		}
		args[0].Call("preventDefault")
		dragged = column(target.Get("dataset").Get("grip").String())
		from, before = args[0].Get("clientX").Float(), float64(widthOf(dragged))
		return nil
	})
	move := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if dragged != "" {
			setWidth(dragged, min(max(width(args[0]), leastWidth), greatestWidth))
		}
		return nil
	})
	up := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if dragged == "" {
			return nil
		}
		c, to := dragged, width(args[0])
		dragged = ""
		ctx.Dispatch(func(ctx app.Context) {
			defer ui.Recover(ctx)
			v.choose(ctx, v.choice.withWidth(c, to))
		})
		return nil
	})
	listeners := map[string]js.Func{"pointerdown": down, "pointermove": move, "pointerup": up}
	for name, listener := range listeners {
		document.Call("addEventListener", name, listener)
	}
	return func() {
		for name, listener := range listeners {
			document.Call("removeEventListener", name, listener)
			listener.Release()
		}
	}
}

// windowWidth is the width of the window in rem.
func windowWidth() float64 {
	root := js.Global().Get("document").Get("documentElement")
	size := px(js.Global().Call("getComputedStyle", root).Get("fontSize").String())
	if size <= 0 {
		size = 16
	}
	return js.Global().Get("innerWidth").Float() / size
}

func colOf(c column) js.Value {
	table := listTable()
	if !table.Truthy() {
		return js.Null()
	}
	return table.Call("querySelector", "col.c-"+string(c))
}

// setWidths gives the columns the widths that were chosen, and the usual ones to
// the others.
func setWidths(chosen func(column) int) {
	table := listTable()
	if !table.Truthy() {
		return
	}
	cols := table.Call("querySelectorAll", "col")
	for i := range cols.Length() {
		col := cols.Index(i)
		name := col.Get("className").String()
		if len(name) < 3 {
			continue
		}
		text := ""
		if width := chosen(column(name[2:])); width > 0 {
			text = strconv.Itoa(width) + "px"
		}
		if style := col.Get("style"); style.Get("width").String() != text {
			style.Set("width", text)
		}
	}
}

func setWidth(c column, width int) {
	if col := colOf(c); col.Truthy() {
		col.Get("style").Set("width", strconv.Itoa(width)+"px")
	}
}

// widthOf is the width of a column as it is drawn, in px.
func widthOf(c column) int {
	table := listTable()
	if !table.Truthy() {
		return 0
	}
	head := table.Call("querySelector", "th[data-col="+string(c)+"]")
	if !head.Truthy() {
		return 0
	}
	return int(math.Round(head.Call("getBoundingClientRect").Get("width").Float()))
}
