package session

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/ui"
)

// nameField is the text field of a dialog. It takes the focus with its text
// selected when it appears; what is typed is posted as [actionTyped].
type nameField struct {
	app.Compo

	ID          string
	Value       string
	Label       string
	Invalid     bool
	DescribedBy string

	typed string
}

// Render draws the element without its value, which is set as a property.
func (f *nameField) Render() app.UI {
	input := app.Input().Class("input").ID(f.ID).Type("text").AutoFocus(true).
		Attr("spellcheck", "false").Attr("autocapitalize", "none").AutoComplete(false).
		Aria("label", f.Label).Aria("describedby", f.DescribedBy).OnInput(f.onInput)
	if f.Invalid {
		input = input.Aria("invalid", true)
	}
	return input
}

// OnMount puts the first value in and selects it, so that typing replaces it.
func (f *nameField) OnMount(ctx app.Context) {
	f.follow(ctx)
	ctx.Defer(func(ctx app.Context) {
		ctx.JSSrc().Call("focus")
		ctx.JSSrc().Call("select")
	})
}

// OnUpdate puts in a value that differs from what the person typed.
func (f *nameField) OnUpdate(ctx app.Context) { f.follow(ctx) }

func (f *nameField) follow(ctx app.Context) {
	if f.typed != f.Value {
		f.typed = f.Value
		ctx.JSSrc().Set("value", f.Value)
	}
}

func (f *nameField) onInput(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	f.typed = ctx.JSSrc().Get("value").String()
	ctx.NewActionWithValue(actionTyped, f.typed)
}
