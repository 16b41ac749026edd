package launcher

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	seen "github.com/baiui/baiui/components/facts" // facts are what a form is checked against here
	"github.com/baiui/baiui/components/ui"
)

// dialogs draws what can lie over the form. All stay mounted, so that the focus
// returns to where it was; what is in them is made only while they are open.
func (v *View) dialogs() app.UI {
	t := v.Texts
	return app.Div().Body(
		&ui.Confirm{ID: "launcher-reset", Open: v.dialog == dialogReset, Title: t.T("launcher.reset.title"), Text: t.T("launcher.reset.text"),
			Yes: t.T("launcher.reset"), No: t.T("common.cancel"), Action: actionReset},
		v.noFolder(),
		v.newFolder(),
		v.historyDialog(),
		v.exportDialog(),
	)
}

// noFolder warns that what the session makes is lost with it.
func (v *View) noFolder() app.UI {
	t := v.Texts
	return ui.Dialog(ui.DialogProps{
		ID: "launcher-no-folder", Open: v.dialog == dialogNoFolder, Title: t.T("launcher.no_folder.title"), Close: t.T("common.close"),
		OnClose: v.onClose, OnSubmit: v.onLaunch,
		Actions: []app.UI{
			ui.Button("", t.T("common.cancel")).OnClick(v.onClose, app.EventScope("no-folder-cancel")),
			ui.Button("play", t.T("launcher.launch")).Type("submit").Class("primary").Attr("autofocus", true),
		},
	}, app.P().Text(t.T("launcher.no_folder.text")))
}

// newFolder makes a folder, which is mounted at once.
func (v *View) newFolder() app.UI {
	t := v.Texts
	busy := v.form.Asking(PartFolder)
	props := ui.DialogProps{
		ID: "launcher-folder", Open: v.dialog == dialogFolder, Title: t.T("launcher.folders.new"), Close: t.T("common.close"), Sending: busy,
		OnClose: v.onClose, OnSubmit: v.onNewFolder,
	}
	if !props.Open {
		return ui.Dialog(props)
	}
	made, err := v.madeFolder(), v.form.Failure(PartFolder)
	props.Actions = []app.UI{
		ui.Button("", t.T("common.close")).OnClick(v.onClose, app.EventScope("folder-cancel")),
		ui.Button("folder-plus", t.T("launcher.folders.create")).Type("submit").Class("primary").Disabled(busy || strings.TrimSpace(v.folder) == "" || made),
	}
	return ui.Dialog(props,
		app.P().Text(t.T("launcher.folders.new.text")),
		v.labelled(control{input: "new-folder", label: t.T("launcher.folder.name")},
			&ui.Input{ID: inputID("new-folder"), Value: v.folder, Action: actionFolder}),
		app.If(err != nil, func() app.UI {
			return ui.Notice(ui.Danger, t.T("launcher.failed.folder"), seen.FailureText(t, err))
		}),
		app.If(made, func() app.UI {
			return ui.Notice(ui.Success, t.T("launcher.folders.made", "name", strings.TrimSpace(v.folder)), "")
		}),
	)
}

// madeFolder reports whether the folder whose name stands there is mounted.
func (v *View) madeFolder() bool {
	for _, m := range v.form.Form().Mounts {
		if m.Name == strings.TrimSpace(v.folder) {
			return true
		}
	}
	return false
}

// historyDialog lists what was launched from this browser.
func (v *View) historyDialog() app.UI {
	t := v.Texts
	props := ui.DialogProps{
		ID: "launcher-history", Open: v.dialog == dialogHistory, Title: t.T("launcher.history"), Close: t.T("common.close"), Class: "wide", OnClose: v.onClose,
	}
	if !props.Open {
		return ui.Dialog(props)
	}
	return ui.Dialog(props,
		app.P().Class("hint").Text(t.T("launcher.history.hint", "n", RecentLaunches)),
		app.If(len(v.history) == 0, func() app.UI { return app.P().Class("muted").Text(t.T("launcher.history.none")) }),
		app.Ul().Class("history").Body(app.Range(v.history).Slice(func(i int) app.UI { return v.kept(v.history[i]) })),
	)
}

