package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Confirm is a dialog that asks before something that cannot be undone. It
// stays mounted and is opened and closed by Open, so that the browser can return
// the focus to where it was. The answer is posted as the action Action with a
// bool; closing it with Escape is a no.
type Confirm struct {
	app.Compo

	ID      string // of the dialog element
	Open    bool
	Title   string
	Text    string
	Yes, No string // what the buttons say
	Action  string
}

// Render draws the closed dialog.
func (c *Confirm) Render() app.UI {
	return app.Dialog().ID(c.ID).Class("dialog").
		Aria("labelledby", c.ID+"-title").Aria("describedby", c.ID+"-text").
		On("cancel", c.onNo).
		Body(
			app.Div().Class("dialog-body").Body(
				app.H2().ID(c.ID+"-title").Text(c.Title),
				app.P().ID(c.ID+"-text").Text(c.Text),
			),
			app.Div().Class("dialog-actions").Body(
				Button("", c.No).Attr("autofocus", true).OnClick(c.onNo),
				Button("", c.Yes).Class("danger").OnClick(c.onYes),
			),
		)
}

// OnMount opens the dialog if it is wanted open from the start.
func (c *Confirm) OnMount(ctx app.Context) { ShowModal(ctx.JSSrc(), c.Open) }

// OnUpdate opens or closes the dialog.
func (c *Confirm) OnUpdate(ctx app.Context) { ShowModal(ctx.JSSrc(), c.Open) }

func (c *Confirm) onYes(ctx app.Context, _ app.Event) {
	defer Recover(ctx)
	ctx.NewActionWithValue(c.Action, true)
}

func (c *Confirm) onNo(ctx app.Context, _ app.Event) {
	defer Recover(ctx)
	ctx.NewActionWithValue(c.Action, false)
}

// ShowModal makes a dialog element modal or closes it; it does nothing when the
// dialog is in that state already, or is not in the document.
func ShowModal(dialog app.Value, open bool) {
	if app.IsServer || !dialog.Truthy() || !dialog.Get("isConnected").Bool() || dialog.Get("open").Bool() == open {
		return
	}
	if open {
		dialog.Call("showModal")
	} else {
		dialog.Call("close")
	}
}
