package sessions

import (
	"time"

	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// copiedSelection stands for the button that copies all selected ids.
const copiedSelection = "selection"

// copiedFor is how long a copy button says that it worked.
const copiedFor = 1500 * time.Millisecond

func (v *View) onRefresh(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.list.Refresh()
}

// onSort reads the column from the button, which knows it even after the
// columns changed.
func (v *View) onSort(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.goTo(ctx, v.list.query.ToggleOrder(dataOf(ctx.JSSrc(), "sort")))
}

func (v *View) onClearFilter(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.clearFilter(ctx)
}

// clearFilter shows everything of the tab again.
func (v *View) clearFilter(ctx app.Context) {
	v.typedFilter, v.typedAccessKey = "", ""
	v.replaceURL(ctx, v.list.query.WithFilter("").WithAccessKey(""))
}

func (v *View) onSelectPage(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.list.SelectLoaded(ctx.JSSrc().Get("checked").Bool())
	v.tellSelection(ctx)
}

// onRowChange is called for the check boxes of all rows.
func (v *View) onRowChange(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	if id := closestData(e.Get("target"), "select"); id != "" {
		if v.shift {
			v.list.ToggleRange(id)
		} else {
			v.list.Toggle(id)
		}
		v.tellSelection(ctx)
	}
}

// onRowClick is called for every click in the body of the table.
func (v *View) onRowClick(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	target := e.Get("target")
	v.shift = e.Get("shiftKey").Truthy() // for the change of a check box, which follows
	if id := closestData(target, "open"); id != "" && plainClick(e) {
		e.PreventDefault() // the link names no row to begin with: the list knows it
		e.Call("stopPropagation")
		v.goTo(ctx, v.list.query.WithSession(id))
	} else if id := closestData(target, "copy"); id != "" {
		v.copy(ctx, id, id)
	} else if id := closestData(target, "why"); id != "" {
		e.PreventDefault() // the list decides what is unfolded: rows change places
		v.toggleReason(id)
	} else {
		ctx.PreventUpdate()
	}
}

// toggleReason unfolds the reason of one session's status, or folds it again.
func (v *View) toggleReason(id string) {
	if v.open == id {
		id = ""
	}
	v.open = id
}

// onPoint is called when the mouse or the focus enters or leaves the rows: while
// it is there, they keep their order.
func (v *View) onPoint(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	held := pointedAt()
	_, waits := v.list.News()
	if held == v.list.held || held || !waits {
		ctx.PreventUpdate()
	}
	if held != v.list.held {
		v.list.SetHeld(held)
	}
}

func (v *View) onShowNews(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.list.Show()
	v.goToPlace(ctx, 0, false)
}

func (v *View) onToTop(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.goToPlace(ctx, 0, false)
}

// copy puts a text on the clipboard; the button named by mark says that it
// worked.
func (v *View) copy(ctx app.Context, text, mark string) {
	ui.Copy(text, func(ok bool) {
		ctx.Dispatch(func(ctx app.Context) {
			if !ok {
				ui.ShowToast(ctx, ui.Toast{Tone: ui.Danger, Key: "sessions.copy_failed"})
				return
			}
			v.copied = mark
			time.AfterFunc(copiedFor, func() {
				ctx.Dispatch(func(app.Context) {
					if v.copied == mark {
						v.copied = ""
					}
				})
			})
		})
	})
}

// onKey is called for the keys of the list: see [shortcuts].
func (v *View) onKey(ctx app.Context, key string) {
	if !v.page.ActiveConnected() {
		return
	}
	switch key {
	case "/":
		focusElement("sessions-filter")
	case "?":
		v.dialog = dialogHelp
	case "j":
		v.moveFocus(ctx, 1)
	case "k":
		v.moveFocus(ctx, -1)
	case "Enter":
		if id := focusedRow(); id != "" {
			v.goTo(ctx, v.list.query.WithSession(id))
		}
	case "x":
		if id := focusedRow(); id != "" {
			v.list.Toggle(id)
			v.tellSelection(ctx)
		}
	case "X":
		if id := focusedRow(); id != "" {
			v.list.ToggleRange(id)
			v.tellSelection(ctx)
		}
	case "Escape":
		v.list.ClearSelection()
		v.tellSelection(ctx)
	}
}

// plainClick reports whether a click means the link itself, not a new tab.
func plainClick(e app.Event) bool {
	return !e.Get("ctrlKey").Truthy() && !e.Get("metaKey").Truthy() && !e.Get("shiftKey").Truthy() && !e.Get("altKey").Truthy()
}

// moveFocus moves the focus by a number of rows, also to those that are not
// drawn yet.
func (v *View) moveFocus(ctx app.Context, by int) {
	l := v.list
	place := focusedPlace() + by
	if place < by || place < 0 { // no row has it
		place = l.seen.first + l.shift
	}
	if l.total == 0 {
		return
	}
	v.scroll.focus = min(max(place, 0), l.total-1) + 1
	v.goToPlace(ctx, v.scroll.focus-1-l.shift, true)
}
