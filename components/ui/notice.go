package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Tone is what a message means; it chooses colour and icon.
type Tone string

// The tones. Colour is never the only sign: each has an icon of its own.
const (
	Info    Tone = "info"
	Success Tone = "success"
	Warning Tone = "warning"
	Danger  Tone = "error"
)

// Icon returns the name of the icon that stands for the tone.
func (t Tone) Icon() string {
	switch t {
	case Success:
		return "circle-check"
	case Warning:
		return "triangle-alert"
	case Danger:
		return "circle-alert"
	}
	return "info"
}

// Notice is a message in the flow of the page: a title, optionally a sentence
// that says what to do, and optionally controls after it. An error is announced
// by screen readers at once, anything else when they are idle.
func Notice(tone Tone, title, text string, controls ...app.UI) app.HTMLDiv {
	role := "status"
	if tone == Danger {
		role = "alert"
	}
	body := []app.UI{
		Icon(tone.Icon()),
		app.Div().Class("notice-text").Body(
			app.Strong().Text(title),
			app.If(text != "", func() app.UI { return app.Span().Text(text) }),
		),
	}
	return app.Div().Class("notice", string(tone)).Role(role).Body(append(body, controls...)...)
}
