package session

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

// section is a part of the overview with a heading.
func section(id, title string, body ...app.UI) app.UI {
	return app.Section().Class("part").Aria("labelledby", "session-part-"+id).DataSet("part", id).Body(
		append([]app.UI{app.H3().ID("session-part-" + id).Text(title)}, body...)...)
}

// usage shows each device with its bar, what was read and written, and the
// network.
func (h *Host) usage() app.UI {
	t, s := h.Texts, h.detail.session
	row := facts.Derive(&s.Session, facts.Options{})
	network, hasNetwork := "", false
	if rx, tx, known := facts.Network(s.Containers); known {
		network, hasNetwork = t.T("session.network", "received", facts.BytesText(rx), "sent", facts.BytesText(tx)), true
	}
	if s.Status.Phase() != model.PhaseRunning || len(row.Usage) == 0 {
		return nil
	}
	var bars []app.UI
	for _, u := range row.Usage {
		props := facts.GaugeOf(t, u)
		props.Text = facts.UsageText(t, u)
		bars = append(bars, ui.Gauge(props))
	}
	return section("usage", t.T("session.usage"),
		app.Div().Class("usage-bars").Body(bars...),
		app.P().Class("num muted").Body(
			app.If(row.IO.Known, func() app.UI {
				return app.Span().Text(t.T("session.io", "read", facts.BytesText(row.IO.Read), "written", facts.BytesText(row.IO.Write)))
			}),
			app.If(hasNetwork, func() app.UI { return app.Span().Text(network) }),
		),
	)
}

// idle shows what may end the session by itself, with the guide's colours; each
// check explains itself.
func (h *Host) idle() app.UI {
	s := h.detail.session
	if s.Status.Phase() != model.PhaseRunning {
		return nil
	}
	checks := IdleChecks(s.IdleChecks, h.detail.at)
	if len(checks) == 0 {
		return nil
	}
	rows := make([]app.UI, len(checks))
	for i, c := range checks {
		rows[i] = idleRow(h.Texts, c, h.now, h.panel == PanelIdle)
	}
	return section("idle", h.Texts.T("session.idle"), app.Ul().Class("idle").Body(rows...))
}

func idleRow(t *i18n.Texts, c IdleCheck, now time.Time, open bool) app.UI {
	about := app.Details().Class("about")
	if open {
		about = about.Open(true)
	}
	key := "session.idle." + c.Name + ".about"
	return app.Li().DataSet("check", c.Name).Body(
		app.Div().Class("idle-line").Body(
			app.Span().Class("strong").Text(checkName(t, c.Name)),
			idleTag(t, c, now),
		),
		app.If(len(c.Devices) > 0, func() app.UI {
			devices := make([]app.UI, len(c.Devices))
			for i, d := range c.Devices {
				devices[i] = app.Span().Class("chip num " + string(d.Tone())).
					Title(t.T("session.idle.device", "name", deviceName(t, d.Name), "use", d.Text())).
					Text(deviceName(t, d.Name) + " " + d.Text())
			}
			operator := "session.idle.any"
			if c.All {
				operator = "session.idle.all"
			}
			return app.Div().Class("facts").Body(append(devices, app.Span().Class("muted").Text(t.T(operator)))...)
		}),
		app.If(t.Has(key), func() app.UI {
			return about.Body(app.Summary().Text(t.T("session.idle.what")), app.P().Text(t.T(key)))
		}),
	)
}

// idleTag is the time left, in its colour and with its sign.
func idleTag(t *i18n.Texts, c IdleCheck, now time.Time) app.UI {
	left, known := c.Remaining(now)
	tone := c.Tone(now)
	icon := "clock"
	if tone == facts.ToneBad {
		icon = "triangle-alert"
	}
	text := t.T("session.idle.expire_after", "time", Countdown(left))
	switch {
	case !known:
		text, icon = t.T("session.idle.watching"), "clock"
	case c.Over || left <= 0:
		text = t.T("session.idle.over")
	case c.Grace:
		text = t.T("session.idle.grace_period", "time", Countdown(left))
	}
	return ui.Tag(ui.TagProps{Tone: string(tone), Icon: icon, Text: text}).Class("num")
}

func checkName(t *i18n.Texts, name string) string {
	if key := "session.idle." + name; t.Has(key) {
		return t.T(key)
	}
	return name
}

func deviceName(t *i18n.Texts, name string) string {
	for _, key := range []string{"session.device." + name, "sessions.usage." + name} {
		if t.Has(key) {
			return t.T(key)
		}
	}
	return name
}

// kernels is the table of containers.
func (h *Host) kernels() app.UI {
	t, s := h.Texts, h.detail.session
	if len(s.Kernels) == 0 {
		return nil
	}
	agents := h.who().role().IsSuperadmin()
	heads := []string{"host", "status", "kernel", "container"}
	if agents {
		heads = append(heads, "agent")
	}
	return section("kernels", t.T("session.kernels"), app.Div().Class("scroll").TabIndex(0).Role("group").Aria("label", t.T("session.kernels")).Body(
		app.Table().Class("kernels").Body(
			app.THead().Body(app.Tr().Body(app.Range(heads).Slice(func(i int) app.UI {
				return app.Th().Scope("col").Text(t.T("session.kernel." + heads[i]))
			}))),
			app.TBody().Body(app.Range(s.Kernels).Slice(func(i int) app.UI { return h.kernelRow(&s.Kernels[i], agents) })),
		)))
}

