//go:build js

package sessions

import (
	"strconv"
	"syscall/js"

	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// listenKeys calls onKey for keys that nothing else wants: not while the person
// types, not with a modifier, not under an open dialog.
func (v *View) listenKeys(ctx app.Context) (stop func()) {
	document := js.Global().Get("document")
	listener := js.FuncOf(func(_ js.Value, args []js.Value) any {
		event := args[0]
		key := event.Get("key").String()
		switch key {
		case "/", "?", "j", "k", "x", "X":
		case "Escape":
			if v.list.SelectedCount() == 0 || v.list.query.Beside.Session != "" || ui.TopLayer() {
				return nil // nothing to clear, or something else to close first
			}
		case "Enter":
			if event.Get("target").Get("tagName").String() != "TR" {
				return nil // on a link or a button it means that
			}
		default:
			return nil
		}
		if event.Get("ctrlKey").Bool() || event.Get("metaKey").Bool() || event.Get("altKey").Bool() || event.Get("defaultPrevented").Bool() {
			return nil
		}
		target := event.Get("target")
		if target.Get("closest").Truthy() &&
			target.Call("closest", "input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]").Truthy() {
			return nil
		}
		if key == "/" {
			event.Call("preventDefault")
		}
		ctx.Dispatch(func(ctx app.Context) {
			defer ui.Recover(ctx)
			v.onKey(ctx, key)
		})
		return nil
	})
	document.Call("addEventListener", "keydown", listener)
	return func() {
		document.Call("removeEventListener", "keydown", listener)
		listener.Release()
	}
}

// dataOf reads a data attribute, empty if there is none.
func dataOf(element app.Value, name string) string {
	value := element.Get("dataset").Get(name)
	if value.IsUndefined() || value.IsNull() {
		return ""
	}
	return value.String()
}

// closestData reads a data attribute of the element or the nearest around it
// that has it.
func closestData(element app.Value, name string) string {
	if !element.Truthy() {
		return ""
	}
	holder := element.Call("closest", "[data-"+name+"]")
	if !holder.Truthy() {
		return ""
	}
	return dataOf(holder, name)
}

func focusElement(id string) {
	if element := js.Global().Get("document").Call("getElementById", id); element.Truthy() {
		element.Call("focus")
		if element.Get("select").Truthy() {
			element.Call("select")
		}
	}
}

// currentRow is the row that has the focus, or holds what has it.
func currentRow() js.Value {
	active := js.Global().Get("document").Get("activeElement")
	if !active.Truthy() {
		return js.Null()
	}
	return active.Call("closest", "tr[data-session]")
}

// focusPlace gives the focus to the row at a place of the manager's order; it
// reports whether that is drawn.
func focusPlace(place int) bool {
	row := js.Global().Get("document").Call("querySelector",
		"tr[data-session][aria-rowindex='"+strconv.Itoa(place+2)+"']")
	if row.Truthy() {
		row.Call("focus", map[string]any{"preventScroll": true})
	}
	return row.Truthy()
}

// focusedPlace is the place of the row that has the focus, -1 for none.
func focusedPlace() int {
	row := currentRow()
	if !row.Truthy() {
		return -1
	}
	index, err := strconv.Atoi(row.Call("getAttribute", "aria-rowindex").String())
	if err != nil {
		return -1
	}
	return index - 2
}

// showTop scrolls back to the head of the list if it is out of sight, as after a
// click on the pager.
func showTop() {
	head := js.Global().Get("document").Call("querySelector", ".sessions-head")
	if head.Truthy() && head.Call("getBoundingClientRect").Get("top").Float() < 0 {
		head.Call("scrollIntoView")
	}
}

// focusedRow is the id of the session whose row has the focus.
func focusedRow() string {
	row := currentRow()
	if !row.Truthy() {
		return ""
	}
	return row.Get("dataset").Get("session").String()
}

// keepFocus remembers which session's row, or which control in it, has the focus.
// Rows are matched by place when they are drawn again, so the focus would stay
// with the place; restore gives it back to the session.
func keepFocus() (restore func()) {
	row := currentRow()
	if !row.Truthy() {
		return nil
	}
	id := row.Get("dataset").Get("session").String()
	control := ""
	active := js.Global().Get("document").Get("activeElement")
	for _, name := range [...]string{"open", "select", "copy", "why"} {
		if !active.Get("dataset").Get(name).IsUndefined() {
			control = "[data-" + name + "]"
		}
	}
	return func() {
		if focusedRow() == id {
			return
		}
		rows := js.Global().Get("document").Call("querySelectorAll", "tr[data-session]")
		for i := range rows.Length() {
			row := rows.Index(i)
			if row.Get("dataset").Get("session").String() != id {
				continue
			}
			if control != "" {
				if inner := row.Call("querySelector", control); inner.Truthy() {
					row = inner
				}
			}
			row.Call("focus", map[string]any{"preventScroll": true})
			return
		}
		// It was scrolled away: the focus stays in the table, on no other session.
		if table := js.Global().Get("document").Call("querySelector", "table[data-list=sessions]"); table.Truthy() {
			table.Call("focus", map[string]any{"preventScroll": true})
		}
	}
}
