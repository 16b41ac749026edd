package launcher

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

// variablesCard draws the environment variables, a row each.
func (v *View) variablesCard() app.UI {
	t, form := v.Texts, v.form.Form()
	problems := v.variableProblems()
	return card(t.T("launcher.variables"),
		app.P().Class("hint").Text(t.T("launcher.variables.hint")),
		app.Div().Class("variables").Body(app.Range(form.Variables).Slice(func(i int) app.UI {
			return &variable{Texts: t, Row: i, Name: form.Variables[i].Name, Value: form.Variables[i].Value, Problems: row(problems, i)}
		})),
		app.Div().Body(
			ui.Button("plus", t.T("launcher.variables.add")).ID("launcher-add-variable").OnClick(v.onAddVariable, app.EventScope("add-variable")),
		),
	)
}

// variableProblems are shown for rows that somebody typed into, or left.
func (v *View) variableProblems() Problems {
	all := v.form.Problems().Of(FieldVariables)
	if v.tried {
		return all
	}
	var some Problems
	for _, p := range all {
		if _, typed := v.typed[inputRow(inputVarValue, p.Index)]; typed {
			some = append(some, p)
		}
	}
	return some
}

func (v *View) onAddVariable(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	row := len(v.form.Form().Variables)
	v.form.Change(func(f *Form) { f.Variables = append(f.Variables, Variable{}) })
	v.drawn(func() { focus(inputID(inputRow(inputVarName, row))) })
}

func (v *View) onRemoveVariable(_ app.Context, a app.Action) {
	row, ok := a.Value.(int)
	if !ok {
		return
	}
	v.form.Change(func(f *Form) {
		if row < len(f.Variables) {
			f.Variables = slices.Delete(f.Variables, row, row+1)
		}
	})
	v.drawn(func() { focus("launcher-add-variable") })
}

// variable is the row of one variable. It is a component, so that typing into one
// of two hundred does not draw the others.
type variable struct {
	app.Compo

	Texts       *i18n.Texts
	Row         int
	Name, Value string
	Problems    Problems // those that are shown
}

// Render draws name, value, and the button that takes the variable away.
func (v *variable) Render() app.UI {
	t := v.Texts
	number := strconv.Itoa(v.Row + 1)
	c := control{input: inputRow(inputVarName, v.Row), problems: v.Problems}
	one := func(name, label, short, value string) app.UI {
		input := inputRow(name, v.Row)
		return &ui.Input{
			ID: inputID(input), Value: value, Label: t.T(label, "n", number), Placeholder: t.T(short),
			Action: actionSet, Field: input, Invalid: len(v.Problems) > 0, Described: c.described(),
		}
	}
	return app.Div().Class("variable").Body(
		app.Div().Class("variable-row").Body(
			one(inputVarName, "launcher.variable.name", "launcher.variable.name.short", v.Name),
			one(inputVarValue, "launcher.variable.value", "launcher.variable.value.short", v.Value),
			ui.IconButton("minus", t.T("launcher.variable.remove", "n", number)).DataSet("input", c.input).OnClick(v.onRemove),
		),
		wrong(t, c),
	)
}

func (v *variable) onRemove(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	ctx.NewActionWithValue(actionRemove, v.Row)
}
