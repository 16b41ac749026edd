package session

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

// dialog is the one that is open; its element stays.
func (h *Host) dialog() app.UI {
	t, a := h.Texts, &h.ask
	p := ui.DialogProps{
		ID: dialogID, Open: a.opened && !h.inPlace(), Close: t.T("common.close"), Sending: a.sending, OnClose: h.onCloseDialog,
	}
	var body []app.UI
	switch a.command.Verb {
	case Rename:
		p.Title, p.OnSubmit = t.T("session.rename.title"), h.onSubmit
		p.Actions = h.actionsOf("session.rename.do", "primary", a.sending)
		body = h.renameBody()
	case Terminate, ForceTerminate:
		p.Title, p.OnSubmit = t.N("session.terminate.title", len(a.command.Targets)), h.onSubmit
		p.Class = "wide"
		label := "session.terminate.do"
		if a.forced {
			label = "session.force.do"
		}
		p.Actions = h.actionsOf(label, "danger", false)
		body = h.terminateBody()
	case Commit:
		p.Title, p.Class = t.T("session.commit.title"), "wide"
		if c := a.commitOf(); c == nil || c.failed() {
			p.OnSubmit = h.onSubmit
			p.Actions = h.actionsOf("session.commit.do", "primary", false)
		} else {
			p.Actions = []app.UI{ui.Button("", t.T("common.close")).OnClick(h.onCloseDialog, app.EventScope("done"))}
		}
		body = h.commitBody()
	case CopyCommand:
		p.Title, p.Class = t.T("session.program.title"), "widest"
		body = h.programBody()
	}
	return ui.Dialog(p, body...)
}

// actionsOf are the buttons of a dialog: leave, and the one that does it.
func (h *Host) actionsOf(key, class string, sending bool) []app.UI {
	t := h.Texts
	submit := ui.Button("", t.T(key)).Type("submit").Class(class)
	if sending {
		submit = ui.Button("loader", t.T("session.sending")).Type("submit").Class(class+" spin").Aria("disabled", true)
	}
	return []app.UI{
		ui.Button("", t.T("common.cancel")).Disabled(sending).OnClick(h.onCloseDialog, app.EventScope("cancel")),
		submit,
	}
}

// message says what went wrong; it has its place also while nothing did, because
// elements are matched by position.
func message(id string, content app.UI) app.UI {
	return app.Div().Class("dialog-message").ID(id).Role("alert").Body(content)
}

// field is the text of the dialog with its rule and what is wrong with it.
func (h *Host) field(label, hint string) app.UI {
	return app.Div().Body(ui.Field(fieldID, label, hint, h.nameField(label)), h.problem())
}

func (h *Host) nameField(label string) app.UI {
	return &nameField{
		ID: fieldID, Value: h.ask.text, Label: label, Invalid: h.ask.problem != "",
		DescribedBy: ui.HintID(fieldID) + " " + fieldID + "-problem",
	}
}

// problem is what is wrong with the text; it has its place also while nothing is.
func (h *Host) problem() app.UI {
	text := ""
	if h.ask.problem != "" {
		text = h.Texts.T("session.name." + h.ask.problem)
	}
	return app.P().ID(fieldID + "-problem").Class("problem").Role("alert").Text(text)
}

func (h *Host) renameBody() []app.UI {
	t := h.Texts
	return []app.UI{h.field(t.T("session.rename.name"), t.T("session.name.rule")), h.renameError()}
}

// renameError says why the manager kept the name.
func (h *Host) renameError() app.UI {
	t, a := h.Texts, &h.ask
	return message("session-dialog-error", app.If(a.err != nil, func() app.UI {
		title := t.T("session.rename.failed")
		switch client.KindOf(a.err) {
		case client.KindConflict:
			title = t.T("session.rename.taken", "name", a.text)
		case client.KindServer: // 24.09 says no more about a name in use
			title = t.T("session.rename.maybe_taken")
		case client.KindInvalid:
			title = t.T("session.rename.not_running")
		}
		return ui.Notice(ui.Danger, title, errorText(t, a.err))
	}))
}

