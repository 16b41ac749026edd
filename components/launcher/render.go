package launcher

import (
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/ui"
)

// Render draws the page: the steps, the one that is chosen, and what would
// happen.
func (v *View) Render() app.UI {
	if !v.Active {
		return app.Div().Hidden(true)
	}
	t := v.Texts
	return app.Div().Class("page", "launcher").Body(
		app.Div().Class("page-head").Body(
			app.H1().TabIndex(-1).Text(t.T("launcher.title")),
			app.Div().Class("page-actions").Body(
				v.opener("history", t.T("launcher.history"), dialogHistory),
				v.opener("download", t.T("launcher.export"), dialogExport),
				v.opener("rotate-ccw", t.T("launcher.reset"), dialogReset),
			),
		),
		v.refusal(),
		app.Form().Class("launch-form").Attr("novalidate", true).OnSubmit(v.onSubmit).OnKeyDown(v.onFormKey).Body(
			v.steps(),
			app.Div().Class("launch-main").Body(
				app.H2().ID("launcher-step").TabIndex(-1).Text(t.T("launcher.step."+v.step.String())),
				v.current(),
			),
			v.outlook(),
			v.bar(),
		),
		v.dialogs(),
	)
}

func (v *View) opener(icon, text string, which dialog) app.UI {
	return ui.Button(icon, text).DataSet("dialog", string(which)).OnClick(v.onOpen, app.EventScope("open", string(which)))
}

// refusal says that a form was not taken.
func (v *View) refusal() app.UI {
	t := v.Texts
	switch {
	case v.refused == nil:
		return nil
	case v.ofFile && v.refused == ErrStateTooLong:
		return ui.Notice(ui.Warning, t.T("launcher.refused.file.long"), t.T("launcher.refused.file.do"))
	case v.ofFile:
		return ui.Notice(ui.Warning, t.T("launcher.refused.file"), t.T("launcher.refused.file.do"))
	case v.refused == ErrStateTooLong:
		return ui.Notice(ui.Warning, t.T("launcher.refused.long"), t.T("launcher.refused.do"))
	}
	return ui.Notice(ui.Warning, t.T("launcher.refused.wrong"), t.T("launcher.refused.do"))
}

// steps draws the list of steps; each is a link, and says whether something is
// wrong there.
func (v *View) steps() app.UI {
	t := v.Texts
	all := Steps()
	return app.Nav().Class("launch-steps").Aria("label", t.T("launcher.steps")).Body(
		app.Ol().Body(app.Range(all).Slice(func(i int) app.UI {
			step := all[i]
			wrong := v.tried && len(v.form.Problems().In(step)) > 0
			link := app.A().Class("launch-step").Href(v.link(step)).DataSet("step", step.String()).Body(
				app.Span().Class("step-number").Aria("hidden", true).Text(strconv.Itoa(i+1)),
				app.Span().Text(t.T("launcher.step."+step.String())),
				app.If(wrong, func() app.UI {
					return app.Span().Class("step-wrong").Body(ui.Icon("circle-alert"), app.Span().Class("unseen").Text(t.T("launcher.step.wrong")))
				}),
			)
			if step == v.step {
				link = link.Aria("current", "step")
			}
			return app.Li().Body(link)
		})),
	)
}

// current draws the step that is chosen.
func (v *View) current() app.UI {
	switch v.step {
	case StepEnvironment:
		return v.stepEnvironment()
	case StepData:
		return v.stepData()
	case StepNetwork:
		return v.stepNetwork()
	case StepReview:
		return v.stepReview()
	}
	return v.stepType()
}

