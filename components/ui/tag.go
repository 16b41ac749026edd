package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// TagProps are the parts of a tag.
type TagProps struct {
	// Tone is the meaning: good, busy, wait or bad; empty is neutral.
	Tone string
	// Icon is drawn before the text, so that colour is never the only sign.
	Icon string
	Text string
	// Spin turns the icon, for states that pass by themselves.
	Spin bool
}

// Tag is a short word that stands for a state.
func Tag(p TagProps) app.HTMLSpan {
	class := "tag"
	if p.Tone != "" {
		class += " " + p.Tone
	}
	if p.Spin {
		class += " spin"
	}
	text := app.Span().Class("tag-text").Title(p.Text).Text(p.Text)
	if p.Icon == "" {
		return app.Span().Class(class).Body(text)
	}
	return app.Span().Class(class).Body(Icon(p.Icon), text)
}

// Chip is a small fact beside a name: a version, a requirement, a size. Where it
// is cut off the whole text shows on hover.
func Chip(tone, text string) app.HTMLSpan {
	class := "chip"
	if tone != "" {
		class += " " + tone
	}
	return app.Span().Class(class).Title(text).Text(text)
}