// terminateBody warns as the guide does; with force it says what is left to
// clean up.
func (h *Host) terminateBody() []app.UI {
	t, a := h.Texts, &h.ask
	names := make([]app.UI, len(a.command.Targets))
	for i, s := range a.command.Targets {
		names[i] = app.Li().Body(app.Span().Class("strong").Text(facts.OrDash(s.Name)),
			app.Span().Class("muted").Text(facts.StatusText(t, s.Status)))
	}
	box := app.Input().Type("checkbox").ID("session-force").Checked(a.forced).OnChange(h.onForce)
	canForce := Command{Verb: ForceTerminate, Targets: a.command.Targets}.Allowed(h.who())
	body := []app.UI{
		app.Ul().Class("targets").Aria("label", t.T("session.terminate.targets")).Body(names...),
		app.P().Text(t.T("session.terminate.warning")),
	}
	if gone := h.goneMeanwhile(); gone > 0 {
		body = append(body, ui.Notice(ui.Info, t.N("session.terminate.gone", gone), ""))
	}
	if a.command.Verb == ForceTerminate || canForce {
		body = append(body, app.Label().Class("check").Body(box, app.Span().Text(t.T("session.force.box"))))
	}
	if a.forced {
		body = append(body, ui.Notice(ui.Warning, t.T("session.force.warning"), "", app.Ul().Class("warnings").Body(
			app.Li().Text(t.T("session.force.warning.rest")), app.Li().Text(t.T("session.force.warning.stats")))).Class("stacked"))
		if h.who().role().IsSuperadmin() {
			body = append(body, h.leftContainers())
		}
	}
	return body
}

// goneMeanwhile counts the targets that ended while the dialog was open.
func (h *Host) goneMeanwhile() int {
	gone := 0
	for _, s := range h.ask.command.Targets {
		if known, ok := h.Live.Known(idOf(s)); ok && known.Status.Ended() {
			gone++
		}
	}
	return gone
}

// leftContainers are what somebody may have to clean up by hand after a forced
// end, by agent.
func (h *Host) leftContainers() app.UI {
	t := h.Texts
	byAgent := map[string][]string{}
	var agents []string
	for _, s := range h.ask.command.Targets {
		for _, k := range h.containersOf(s) {
			if k.ContainerID == "" {
				continue
			}
			if _, seen := byAgent[k.Agent]; !seen {
				agents = append(agents, k.Agent)
			}
			byAgent[k.Agent] = append(byAgent[k.Agent], k.ContainerID)
		}
	}
	if len(agents) == 0 {
		return nil
	}
	slices.Sort(agents)
	var all []string
	rows := make([]app.UI, 0, len(agents))
	for _, agent := range agents {
		all = append(all, agent+": "+strings.Join(byAgent[agent], " "))
		rows = append(rows, app.Li().Body(
			app.Span().Class("strong").Text(cmp.Or(agent, t.T("session.force.no_agent"))),
			app.Ul().Body(app.Range(byAgent[agent]).Slice(func(i int) app.UI {
				return app.Li().Class("mono").Text(byAgent[agent][i])
			})),
		))
	}
	return app.Div().Class("containers").Body(
		app.Div().Class("containers-head").Body(
			app.P().Class("strong").Text(t.T("session.force.containers")),
			h.copyButton(strings.Join(all, "\n"), "session.force.copy"),
		),
		app.Ul().Body(rows...),
	)
}

// containersOf are those of the target, or of the drawer's fuller answer.
func (h *Host) containersOf(s *model.Session) []model.Kernel {
	if full := h.detail.session; full != nil && idOf(&full.Session) == idOf(s) {
		return full.Containers
	}
	return s.Containers
}

// programBody shows how a program does what the page does.
func (h *Host) programBody() []app.UI {
	t, a := h.Texts, &h.ask
	c, p := h.call(), programs{}
	endpoint := ""
	if h.client != nil && h.client.Mode() == model.ModeAPI {
		endpoint = h.client.Endpoint()
	}
	p = c.write(endpoint, h.who().Manager)
	text, note := p.Curl, "session.program.curl.note"
	switch a.form {
	case "cli":
		text, note = p.CLI, "session.program.cli.note"
		if text == "" {
			note = "session.program.cli.none"
		}
	case "go":
		text, note = p.Go, "session.program.go.note"
	}
	forms := make([]app.UI, 0, 3)
	for _, form := range []string{"curl", "cli", "go"} {
		forms = append(forms, app.Button().Type("button").Class("btn").DataSet("form", form).
			Aria("pressed", pressed(a.form == form)).Text(t.T("session.program."+form)).
			OnClick(h.onForm, app.EventScope(form)))
	}
	body := []app.UI{}
	if s := a.target(); s != nil {
		var options []app.UI
		for _, verb := range programSubjects(s, h.who()) {
			options = append(options, app.Option().Value(string(verb)).Selected(verb == a.subject).Text(t.T("session.program.of."+string(verb))))
		}
		body = append(body, ui.Field("session-subject", t.T("session.program.subject"), "",
			app.Select().ID("session-subject").Class("select").OnChange(h.onSubject).Body(options...)))
	}
	return append(body,
		app.Div().Class("forms").Role("group").Aria("label", t.T("session.program.forms")).Body(forms...),
		app.P().Class("hint").Text(t.T(note)),
		app.If(text != "", func() app.UI {
			return app.Div().Class("program").Body(
				app.Pre().TabIndex(0).Aria("label", t.T("session.program."+a.form)).Role("region").Text(text),
				&ui.CopyButton{Texts: t, Text: text, Label: t.T("session.program.copy"), Shown: t.T("session.program.copy")},
			)
		}),
	)
}

