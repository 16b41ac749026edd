package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Input is a text input whose content follows Value, also back to nothing:
// go-app drops the attribute value="" and so would leave the old text standing.
// What the person types is posted as the action Action with the new text (a
// string) as its value, or a [Typed] where Field says which of many it is; the
// owner then hands it back as Value.
type Input struct {
	app.Compo

	ID          string
	Name        string
	Type        string // "text" where empty
	Lines       int    // a text area of that many lines, where not 0
	Value       string
	Label       string // the accessible name, where no <label> gives one
	Placeholder string
	Action      string // the action posted at every change
	Field       string // see Typed; optional
	Mode        string // inputmode: which keys a phone shows
	Described   string // ids of what describes it, such as its hint and its problems
	Min, Max    string // of numbers, dates and ranges
	Step        string
	// Taken counts how often the owner took a text and left none: a text that comes
	// at once, as from the clipboard, is gone again before Value ever held it.
	Taken    int
	Invalid  bool
	Disabled bool

	held    string // what the element holds, as far as it is known
	posting int    // how many actions the owner has not handled yet
}

// Typed is what was typed into one of many inputs that post the same action.
type Typed struct{ Field, Text string }

// Render draws the element without its value, which is set as a property.
func (i *Input) Render() app.UI {
	if i.Lines > 0 {
		area := app.Textarea().Class("input", "area").
			ID(i.ID).Name(i.Name).Rows(i.Lines).Disabled(i.Disabled).
			Aria("label", i.Label).Aria("describedby", i.Described).Placeholder(i.Placeholder).
			Attr("spellcheck", "false").
			OnInput(i.onInput)
		if i.Invalid {
			area = area.Aria("invalid", true)
		}
		return area
	}
	kind := i.Type
	if kind == "" {
		kind = "text"
	}
	input := app.Input().Class("input").Type(kind).
		ID(i.ID).Name(i.Name).Disabled(i.Disabled).
		Aria("label", i.Label).Aria("describedby", i.Described).Placeholder(i.Placeholder).
		Attr("inputmode", i.Mode).Attr("min", i.Min).Attr("max", i.Max).Attr("step", i.Step).
		Attr("spellcheck", "false").
		OnInput(i.onInput)
	if i.Invalid {
		input = input.Aria("invalid", true)
	}
	return input
}

// OnMount puts the first value in.
func (i *Input) OnMount(ctx app.Context) { i.follow(ctx) }

// OnUpdate puts in a value that differs from what the person typed.
func (i *Input) OnUpdate(ctx app.Context) { i.follow(ctx) }

func (i *Input) follow(ctx app.Context) {
	if i.write() {
		ctx.JSSrc().Set("value", i.held)
	}
}

// write reports whether the element has to be given the text it holds anew.
func (i *Input) write() bool {
	// Renders run behind a person who types: until the owner has handled every
	// key, Value is an earlier text, and writing it would swallow the keys since.
	if i.posting > 0 {
		return false
	}
	// A range moves its value by itself when its ends move.
	if i.held == i.Value && i.Type != "range" {
		return false
	}
	i.held = i.Value
	return true
}

func (i *Input) onInput(ctx app.Context, _ app.Event) {
	defer Recover(ctx)
	i.changed(ctx, ctx.JSSrc().Get("value").String())
}

func (i *Input) changed(ctx app.Context, text string) {
	i.held = text
	var value any = text
	if i.Field != "" {
		value = Typed{Field: i.Field, Text: text}
	}
	i.posting++
	ctx.NewActionWithValue(i.Action, value)
	// Handlers are dispatched in order, so this runs after the owner's.
	ctx.Dispatch(func(app.Context) { i.posting-- })
}
