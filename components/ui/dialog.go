package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// DialogProps describe a modal dialog. It stays mounted and is opened and closed
// by Open, so that the browser moves the focus into it and back to where it was;
// what the person typed in it stays while another dialog lies over it.
type DialogProps struct {
	ID    string // of the dialog element; the ids of its parts begin with it
	Open  bool
	Title string
	Class string // of the dialog element, besides "dialog"
	// Close is the name of the button that closes the dialog.
	Close string
	// Sending says that the dialog's action is under way: it is announced as busy
	// and cannot be closed with Escape.
	Sending bool
	// OnClose is called when the person closes the dialog with the button or with
	// Escape. The owner then sets Open to false, or leaves the dialog open.
	OnClose app.EventHandler
	// OnSubmit is called for the one primary action, also for Enter in a field.
	// Without it the dialog has no form.
	OnSubmit app.EventHandler
	// Actions are the buttons at the foot, the primary one last and of the type
	// submit.
	Actions []app.UI
}

// Dialog draws a modal dialog with a body. Escape closes the topmost dialog
// only: the browser tells nobody else.
func Dialog(p DialogProps, body ...app.UI) app.HTMLDialog {
	class := "dialog"
	if p.Class != "" {
		class += " " + p.Class
	}
	dialog := app.Dialog().ID(p.ID).Class(class).
		Aria("labelledby", p.ID+"-title").
		On("cancel", onCancel(p), app.EventScope(p.ID, p.Sending)).
		On("close", onClosed(p), app.EventScope(p.ID, p.Open))
	if p.Sending {
		dialog = dialog.Aria("busy", true)
	}
	content := app.If(p.Open, func() app.UI {
		inner := append([]app.UI{dialogHead(p)}, app.Div().Class("dialog-content").Body(body...))
		if len(p.Actions) > 0 {
			inner = append(inner, app.Div().Class("dialog-actions").Body(p.Actions...))
		}
		if p.OnSubmit == nil {
			return app.Div().Class("dialog-body").Body(inner...)
		}
		return app.Form().Class("dialog-body").Attr("novalidate", true).
			OnSubmit(onSubmit(p.OnSubmit), app.EventScope(p.ID)).Body(inner...)
	})
	return dialog.Body(&modal{Open: p.Open}, content)
}

func dialogHead(p DialogProps) app.UI {
	return app.Div().Class("dialog-head").Body(
		app.H2().ID(p.ID+"-title").Text(p.Title),
		IconButton("x", p.Close).Disabled(p.Sending).OnClick(p.OnClose, app.EventScope(p.ID)),
	)
}

// onCancel keeps the browser from closing the dialog by itself: the owner says
// whether it is open.
func onCancel(p DialogProps) app.EventHandler {
	return func(ctx app.Context, e app.Event) {
		defer Recover(ctx)
		if e.Get("target").Truthy() && !e.Get("target").Equal(ctx.JSSrc()) {
			return // of a file field or another dialog inside
		}
		e.PreventDefault()
		if !p.Sending {
			p.OnClose(ctx, e)
		}
	}
}

// onClosed is for browsers that close a dialog without asking, as for a second
// Escape. A dialog that the owner closed, or that is open again, is none of its
// business.
func onClosed(p DialogProps) app.EventHandler {
	return func(ctx app.Context, e app.Event) {
		defer Recover(ctx)
		if p.Open && e.Get("target").Equal(ctx.JSSrc()) && !ctx.JSSrc().Get("open").Bool() {
			p.OnClose(ctx, e)
		}
	}
}

// onSubmit keeps the form from leaving the page.
func onSubmit(handle app.EventHandler) app.EventHandler {
	return func(ctx app.Context, e app.Event) {
		defer Recover(ctx)
		e.PreventDefault()
		handle(ctx, e)
	}
}

// modal opens and closes the dialog element it is in. It opens once the content
// is there, so that the browser finds the element that takes the focus, and
// closes before the content goes, so that the focus returns to where it was.
type modal struct {
	app.Compo

	Open bool
}

// Render draws nothing that shows.
func (m *modal) Render() app.UI { return app.Span().Hidden(true) }

// OnMount opens the dialog if it is wanted open from the start.
func (m *modal) OnMount(ctx app.Context) { m.OnUpdate(ctx) }

// OnUpdate opens or closes the dialog.
func (m *modal) OnUpdate(ctx app.Context) {
	if !m.Open {
		ShowModal(parentOf(ctx.JSSrc()), false)
		return
	}
	ctx.Defer(func(ctx app.Context) {
		if m.Open {
			ShowModal(parentOf(ctx.JSSrc()), true)
		}
	})
}

// parentOf is the element around an element, undefined outside of a document.
func parentOf(element app.Value) app.Value {
	if app.IsServer || !element.Truthy() {
		return app.Undefined()
	}
	return element.Get("parentElement")
}