// kept draws one remembered launch.
func (v *View) kept(k Kept) app.UI {
	t := v.Texts
	pin, pinText := "pin", t.T("launcher.history.pin", "name", k.Name)
	if k.Pinned {
		pin, pinText = "pin-off", t.T("launcher.history.unpin", "name", k.Name)
	}
	image := k.Form.Image
	if k.Form.Manual != "" {
		image = k.Form.Manual
	}
	return app.Li().Class("kept").Body(
		app.Div().Class("kept-text").Body(
			app.If(v.renaming == k.ID, func() app.UI {
				return app.Div().OnKeyDown(v.onRenameKey, app.EventScope("rename-key", k.ID)).Body(
					&ui.Input{ID: inputID("rename"), Label: t.T("launcher.history.name"), Value: k.Name, Action: actionRename, Field: k.ID})
			}).Else(func() app.UI {
				return app.A().Href(State{Step: StepReview, Form: Again(k.Form, v.ending), Given: true}.URL(nil)).ID(keptID(k.ID)).DataSet("kept", k.ID).Text(k.Name)
			}),
			app.Span().Class("muted", "kept-image").Text(image),
			app.Span().Class("muted").Text(v.size(amounts(k.Form, 1))+" · "+t.DateTime(k.At)),
		),
		ui.IconButton("pencil", t.T("launcher.history.rename", "name", k.Name)).DataSet("kept", k.ID).OnClick(v.onKeptName, app.EventScope("name", k.ID)),
		ui.IconButton(pin, pinText).DataSet("kept", k.ID).Aria("pressed", k.Pinned).OnClick(v.onPin, app.EventScope("pin", k.ID)),
		ui.IconButton("trash-2", t.T("launcher.history.remove", "name", k.Name)).DataSet("kept", k.ID).OnClick(v.onForget, app.EventScope("forget", k.ID)),
	)
}

func (v *View) onKeptName(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	id := ctx.JSSrc().Get("dataset").Get("kept").String()
	if v.renaming == id {
		id = ""
	}
	v.renaming, v.unnamed = id, v.history
	v.drawn(func() { focus(inputID("rename")) })
}

// onRenameKey ends the renaming with Enter, and takes it back with Escape, which
// does not close the dialog as well.
func (v *View) onRenameKey(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	if e.Get("isComposing").Truthy() {
		return // the key belongs to the input method
	}
	switch e.Get("key").String() {
	case "Escape":
		v.remember(v.unnamed)
	case "Enter":
	default:
		return
	}
	e.PreventDefault()
	id := v.renaming
	v.renaming = ""
	v.drawn(func() { focus(keptID(id)) })
}

// keptID is the id of the link of a remembered launch.
func keptID(id string) string { return "launcher-kept-" + id }

func (v *View) onRename(_ app.Context, a app.Action) {
	if typed, ok := a.Value.(ui.Typed); ok {
		v.remember(v.history.Rename(typed.Field, typed.Text))
	}
}

func (v *View) onPin(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	id := ctx.JSSrc().Get("dataset").Get("kept").String()
	for _, k := range v.history {
		if k.ID == id {
			v.remember(v.history.Pin(id, !k.Pinned))
			return
		}
	}
}

func (v *View) onForget(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.remember(v.history.Remove(ctx.JSSrc().Get("dataset").Get("kept").String()))
}

// remember keeps a changed history.
func (v *View) remember(h History) {
	v.history = h
	if v.Account != nil {
		v.keeper.saveHistory(v.Account.AccessKey, h)
	}
}

// ending is what makes the name of a launch again another one; it stays the same
// while the history is open, so that links do not change under the pointer.
func (v *View) ending(n int) string { return v.suffix[:min(n, len(v.suffix))] }
