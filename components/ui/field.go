package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Field puts a label over a control and, where there is one, a problem or a hint
// under it. id is the id of the control; the control itself should name what
// [Describes] returns in aria-describedby.
func Field(id, label, hint, problem string, control app.UI) app.HTMLDiv {
	return app.Div().Class("field").Body(
		app.Label().For(id).Text(label),
		control,
		app.If(problem != "", func() app.UI {
			return app.P().ID(id+"-problem").Class("hint", "problem").Text(problem)
		}).ElseIf(hint != "", func() app.UI {
			return app.P().ID(id + "-hint").Class("hint").Text(hint)
		}),
	)
}

// Describes returns the id of the sentence that [Field] puts under the control
// with this id, "" when it puts none.
func Describes(id, hint, problem string) string {
	switch {
	case problem != "":
		return id + "-problem"
	case hint != "":
		return id + "-hint"
	}
	return ""
}
