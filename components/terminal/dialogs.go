package terminal

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/ui"
)

// maxPreview bounds how much of a paste is shown before it is confirmed, in
// characters.
const maxPreview = 300

// nameID is the id of the field of a new name.
const nameID = "terminal-new-name"

func (v *View) dialogs() app.UI {
	t := v.Texts
	problem := nameProblem(v.newName, v.name, v.shown.Terminals)
	return app.Div().Body(
		ui.Dialog(ui.DialogProps{
			ID: "terminal-rename", Open: v.naming, Title: t.T("terminal.rename", "name", v.current()), Close: t.T("common.close"),
			OnClose: v.onNameKept, OnSubmit: v.onNameGiven,
			Actions: []app.UI{
				ui.Button("", t.T("common.cancel")).OnClick(v.onNameKept, app.EventScope("keep-name")),
				ui.Button("", t.T("terminal.rename.do")).Class("primary").Type("submit").Disabled(problem != ""),
			},
		}, app.Div().Body(
			ui.Field(nameID, t.T("terminal.name"), t.T("terminal.name.rule"), &ui.Input{
				ID: nameID, Name: "name", Value: v.newName, Label: t.T("terminal.name"), Action: actionName,
				Described: ui.HintID(nameID) + " " + nameID + "-problem", Invalid: problem != "",
			}),
			app.P().ID(nameID+"-problem").Class("problem").Role("alert").Body(app.If(problem != "", func() app.UI { return app.Text(t.T(problem)) })),
		)),
		&ui.Confirm{
			ID: "terminal-close", Open: v.closing, Action: actionClose,
			Title: t.T("terminal.close", "name", v.current()), Text: t.T("terminal.close.text"),
			Yes: t.T("terminal.close.do"), No: t.T("common.cancel"),
		},
		&ui.Confirm{
			ID: "terminal-paste", Open: v.pasting != "", Action: actionPaste,
			Title: t.T("terminal.paste.title"), Text: t.T("terminal.paste.text", "text", preview(v.pasting)),
			Yes: t.T("terminal.paste.do"), No: t.T("common.cancel"),
		},
		v.guideDialog(),
	)
}

// preview is the beginning of a paste.
func preview(text string) string {
	runes := []rune(text)
	if len(runes) <= maxPreview {
		return text
	}
	return string(runes[:maxPreview]) + "…"
}

// guideSteps is how many steps the guide has: "terminal.guide.1" and so on, each
// with a title.
const guideSteps = 5

// guideDialog is the guide's help with tmux, and the keys of this page.
func (v *View) guideDialog() app.UI {
	t := v.Texts
	steps := make([]app.UI, guideSteps)
	for i := range steps {
		key := "terminal.guide." + string(rune('1'+i))
		steps[i] = app.Li().Body(app.Strong().Text(t.T(key+".title")), app.P().Text(t.T(key)))
	}
	return ui.Dialog(ui.DialogProps{
		ID: "terminal-guide", Open: v.guide, Title: t.T("terminal.guide"), Close: t.T("common.close"), Class: "terminal-guide",
		OnClose: v.onGuideRead, OnSubmit: v.onGuideRead,
		Actions: []app.UI{
			ui.Button("", t.T("terminal.guide.never")).DataSet("action", "never").OnClick(v.onGuideKnown, app.EventScope("never")),
			ui.Button("", t.T("terminal.guide.done")).Class("primary").Type("submit").Attr("autofocus", true),
		},
	}, app.Ol().Class("terminal-steps").Body(steps...))
}