// call is what the dialog of programs is about.
func (h *Host) call() call {
	if s := h.ask.target(); s != nil {
		return callFor(h.ask.subject, s, h.who())
	}
	return callForList(*h.ask.command.List, h.who())
}

func pressed(yes bool) string {
	if yes {
		return "true"
	}
	return "false"
}

// said are the manager's own words about a failure.
func said(err error) string {
	var e *client.Error
	if !errors.As(err, &e) || e.Status == 0 {
		return ""
	}
	return cmp.Or(e.Message, e.Title)
}

// endings are the undo windows, and what could not be ended, at the foot of the
// page.
func (h *Host) endings() app.UI {
	t := h.Texts
	return app.Section().Class("endings").Aria("label", t.T("session.endings")).Body(
		app.Range(h.ending.batches).Slice(func(i int) app.UI {
			b := h.ending.batches[i]
			if len(b.Failed) > 0 && b.Left == 0 {
				return h.failedNotice(b)
			}
			return h.undoNotice(b)
		}),
	)
}

// undoNotice counts down to the end of sessions, and takes it back.
func (h *Host) undoNotice(b *endBatch) app.UI {
	t := h.Texts
	if b.Sending {
		return ui.Notice(ui.Info, t.N("session.ending.sending", len(b.Targets)), names(b.Targets)).Class("ending")
	}
	left := max(int(b.Until.Sub(h.now).Seconds()+0.5), 0)
	return ui.Notice(ui.Warning, t.N("session.ending", len(b.Targets)), names(b.Targets),
		app.Span().Class("num countdown").Aria("hidden", true).Text(t.T("session.ending.in", "count", left)),
		ui.Button("undo-2", t.T("session.undo")).DataSet("batch", b.Number).OnClick(h.onUndo, app.EventScope(b.Number)),
	).Class("ending")
}

// failedNotice says which sessions could not be ended, and why each.
func (h *Host) failedNotice(b *endBatch) app.UI {
	t := h.Texts
	rows := make([]app.UI, len(b.Failed))
	for i, f := range b.Failed {
		rows[i] = app.Li().Body(app.Span().Class("strong").Text(facts.OrDash(f.Session.Name)), app.Text(" "+errorText(t, f.Err)))
	}
	rest := ""
	if n := len(b.Targets) - len(b.Failed); n > 0 {
		rest = t.N("session.ending.rest", n)
	}
	return ui.Notice(ui.Danger, t.N("session.ending.failed", len(b.Failed)), rest,
		app.Ul().Class("failures").Body(rows...),
		app.Div().Class("facts").Body(
			ui.Button("refresh-cw", t.T("session.retry")).DataSet("batch", b.Number).OnClick(h.onRetry, app.EventScope("retry", b.Number)),
			app.If(!b.Forced, func() app.UI {
				return ui.Button("zap", t.T("session.force.do")).DataSet("batch", b.Number).OnClick(h.onForceRetry, app.EventScope("force", b.Number))
			}),
			ui.Button("", t.T("common.close")).DataSet("batch", b.Number).OnClick(h.onDismiss, app.EventScope("dismiss", b.Number)),
		),
	).Class("ending stacked")
}

// names lists sessions, the first few by name.
func names(sessions []*model.Session) string {
	const some = 3
	list := make([]string, 0, some+1)
	for i, s := range sessions {
		if i == some {
			list = append(list, "+"+(*i18n.Texts)(nil).Int(len(sessions)-some))
			break
		}
		list = append(list, facts.OrDash(s.Name))
	}
	return strings.Join(list, ", ")
}
