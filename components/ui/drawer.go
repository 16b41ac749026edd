package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// DrawerProps describe a panel at the edge of the page. What lies under it can
// still be used; on a narrow screen it covers the page.
type DrawerProps struct {
	ID   string // of the panel; the ids of its parts begin with it
	Open bool
	// Label is the id of the element that names the panel.
	Label string
	// Focus is the id of the element that takes the focus when the panel opens,
	// the panel itself where it is empty.
	Focus string
	// Busy says that its content is on its way.
	Busy bool
}

// Drawer draws the panel; it is empty while it is closed. The focus moves into
// it when it opens, and back to where it was when it closes, or to the page's
// content where that is gone. Escape is up to the owner, because what is under a
// panel may want it too; see [TopLayer].
func Drawer(p DrawerProps, body ...app.UI) app.HTMLSection {
	panel := app.Section().ID(p.ID).Class("drawer").TabIndex(-1)
	if p.Open {
		panel = panel.Role("dialog").Aria("labelledby", p.Label).Class("open")
	}
	if p.Busy {
		panel = panel.Aria("busy", true)
	}
	return panel.Hidden(!p.Open).Body(
		&drawerFocus{Open: p.Open, Focus: p.Focus},
		app.If(p.Open, func() app.UI { return app.Div().Class("drawer-content").Body(body...) }),
	)
}

// drawerFocus moves the focus into the panel it is in and back.
type drawerFocus struct {
	app.Compo

	Open  bool
	Focus string

	before app.Value // what had the focus when the panel was opened
	opened bool
}

// Render draws nothing that shows.
func (d *drawerFocus) Render() app.UI { return app.Span().Hidden(true) }

// OnMount moves the focus if the panel is open from the start.
func (d *drawerFocus) OnMount(ctx app.Context) { d.OnUpdate(ctx) }

// OnUpdate moves the focus when the panel opens or closes.
func (d *drawerFocus) OnUpdate(ctx app.Context) {
	if app.IsServer || d.opened == d.Open {
		return
	}
	d.opened = d.Open
	document := app.Window().Get("document")
	if d.Open {
		d.before = document.Get("activeElement")
		ctx.Defer(func(ctx app.Context) {
			target := parentOf(ctx.JSSrc())
			if d.Focus != "" {
				if element := app.Window().GetElementByID(d.Focus); element.Truthy() {
					target = element
				}
			}
			focusQuietly(target)
		})
		return
	}
	before := d.before
	d.before = nil
	panel, active := parentOf(ctx.JSSrc()), document.Get("activeElement")
	elsewhere := active.Truthy() && !active.Equal(document.Get("body")) && !(panel.Truthy() && panel.Call("contains", active).Bool())
	if elsewhere || before == nil {
		return
	}
	ctx.Defer(func(app.Context) {
		if !before.Truthy() || !before.Get("isConnected").Truthy() || before.Equal(document.Get("body")) {
			before = app.Window().GetElementByID("main") // the row that led here may be gone
		}
		focusQuietly(before)
	})
}

// focusQuietly moves the focus and scrolls nothing.
func focusQuietly(element app.Value) {
	if element.Truthy() && element.Get("focus").Truthy() {
		element.Call("focus", map[string]any{"preventScroll": true})
	}
}

// TopLayer reports whether a modal dialog or a popover is open, which then has
// the Escape key for itself.
func TopLayer() bool {
	if app.IsServer {
		return false
	}
	return app.Window().Get("document").Call("querySelector", "dialog:modal, [popover]:popover-open").Truthy()
}
