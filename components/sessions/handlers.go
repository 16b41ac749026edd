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
	v.list.SelectPage(ctx.JSSrc().Get("checked").Bool())
}

// onRowChange is called for the check boxes of all rows.
func (v *View) onRowChange(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	if id := closestData(e.Get("target"), "select"); id != "" {
		v.list.Toggle(id)
	}
}

// onRowClick is called for every click in the body of the table.
func (v *View) onRowClick(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	target := e.Get("target")
	if id := closestData(target, "copy"); id != "" {
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

func (v *View) onCopySelected(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.copy(ctx, v.list.SelectedIDs(), copiedSelection)
}

func (v *View) onClearSelection(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.list.ClearSelection()
}

// copy puts a text on the clipboard; the button named by mark says that it
// worked.
func (v *View) copy(ctx app.Context, text, mark string) {
	writeClipboard(text, func(ok bool) {
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

// onKey is called for the keys of the list: / goes to the search field, j and k
// to the next and previous row, x selects the row, Enter opens its details.
func (v *View) onKey(ctx app.Context, key string) {
	if !v.page.ActiveConnected() {
		return
	}
	switch key {
	case "/":
		focusElement("sessions-filter")
	case "j":
		focusRow(1)
	case "k":
		focusRow(-1)
	case "Enter":
		if id := focusedRow(); id != "" {
			v.goTo(ctx, v.list.query.WithSession(id))
		}
	case "x":
		if id := focusedRow(); id != "" {
			v.list.Toggle(id)
		}
	}
}
