package session

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

// The ids of the parts that take the focus.
const (
	drawerID = "session-drawer"
	titleID  = "session-title"
	dialogID = "session-dialog"
	fieldID  = "session-dialog-field"
	renameID = "session-rename"
)

// Render draws drawer, dialog and undo windows, each in a place that stays.
func (h *Host) Render() app.UI {
	return app.Div().Class("session-host").Body(
		h.drawer(),
		h.endings(),
		h.dialog(),
	)
}

func (h *Host) drawer() app.UI {
	return ui.Drawer(ui.DrawerProps{
		ID: drawerID, Open: h.detail.id != "", Label: titleID, Focus: titleID,
		Busy: h.detail.session == nil && h.detail.loading,
	}, h.head(), h.body()).OnKeyDown(h.onKey)
}

// head is what stays while the panel under it changes.
func (h *Host) head() app.UI {
	t, s := h.Texts, h.detail.session
	return app.Div().Class("drawer-head").Body(
		app.Div().Class("drawer-bar").Body(h.steps(), app.Div().Class("drawer-tools").Body(
			ui.IconButton("refresh-cw", t.T("session.refresh")).Class("refresh").
				OnClick(h.onRefresh),
			ui.IconButton("x", t.T("session.close")).OnClick(h.onClose),
		)),
		h.titleRow(),
		app.Div().Class("drawer-status").Body(app.If(s != nil, func() app.UI { return statusLine(t, s) })),
		app.Div().Class("drawer-actions").Body(app.If(s != nil, h.actions)),
		app.If(s != nil, h.tabs),
	)
}

// titleRow is the name, or the field in which it is changed. The heading is there
// in both cases, because it names the drawer.
func (h *Host) titleRow() app.UI {
	editing := h.inPlace() && !h.ask.sending
	title := app.H2().ID(titleID).TabIndex(-1).Class(h.titleClass()).Text(h.title())
	if editing {
		title = title.Class("unseen")
	}
	return app.Div().Class("drawer-title").Body(
		title,
		app.If(editing, h.renameForm).Else(func() app.UI {
			return app.If(h.detail.session != nil && h.allows(Rename) && !h.inPlace(), func() app.UI {
				return ui.IconButton("pencil", h.Texts.T("session.rename")).ID(renameID).DataSet("verb", string(Rename)).
					OnClick(h.command(Rename), app.EventScope(Rename))
			})
		}),
	)
}

// inPlace reports whether the name is being changed where it stands, and not in
// a dialog.
func (h *Host) inPlace() bool {
	s := h.ask.target()
	return h.ask.opened && h.ask.command.Verb == Rename && h.detail.session != nil && idOf(s) == h.detail.id
}

// renameForm is the name as a field: Enter keeps it, Escape leaves it.
func (h *Host) renameForm() app.UI {
	t := h.Texts
	return app.Form().Class("rename").DataSet("own-escape", "rename").Attr("novalidate", true).
		OnSubmit(h.onSubmitInPlace).OnKeyDown(h.onRenameKey).Body(
		app.Div().Class("rename-line").Body(
			h.nameField(h.Texts.T("session.rename.name")),
			app.Button().Type("submit").Class("btn primary only").Aria("label", t.T("session.rename.do")).Title(t.T("session.rename.do")).
				Body(ui.Icon("check")),
			ui.IconButton("x", t.T("common.cancel")).OnClick(h.onLeaveRename),
		),
		app.P().ID(ui.HintID(fieldID)).Class("hint").Text(t.T("session.name.rule")),
		h.problem(),
		h.renameError(),
	)
}

// title is the name, the new one while it is being sent.
func (h *Host) title() string {
	s := h.detail.session
	switch {
	case s == nil && h.detail.missing():
		return h.Texts.T("session.missing")
	case s == nil:
		return h.Texts.T("session.loading")
	case h.renaming():
		return h.ask.text
	}
	return facts.OrDash(s.Name)
}

func (h *Host) titleClass() string {
	if h.renaming() {
		return "muted"
	}
	return ""
}

func (h *Host) renaming() bool {
	return h.ask.sending && h.ask.command.Verb == Rename && idOf(h.ask.target()) == h.detail.id
}

// steps are the buttons to the neighbours in the list.
func (h *Host) steps() app.UI {
	previous, next := h.Live.Neighbours(h.detail.id)
	button := func(id, icon, key, target string, handle app.EventHandler) app.UI {
		b := ui.IconButton(icon, h.Texts.T(key)).DataSet("step", id).OnClick(handle, app.EventScope(id))
		if target == "" {
			b = b.Aria("disabled", true)
		}
		return b
	}
	return app.Div().Class("drawer-steps").Body(
		button("previous", "chevron-up", "session.previous", previous, h.onPrevious),
		button("next", "chevron-down", "session.next", next, h.onNext),
	)
}

