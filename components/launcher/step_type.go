package launcher

import (
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	seen "github.com/baiui/baiui/components/facts" // facts are what a form is checked against here
	"github.com/baiui/baiui/components/ui"
)

// stepType draws the first step: type, name, what batch sessions have, owner.
func (v *View) stepType() app.UI {
	t, form := v.Texts, v.form.Form()
	return app.Div().Class("step").Body(
		card(t.T("launcher.type"),
			app.FieldSet().Class("choices").Body(
				app.Legend().Class("unseen").Text(t.T("launcher.type")),
				v.kind(model.TypeInteractive, "square-terminal"),
				v.kind(model.TypeBatch, "layers"),
			),
		),
		card(t.T("launcher.name.card"),
			v.text(control{input: string(FieldName), label: t.T("launcher.name"), hint: t.T("launcher.name.hint"), problems: v.visible(FieldName)},
				form.Name, func(i *ui.Input) { i.Placeholder = t.T("launcher.name.none") }),
		),
		app.If(form.Type == model.TypeBatch, v.batch),
		app.If(v.form.Facts().Can.Admin, v.ownerCard),
	)
}

// kind draws one type of session to choose.
func (v *View) kind(kind model.SessionType, icon string) app.UI {
	t := v.Texts
	key := "launcher.type." + kind.Lower()
	return app.Label().Class("choice").Body(
		app.Input().Type("radio").Name(string(FieldType)).Value(string(kind)).DataSet("input", string(FieldType)).
			Checked(v.form.Form().Type == kind).OnChange(v.onChoose, app.EventScope("type", string(kind))),
		ui.Icon(icon),
		app.Span().Class("choice-text").Body(app.Strong().Text(t.T(key)), app.Span().Text(t.T(key+".hint"))),
	)
}

// batch draws command, start time and time limit.
func (v *View) batch() app.UI {
	t, b := v.Texts, v.form.Form().Batch
	limit := ""
	if b.Limit != 0 {
		limit = strconv.Itoa(b.Limit)
	}
	if typed, ok := v.typed[string(FieldLimit)]; ok && readInt(typed) == b.Limit {
		limit = typed
	}
	var units []option
	for _, u := range Units() {
		units = append(units, option{value: string(u), text: t.T("launcher.unit." + string(u))})
	}
	return card(t.T("launcher.batch"),
		v.text(control{input: string(FieldCommand), label: t.T("launcher.command"), hint: t.T("launcher.command.hint"), problems: v.visible(FieldCommand)},
			b.Command, func(i *ui.Input) { i.Lines = 3 }),
		v.box(inputScheduled, t.T("launcher.scheduled"), b.Scheduled),
		app.If(b.Scheduled, func() app.UI {
			return v.text(control{input: string(FieldStart), label: t.T("launcher.start"), hint: v.startHint(b), problems: v.form.Problems().Of(FieldStart)},
				spellStart(b.Start), func(i *ui.Input) { i.Type = "datetime-local"; i.Min = spellStart(v.form.Now()) })
		}),
		app.If(v.form.Facts().Can.TimeLimit, func() app.UI {
			return app.Div().Class("field").Body(
				v.box(inputLimited, t.T("launcher.limited"), b.Limited),
				app.If(b.Limited, func() app.UI {
					return app.Div().Class("pair").Body(
						v.text(control{input: string(FieldLimit), label: t.T("launcher.limit"), hint: v.length(b.Duration()), problems: v.visible(FieldLimit)},
							limit, func(i *ui.Input) { i.Mode = "numeric" }),
						v.choice(control{input: inputLimitUnit, label: t.T("launcher.limit.unit")}, string(b.LimitUnit), units, false),
					)
				}),
			)
		}),
	)
}

// length says a time in the words that people use for it, "1 hour 30 minutes".
func (v *View) length(d time.Duration) string {
	if d > MaxLimit {
		return ""
	}
	var parts []string
	for _, u := range []Unit{UnitDay, UnitHour, UnitMinute, UnitSecond} {
		if n := d / u.length(); n > 0 {
			parts = append(parts, v.Texts.N("launcher.length."+string(u), int(n)))
			d -= n * u.length()
		}
	}
	return strings.Join(parts, " ")
}

// spellStart spells a start time for the browser's field.
func spellStart(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Local().Format(startLayout)
}

// startHint says how long it is until the start.
func (v *View) startHint(b Batch) string {
	t := v.Texts
	left := b.Start.Sub(v.form.Now())
	if b.Start.IsZero() || left <= 0 {
		return t.T("launcher.start.hint")
	}
	minutes := int(left.Minutes())
	switch {
	case minutes < 1:
		return t.T("launcher.start.soon")
	case minutes < 120:
		return t.T("launcher.start.minutes", "n", minutes)
	case minutes < 48*60:
		return t.T("launcher.start.hours", "n", minutes/60)
	}
	return t.T("launcher.start.days", "n", minutes/60/24)
}

// ownerCard draws for whom the session is.
func (v *View) ownerCard() app.UI {
	t, o := v.Texts, v.form.Form().Owner
	found := v.form.Owner()
	var keys, projects []option
	for _, key := range found.AccessKeys {
		keys = append(keys, option{value: key, text: key})
	}
	for _, project := range found.Projects {
		projects = append(projects, option{value: project.Name, text: project.Name})
	}
	return card(t.T("launcher.owner"),
		v.box(inputOwnerOn, t.T("launcher.owner.on"), o.Enabled),
		app.If(o.Enabled, func() app.UI {
			return app.Div().Class("owner").OnKeyDown(v.onOwnerKey).Body(
				app.Div().Class("pair", "and-button").Body(
					v.text(control{input: string(FieldOwner), label: t.T("launcher.owner.email"), problems: v.visible(FieldOwner)},
						o.Email, func(i *ui.Input) { i.Type = "email" }),
					ui.Button("search", t.T("launcher.owner.find")).Disabled(!mail(o.Email) || v.form.Asking(PartOwner)).
						OnClick(v.onFindOwner, app.EventScope("find-owner")),
				),
				v.ownerTrouble(),
				app.If(found.Email != "", func() app.UI {
					return app.Div().Class("pair").Body(
						v.choice(control{input: string(FieldOwnerKey), label: t.T("launcher.owner.key"), problems: v.visible(FieldOwnerKey)},
							o.AccessKey, keys, len(keys) < 2),
						v.choice(control{input: string(FieldOwnerGroup), label: t.T("launcher.owner.project"), problems: v.visible(FieldOwnerGroup)},
							o.Project, projects, len(projects) < 2),
					)
				}),
			)
		}),
	)
}

// ownerTrouble says why the owner was not found.
func (v *View) ownerTrouble() app.UI {
	err := v.form.Failure(PartOwner)
	if err == nil {
		return nil
	}
	return ui.Notice(ui.Danger, v.Texts.T("launcher.failed.owner"), seen.FailureText(v.Texts, err))
}
