package ui

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/i18n"
)

// copiedFor is how long a copy button says that it worked.
const copiedFor = 1500 * time.Millisecond

// CopyButton is a button that puts a text on the clipboard and then says for a
// moment that it worked.
type CopyButton struct {
	app.Compo

	Texts *i18n.Texts
	Text  string // what is copied
	Label string // what the button does, as in "Copy the session's id"
	// Shown is the text of the button; without one it is an icon.
	Shown string

	copied int // how many of the last copies are still told
}

// Render draws the button.
func (c *CopyButton) Render() app.UI {
	icon, label, shown := "copy", c.Label, c.Shown
	if c.copied > 0 {
		icon, label = "check", c.Texts.T("common.copied")
		if shown != "" {
			shown = label
		}
	}
	var button app.HTMLButton
	if shown == "" {
		button = IconButton(icon, c.Label).Title(label)
	} else {
		button = Button(icon, shown).Aria("label", c.Label)
	}
	return app.Span().Class("copy").Body(
		button.OnClick(c.onClick),
		app.Span().Class("unseen").Role("status").Body(
			app.If(c.copied > 0, func() app.UI { return app.Text(label) }),
		),
	)
}

func (c *CopyButton) onClick(ctx app.Context, _ app.Event) {
	defer Recover(ctx)
	Copy(c.Text, func(ok bool) {
		ctx.Dispatch(func(ctx app.Context) { c.told(ctx, ok) })
	})
}

// told shows the outcome.
func (c *CopyButton) told(ctx app.Context, ok bool) {
	if !ok {
		ShowToast(ctx, Toast{Tone: Danger, Key: "common.copy_failed"})
		return
	}
	c.copied++
	ctx.After(copiedFor, func(app.Context) { c.copied-- })
}