// statusLine is the status, why, and the result of a batch.
func statusLine(t *i18n.Texts, s *model.FullSession) app.UI {
	look := facts.LookOf(s.Status)
	row := facts.Derive(&s.Session, facts.Options{})
	parts := []app.UI{ui.Tag(ui.TagProps{
		Tone: string(look.Tone), Icon: look.Icon, Spin: look.Spin, Text: facts.StatusText(t, s.Status),
	})}
	if row.Info.Text != "" {
		parts = append(parts, ui.Chip(string(row.Info.Tone), row.Info.Text))
	}
	if row.Result != "" {
		tone, key := "good", "sessions.result.success"
		if row.Result == "FAILURE" {
			tone, key = "bad", "sessions.result.failure"
		}
		parts = append(parts, ui.Chip(tone, t.T(key)))
	}
	if committing(&s.Session) {
		parts = append(parts, ui.Chip("info", t.T("session.committing")))
	}
	return app.Div().Class("facts").Body(parts...)
}

// allows reports whether a verb is offered for the session in the drawer.
func (h *Host) allows(verb Verb) bool {
	row := h.detail.session.Session
	return Command{Verb: verb, Targets: []*model.Session{&row}}.Allowed(h.who())
}

// actions are the buttons of what can be done; those that are used less are
// folded away.
func (h *Host) actions() app.UI {
	t := h.Texts
	button := func(verb Verb, icon, class string) app.UI {
		return app.If(h.allows(verb), func() app.UI {
			return ui.Button(icon, t.T("session."+string(verb))).Class(class).DataSet("verb", string(verb)).
				OnClick(h.command(verb), app.EventScope(verb))
		})
	}
	waiting := h.ending.waiting(h.detail.id) != nil
	broken := h.detail.session.Status.Phase() == model.PhaseFailed // it can be ended no other way
	menu := app.Details().Class("menu").On("toggle", h.onMenu)
	if h.menu {
		menu = menu.Open(true)
	}
	return app.Div().Class("actions").Body(
		button(Commit, "layers", ""),
		app.If(!waiting, func() app.UI { return button(Terminate, "power", "danger") }),
		app.If(!waiting && broken, func() app.UI { return button(ForceTerminate, "zap", "danger") }),
		menu.Body(
			app.Summary().Class("btn").Body(ui.Icon("ellipsis"), app.Span().Text(t.T("session.more"))),
			app.Div().Class("menu-items").Body(
				button(Interrupt, "octagon-pause", "quiet"),
				button(Restart, "rotate-cw", "quiet"),
				button(Again, "repeat", "quiet"),
				button(CopyCommand, "square-terminal", "quiet"),
				app.If(!waiting && !broken, func() app.UI { return button(ForceTerminate, "zap", "quiet warn") }),
			),
		),
	)
}

// tabs are links to the panels.
func (h *Host) tabs() app.UI {
	links := []ui.TabLink{}
	for _, p := range h.panels() {
		links = append(links, ui.TabLink{
			ID: orOverview(p), Text: h.Texts.T("session.panel." + orOverview(p)),
			URL: Link(h.address, h.detail.id, p), Current: p == h.shownPanel(),
		})
	}
	if len(links) < 2 {
		return app.Div().Class("drawer-line")
	}
	return ui.Tabs(h.Texts.T("session.panels"), links)
}

func orOverview(panel string) string {
	if panel == "" {
		return "overview"
	}
	return panel
}

// body is the panel, or why there is none.
func (h *Host) body() app.UI {
	t, d := h.Texts, &h.detail
	switch {
	case d.missing():
		return app.Div().Class("drawer-body").Body(ui.Notice(ui.Warning, t.T("session.missing"), t.T("session.missing.do"),
			app.A().Class("btn").Href(Link(h.address, "", "")).Text(t.T("session.missing.close"))))
	case d.session == nil && d.err != nil:
		return app.Div().Class("drawer-body").Body(ui.Notice(ui.Danger, t.T("session.failed"), errorText(t, d.err),
			ui.Button("refresh-cw", t.T("session.retry")).OnClick(h.onRefresh)))
	case d.session == nil:
		return skeleton()
	}
	class := "drawer-body"
	if h.shownPanel() == PanelTerminal || h.shownPanel() == PanelLogs {
		class += " fill"
	}
	return app.Div().Class(class).Body(
		h.alerts(),
		app.Div().Class("drawer-panel").DataSet("panel", orOverview(h.shownPanel())).Body(h.content()),
	)
}

// skeleton has the size of what comes.
func skeleton() app.UI {
	return app.Div().Class("drawer-body").Aria("hidden", true).Body(
		app.Range(make([]struct{}, 8)).Slice(func(int) app.UI { return app.Div().Class("skeleton") }),
	)
}

// errorText is the sentence for a failure, with the manager's own words.
func errorText(t *i18n.Texts, err error) string {
	text := t.T("error." + client.KindOf(err).String())
	if said := said(err); said != "" {
		text += " (" + said + ")"
	}
	return text
}
