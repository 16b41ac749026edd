package launcher

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

// say is the text of a problem.
func say(t *i18n.Texts, p Problem) string { return t.T(p.Key, p.Args...) }

// visible are the problems of a field that are shown already: somebody was at
// it, or tried to launch.
func (v *View) visible(field Field) Problems {
	if !v.tried && !v.touched[field] {
		return nil
	}
	return v.form.Problems().Of(field)
}

// row keeps the problems of one row of a field.
func row(all Problems, index int) Problems {
	var some Problems
	for _, p := range all {
		if p.Index == index {
			some = append(some, p)
		}
	}
	return some
}

// control describes one input with its label.
type control struct {
	input    string // its name; see the Field and input constants
	label    string
	hint     string
	help     string // what the guide says about it, behind a "?"
	problems Problems
}

func (c control) id() string { return inputID(c.input) }

// described are the ids of what describes the input.
func (c control) described() string {
	ids := ""
	if c.hint != "" {
		ids = ui.HintID(c.id())
	}
	if len(c.problems) > 0 {
		if ids != "" {
			ids += " "
		}
		ids += c.problemsID()
	}
	return ids
}

func (c control) problemsID() string { return c.id() + "-problems" }

// label draws the label of an input, with the button that explains it.
func (v *View) label(c control) app.UI {
	label := app.Label().For(c.id()).Text(c.label)
	if c.help == "" {
		return label
	}
	name, id := v.Texts.T("launcher.help", "name", c.label), c.id()+"-help"
	return app.Div().Class("help-line").Body(
		label,
		app.Button().Type("button").Class("help-button").Attr("popovertarget", id).Aria("label", name).Title(name).Body(ui.Icon("circle-question-mark")),
		app.P().ID(id).Class("popover", "help-text").Attr("popover", "auto").Role("note").Text(c.help),
	)
}

// labelled draws a label, an input, its hint and its problems.
func (v *View) labelled(c control, input app.UI) app.UI {
	return app.Div().Class("field").Body(
		v.label(c),
		input,
		app.If(c.hint != "", func() app.UI { return app.P().ID(ui.HintID(c.id())).Class("hint").Text(c.hint) }),
		v.wrong(c),
	)
}

func (v *View) wrong(c control) app.UI { return wrong(v.Texts, c) }

// wrong draws what is wrong with an input.
func wrong(t *i18n.Texts, c control) app.UI {
	if len(c.problems) == 0 {
		return nil
	}
	return app.Ul().ID(c.problemsID()).Class("problems").Body(app.Range(c.problems).Slice(func(i int) app.UI {
		return app.Li().Body(ui.Icon("circle-alert"), app.Span().Text(say(t, c.problems[i])))
	}))
}

// text draws an input that is typed into; change makes it another one.
func (v *View) text(c control, value string, change func(*ui.Input)) app.UI {
	input := &ui.Input{
		ID: c.id(), Name: c.input, Value: value, Action: actionSet, Field: c.input,
		Described: c.described(), Invalid: len(c.problems) > 0,
	}
	if change != nil {
		change(input)
	}
	return v.labelled(c, input)
}

// amount draws a number with a slider beside it. value is the number in the
// slider's units, spelled how the number shows it; what somebody types stays as
// typed while it means the same.
func (v *View) amount(c control, b Bounds, value float64, spelled string, same func(text string) bool, unit string) app.UI {
	t := v.Texts
	if typed, ok := v.typed[c.input]; ok && same(typed) {
		spelled = typed
	}
	slider := sliderOf(c.input)
	possible := b.Possible()
	return app.Div().Class("field", "amount").Body(
		v.label(c),
		app.Div().Class("amount-inputs").Body(
			&ui.Input{
				ID: inputID(slider), Type: "range", Label: t.T("launcher.slider", "name", c.label), Value: spellNumber(value),
				Min: spellNumber(b.Min), Max: spellNumber(max(b.Max, b.Min)), Step: spellNumber(b.Step),
				Action: actionSet, Field: slider, Disabled: !possible || b.Min == b.Max,
			},
			app.Span().Class("amount-number").Body(
				&ui.Input{
					ID: c.id(), Name: c.input, Value: spelled, Mode: "decimal", Action: actionSet, Field: c.input,
					Described: c.described(), Invalid: len(c.problems) > 0,
				},
				app.Span().Class("unit").Text(unit),
			),
		),
		app.If(c.hint != "", func() app.UI { return app.P().ID(ui.HintID(c.id())).Class("hint").Text(c.hint) }),
		v.wrong(c),
	)
}

// option is one choice of a select.
type option struct{ value, text, group string }

// choice draws a select. Options of one group stand together.
func (v *View) choice(c control, value string, options []option, disabled bool) app.UI {
	known := false
	for _, o := range options {
		known = known || o.value == value
	}
	var body []app.UI
	if !known { // a select cannot show what is not among its options
		body = append(body, app.Option().Value("none").Disabled(true).Selected(true).Text(v.Texts.T("launcher.choose")))
	}
	one := func(o option) app.UI {
		element := app.Option().Value(o.value).Text(o.text)
		if o.value == value {
			element = element.Selected(true)
		}
		return element
	}
	for i := 0; i < len(options); {
		group := options[i].group
		if group == "" {
			body = append(body, one(options[i]))
			i++
			continue
		}
		var members []app.UI
		for ; i < len(options) && options[i].group == group; i++ {
			members = append(members, one(options[i]))
		}
		body = append(body, app.OptGroup().Label(group).Body(members...))
	}
	element := app.Select().ID(c.id()).Name(c.input).Class("select").DataSet("input", c.input).Disabled(disabled).
		Aria("describedby", c.described()).OnChange(v.onChoose, app.EventScope("choose", c.input)).Body(body...)
	if len(c.problems) > 0 {
		element = element.Aria("invalid", true)
	}
	return v.labelled(c, element)
}

// box draws a check box with its label behind it.
func (v *View) box(input, label string, on bool) app.UI {
	return app.Label().Class("check").Body(
		app.Input().Type("checkbox").ID(inputID(input)).DataSet("input", input).Checked(on).
			OnChange(v.onChoose, app.EventScope("box", input)),
		app.Span().Text(label),
	)
}

// card draws a part of a step.
func card(title string, body ...app.UI) app.UI {
	return app.Section().Class("card", "launch-card").Body(append([]app.UI{app.H3().Text(title)}, body...)...)
}