// bar draws previous, skip, next and launch. It stays in sight at the foot of the
// window, where no message covers it.
func (v *View) bar() app.UI {
	t := v.Texts
	return app.Div().Class("launch-bar").Body(
		app.If(v.step != StepType, func() app.UI {
			return app.A().Class("btn").Href(v.link(v.step-1)).Body(ui.Icon("chevron-left"), app.Span().Text(t.T("launcher.previous")))
		}),
		app.Span().Class("grow"),
		app.If(v.step < StepNetwork, func() app.UI {
			return app.A().Class("btn", "quiet").Href(v.link(StepReview)).Text(t.T("launcher.skip"))
		}),
		app.If(v.step != StepReview, func() app.UI {
			return ui.Button("", t.T("launcher.next")).Type("submit").Class("primary").DataSet("action", "next")
		}).Else(func() app.UI {
			wrong := len(v.form.Problems()) > 0
			text := t.T("launcher.launch")
			if wrong {
				text = t.T("launcher.complete")
			}
			return ui.Button("play", text).Type("submit").Class("primary").DataSet("action", "launch").Disabled(!wrong && !v.form.Ready())
		}),
	)
}

// outlook draws what would happen to the form as it is.
func (v *View) outlook() app.UI {
	t, f := v.Texts, v.form.Forecast()
	key := "launcher.outcome." + f.Outcome.String()
	icon, tone := "circle-question-mark", "neutral"
	switch f.Outcome {
	case Starts:
		icon, tone = "circle-check", "good"
	case Waits:
		icon, tone = "hourglass", "wait"
	case Never, Refused:
		icon, tone = "ban", "bad"
	}
	title, what, lines := t.T(key), f.Why, v.outlookLines(f)
	if what == "" {
		what = t.T(key + ".text")
	}
	if start, later := v.later(); later && (f.Outcome == Starts || f.Outcome == Waits) {
		icon, title, what, lines = "hourglass", t.T("launcher.outcome.later", "time", t.DateTime(start)), t.T("launcher.outcome.later.text"), nil
	}
	return app.Section().Class("card", "outlook", tone).DataSet("outcome", f.Outcome.String()).Aria("label", t.T("launcher.outcome")).Body(
		app.Div().Role("status").Body(
			app.H3().Body(ui.Icon(icon), app.Span().Text(title)),
			app.P().Text(what),
			app.If(len(lines) > 0, func() app.UI {
				return app.Ul().Body(app.Range(lines).Slice(func(i int) app.UI { return app.Li().Text(lines[i]) }))
			}),
		),
		app.P().Class("outlook-size").Text(v.sizeLine()),
	)
}

// later is the start of a batch session that is not to be scheduled yet: what
// there is room for now says little about it.
func (v *View) later() (start time.Time, later bool) {
	form := v.form.Form()
	start = form.Batch.Start
	return start, form.Type == model.TypeBatch && form.Batch.Scheduled && start.After(v.form.Now())
}

// outlookLines are what a forecast says besides its outcome: who waits before,
// and what there is too little of.
func (v *View) outlookLines(f Forecast) []string {
	t := v.Texts
	var lines []string
	if f.Outcome == Waits && f.Now > 0 {
		lines = append(lines, t.T("launcher.outcome.now", "now", f.Now, "all", v.form.Form().Sessions))
	}
	if f.Outcome == Waits && f.Ahead > 0 {
		ahead := "launcher.outcome.ahead.least"
		if f.Exact {
			ahead = "launcher.outcome.ahead"
		}
		lines = append(lines, t.N(ahead, f.Ahead))
	}
	for _, s := range f.Shortages {
		when := "now."
		if f.Outcome == Never {
			when = "never."
		}
		lines = append(lines, t.T("launcher.short."+when+string(s.Whose), "slot", slotName(t, s.Slot), "wanted", v.amountText(s.Slot, s.Wanted), "have", v.amountText(s.Slot, s.Have)))
	}
	return lines
}

// sizeLine says how much all sessions of the form take together.
func (v *View) sizeLine() string {
	form := v.form.Form()
	if form.CPU == 0 || form.Memory == 0 {
		return ""
	}
	return v.Texts.T("launcher.outcome.size", "size", v.size(amounts(form, form.Containers())))
}
