package session

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/ui"
)

// actionTyped carries what is typed into the field of the open dialog.
const actionTyped = "session.typed"

// onCommand does what another part of the page asks for.
func (h *Host) onCommand(ctx app.Context, action app.Action) {
	defer ui.Recover(ctx)
	if c, ok := action.Value.(Command); ok {
		h.run(ctx, c)
	}
}

// run begins a command: most open a dialog.
func (h *Host) run(ctx app.Context, c Command) {
	h.menu = false
	if !c.Allowed(h.who()) {
		ui.ShowToast(ctx, ui.Toast{Tone: ui.Warning, Key: "session.not_allowed"})
		return
	}
	switch c.Verb {
	case Open:
		ctx.Navigate(Link(ctx.Page().URL(), idOf(c.Targets[0]), c.Panel))
	case Again:
		ctx.NewActionWithValue(ActionAgain, idOf(c.Targets[0]))
	case Interrupt, Restart:
		h.ask.atOnce(c, func(err error) {
			toast := ui.Toast{Tone: ui.Success, Key: "session." + string(c.Verb) + ".done", Args: []any{"name", c.Targets[0].Name}}
			if err != nil {
				toast.Tone, toast.Key, toast.Detail = ui.Danger, "session."+string(c.Verb)+".failed", errorText(h.Texts, err)
			}
			ui.ShowToast(ctx, toast)
			h.announce(ctx)
		})
	default:
		h.ask.open(c)
	}
}

// command is run for the session in the drawer.
func (h *Host) command(verb Verb) app.EventHandler {
	return func(ctx app.Context, _ app.Event) {
		defer ui.Recover(ctx)
		if s := h.detail.session; s != nil {
			row := s.Session
			h.run(ctx, Command{Verb: verb, Targets: []*model.Session{&row}})
		}
	}
}

// onTyped keeps what is typed into the field of the dialog.
func (h *Host) onTyped(_ app.Context, action app.Action) {
	if text, ok := action.Value.(string); ok && h.ask.opened {
		h.ask.typed(text)
	}
}

// onCloseDialog closes the dialog that is open.
func (h *Host) onCloseDialog(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.ask.close()
}

// onSubmit does what the open dialog is for. A second click finds it closed, or
// sending.
func (h *Host) onSubmit(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	if h.ask.submit() {
		targets, forced := h.ask.command.Targets, h.ask.forced
		h.ask.close()
		h.ending.begin(targets, forced)
		h.tick(ctx)
	}
	if h.ask.problem != "" || h.ask.err != nil {
		h.drawn(func() { focusID(fieldID) })
	}
}

// onSubmitInPlace is onSubmit of the form in the drawer's head.
func (h *Host) onSubmitInPlace(ctx app.Context, e app.Event) {
	e.PreventDefault()
	h.onSubmit(ctx, e)
	if !h.ask.opened || h.ask.sending {
		h.drawn(func() { focusID(titleID) })
	}
}

// onLeaveRename leaves the name as it is.
func (h *Host) onLeaveRename(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.leaveRename()
}

func (h *Host) leaveRename() {
	h.ask.close()
	h.drawn(func() { focusID(renameID) })
}

// onRenameKey leaves the name as it is on Escape.
func (h *Host) onRenameKey(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	if e.Get("key").String() != "Escape" || e.Get("isComposing").Truthy() {
		ctx.PreventUpdate()
		return
	}
	e.PreventDefault()
	h.leaveRename()
}

// onForce is the box of the termination's dialog.
func (h *Host) onForce(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.ask.forced = ctx.JSSrc().Get("checked").Bool()
}

// onSubject and onForm choose what program is shown.
func (h *Host) onSubject(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.ask.subject = Verb(ctx.JSSrc().Get("value").String())
}

func (h *Host) onForm(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.ask.form = ctx.JSSrc().Get("dataset").Get("form").String()
}

// onUndo, onRetry, onForceRetry and onDismiss are for the batch that the button
// names.
func (h *Host) onUndo(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.ending.undo(batchNumber(ctx))
}

func (h *Host) onRetry(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.ending.retry(batchNumber(ctx), false)
}

func (h *Host) onForceRetry(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.ending.retry(batchNumber(ctx), true)
}

func (h *Host) onDismiss(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.ending.dismiss(batchNumber(ctx))
}

// onRefresh reads the session again.
func (h *Host) onRefresh(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.detail.refresh()
}

// onClose closes the drawer.
func (h *Host) onClose(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.close(ctx)
}

func (h *Host) close(ctx app.Context) {
	if h.detail.id != "" {
		ctx.Navigate(Link(ctx.Page().URL(), "", ""))
	}
}

// onPrevious and onNext show the neighbours in the list.
func (h *Host) onPrevious(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.step(ctx, -1)
}

func (h *Host) onNext(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.step(ctx, 1)
}

// step shows a neighbour of the session, in the same panel.
func (h *Host) step(ctx app.Context, by int) {
	previous, next := h.Live.Neighbours(h.detail.id)
	id := next
	if by < 0 {
		id = previous
	}
	if id != "" {
		h.goTo(ctx, Link(ctx.Page().URL(), id, h.panel))
	}
}

// onKey is called for keys within the drawer.
func (h *Host) onKey(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	by, arrow := keyStep(e.Get("key").String())
	if by == 0 || !plainKey(e, arrow) {
		ctx.PreventUpdate()
		return
	}
	e.PreventDefault()
	e.StopImmediatePropagation()
	h.step(ctx, by)
}

// keyStep is where a key leads from one session.
func keyStep(key string) (by int, arrow bool) {
	switch key {
	case "j":
		return 1, false
	case "ArrowDown":
		return 1, true
	case "k":
		return -1, false
	case "ArrowUp":
		return -1, true
	}
	return 0, false
}

// onMenu notes whether the further actions are unfolded.
func (h *Host) onMenu(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	h.menu = ctx.JSSrc().Get("open").Bool()
}
