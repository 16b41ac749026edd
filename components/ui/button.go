package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Button is a push button with a text and, unless icon is "", an icon before
// it. It submits no form; set Type("submit") for one that does, and
// Class("primary"), Class("danger") or Class("quiet") for its weight.
func Button(icon, text string) app.HTMLButton {
	button := app.Button().Type("button").Class("btn")
	if icon == "" {
		return button.Text(text)
	}
	return button.Body(Icon(icon), app.Span().Text(text))
}

// IconButton is a button that shows only an icon; label says what it does, to
// screen readers and as the tooltip.
func IconButton(icon, label string) app.HTMLButton {
	return app.Button().Type("button").Class("btn", "quiet", "only").
		Aria("label", label).Title(label).
		Body(Icon(icon))
}