func (h *Host) kernelRow(k *model.FullKernel, agents bool) app.UI {
	t := h.Texts
	name := k.Hostname
	if name == "" {
		name = k.KernelID
	}
	look := facts.LookOf(k.Status)
	cells := []app.UI{
		app.Td().Body(app.Span().Class("strong").Text(name), h.logsLink(k, name)),
		app.Td().Body(
			ui.Tag(ui.TagProps{Tone: string(look.Tone), Icon: look.Icon, Spin: look.Spin, Text: facts.StatusText(t, k.Status)}),
			app.If(k.StatusInfo != "", func() app.UI { return ui.Chip("", k.StatusInfo) }),
		),
		h.idCell(k.KernelID, "session.copy_kernel", name),
		h.idCell(k.ContainerID, "session.copy_container", name),
	}
	if agents {
		cells = append(cells, h.idCell(k.Agent, "session.copy_agent", name))
	}
	return app.Tr().DataSet("kernel", k.KernelID).Body(cells...)
}

// logsLink leads to the kernel's log, where there is a panel for it.
func (h *Host) logsLink(k *model.FullKernel, name string) app.UI {
	if !h.has(PanelLogs) {
		return nil
	}
	return app.A().Class("btn quiet only").Href(Link(h.address, h.detail.id, PanelLogs)+"&"+parameterKernel+"="+k.KernelID).
		Aria("label", h.Texts.T("session.logs_of", "name", name)).Title(h.Texts.T("session.logs_of", "name", name)).
		Body(ui.Icon("scroll-text"))
}

// idCell shows the beginning of an id and copies the whole.
func (h *Host) idCell(id, key, name string) app.UI {
	if id == "" {
		return app.Td().Body(app.Span().Class("muted").Text("–"))
	}
	return app.Td().Body(app.Span().Class("id").Body(
		app.Span().Class("mono clip").Title(id).Text(id), h.copyButton(id, key, "name", name)))
}

// statusDetail is what status_data holds: the checks of the scheduler, or the
// errors of the agents.
func (h *Host) statusDetail() app.UI {
	t, s := h.Texts, h.detail.session
	d := facts.DetailOf(s.StatusData)
	if d.Empty() || s.Status.Phase() == model.PhaseRunning {
		return nil
	}
	var parts []app.UI
	if d.Message != "" {
		parts = append(parts, app.P().Text(d.Message))
	}
	if d.Retries > 0 {
		parts = append(parts, app.P().Class("num").Text(t.T("session.detail.retries", "count", t.Int(d.Retries), "time", t.DateTime(d.LastTry.Local()))))
	}
	if n := len(d.Failed) + len(d.Passed); n > 0 {
		parts = append(parts, h.predicates(d))
	}
	for _, f := range d.Errors {
		parts = append(parts, app.Div().Class("fault").Body(
			ui.Chip("bad", facts.OrDash(f.Name)),
			app.If(f.Agent != "", func() app.UI { return ui.Chip("", f.Agent) }),
			app.Pre().TabIndex(0).Text(f.Message),
		))
	}
	if code := exitCode(s, d); code != nil {
		parts = append(parts, app.P().Text(t.T("session.detail.exit_code", "code", *code)))
	}
	if len(parts) == 0 {
		return nil
	}
	return section("status", t.T("session.detail"), parts...)
}

// predicates lists what the scheduler checked: failed ones with a cross, passed
// ones with a tick.
func (h *Host) predicates(d facts.Detail) app.UI {
	t := h.Texts
	var rows []app.UI
	row := func(class, icon, word, name, message string) {
		rows = append(rows, app.Li().Class(class).Body(ui.Icon(icon),
			app.Span().Body(app.Span().Class("unseen").Text(t.T(word)+": "),
				app.Span().Class("mono").Text(name),
				app.If(message != "", func() app.UI { return app.Span().Class("muted").Text(" " + message) }))))
	}
	for _, p := range d.Failed {
		message := p.Message
		if starts := h.detail.session.StartsAt; p.Name == "reserved_time" && !starts.IsZero() {
			message += " (" + t.DateTime(starts.Local()) + ")"
		}
		row("bad", "circle-x", "session.predicate.failed", p.Name, message)
	}
	for _, name := range d.Passed {
		row("good", "circle-check", "session.predicate.passed", name, "")
	}
	return app.Div().Body(
		app.P().Text(t.T("session.predicates", "failed", len(d.Failed), "passed", len(d.Passed))),
		app.Ul().Class("predicates").Body(rows...),
	)
}

// timeline is the way of the session through its statuses.
func (h *Host) timeline() app.UI {
	t, steps := h.Texts, h.detail.session.History()
	if len(steps) == 0 {
		return nil
	}
	return section("timeline", t.T("session.timeline"), app.Ol().Class("timeline").Body(
		app.Range(steps).Slice(func(i int) app.UI {
			look := facts.LookOf(steps[i].Status)
			until := h.now
			if i+1 < len(steps) {
				until = steps[i+1].At
			}
			lasted := ""
			if i+1 < len(steps) || !steps[i].Status.Ended() {
				lasted = facts.FormatElapsed(facts.Elapsed(steps[i].At, until, h.now))
			}
			return app.Li().Class(string(look.Tone)).Body(
				app.Span().Class("strong").Text(facts.StatusText(t, steps[i].Status)),
				app.Time().Class("num muted").DateTime(steps[i].At.UTC().Format(time.RFC3339)).Text(t.DateTime(steps[i].At.Local())),
				app.Span().Class("num muted").Text(lasted),
			)
		}),
	))
}
