package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Field puts a label over a control and, unless hint is "", a sentence under it.
// id is the id of the control; the control names [HintID] in aria-describedby
// where there is a hint.
func Field(id, label, hint string, control app.UI) app.HTMLDiv {
	return app.Div().Class("field").Body(
		app.Label().For(id).Text(label),
		control,
		app.If(hint != "", func() app.UI {
			return app.P().ID(HintID(id)).Class("hint").Text(hint)
		}),
	)
}

// HintID is the id of the hint of the control with this id.
func HintID(id string) string { return id + "-hint" }
