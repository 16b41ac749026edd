package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Input is a text input whose content follows Value, also back to nothing:
// go-app drops the attribute value="" and so would leave the old text standing.
// What the person types is posted as the action Action with the new text (a
// string) as its value; the owner then hands it back as Value.
type Input struct {
	app.Compo

	ID          string
	Name        string
	Type        string // "text" where empty
	Value       string
	Label       string // the accessible name, where no <label> gives one
	Placeholder string
	Action      string // the action posted at every change

	typed string // what the element holds, as far as it is known
}

// Render draws the element without its value, which is set as a property.
func (i *Input) Render() app.UI {
	kind := i.Type
	if kind == "" {
		kind = "text"
	}
	return app.Input().Class("input").Type(kind).
		ID(i.ID).Name(i.Name).
		Aria("label", i.Label).Placeholder(i.Placeholder).
		Attr("spellcheck", "false").
		OnInput(i.onInput)
}

// OnMount puts the first value in.
func (i *Input) OnMount(ctx app.Context) { i.follow(ctx) }

// OnUpdate puts in a value that differs from what the person typed.
func (i *Input) OnUpdate(ctx app.Context) { i.follow(ctx) }

func (i *Input) follow(ctx app.Context) {
	if i.typed == i.Value {
		return
	}
	i.typed = i.Value
	ctx.JSSrc().Set("value", i.Value)
}

func (i *Input) onInput(ctx app.Context, _ app.Event) {
	defer Recover(ctx)
	i.changed(ctx, ctx.JSSrc().Get("value").String())
}

func (i *Input) changed(ctx app.Context, text string) {
	i.typed = text
	ctx.NewActionWithValue(i.Action, text)
}
