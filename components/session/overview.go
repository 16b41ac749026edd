package session

import (
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/ui"
)

// overview is every item that the user guide lists for the detail panel.
func (h *Host) overview() app.UI {
	return app.Div().Class("overview").Body(
		h.reason(),
		h.items(),
		h.usage(),
		h.idle(),
		h.kernels(),
		h.statusDetail(),
		h.timeline(),
	)
}

// alerts say what is unusual about the session: whose it is, where, and that it
// may end soon.
func (h *Host) alerts() app.UI {
	t, s := h.Texts, h.detail.session
	var list []app.UI
	if b := h.ending.waiting(h.detail.id); b != nil {
		list = append(list, h.undoNotice(b))
	}
	if h.detail.err != nil {
		list = append(list, ui.Notice(ui.Warning, t.T("session.stale", "time", t.Clock(h.detail.at.Local())), errorText(t, h.detail.err)))
	}
	if h.detail.complete {
		if h.Project.ID != "" && s.ProjectID != "" && s.ProjectID != h.Project.ID {
			list = append(list, ui.Notice(ui.Info, t.T("session.alert.project", "name", h.projectName(s.ProjectID)), ""))
		}
		if !h.who().Mine(&s.Session) {
			list = append(list, ui.Notice(ui.Info, t.T("session.alert.owner", "name", facts.OrDash(h.owner())), ""))
		}
		if s.Status.Phase() == model.PhaseRunning {
			if check, left := soonest(IdleChecks(s.IdleChecks, h.detail.at), h.now); check != "" {
				list = append(list, ui.Notice(ui.Warning, t.T("session.alert.idle", "check", checkName(t, check), "time", Countdown(left)), ""))
			}
		}
	}
	return app.Div().Class("alerts").Body(list...)
}

// soonest is the check that may end the session within the hour, and the time
// left.
func soonest(checks []IdleCheck, now time.Time) (name string, left time.Duration) {
	for _, c := range checks {
		if rest, ok := c.Remaining(now); ok && !c.Grace && rest < idleAlarm && (name == "" || rest < left) {
			if len(c.Devices) > 0 && c.deviceTone() == facts.ToneGood {
				continue // used enough: nothing ends it
			}
			name, left = c.Name, rest
		}
	}
	return name, left
}

// projectName is the name of a project of the person; else its id, because the
// manager's answer does not hold it.
func (h *Host) projectName(id string) string {
	if h.Account != nil {
		for _, p := range h.Account.Projects {
			if p.ID == id {
				return p.Name
			}
		}
	}
	return id
}

// owner is who the session belongs to, as far as it is known.
func (h *Host) owner() string {
	s := h.detail.session
	switch {
	case s.UserEmail != "" && s.FullName != "":
		return s.FullName + " <" + s.UserEmail + ">"
	case s.UserEmail != "":
		return s.UserEmail
	}
	return s.AccessKey
}

// reason is the sentence that says why the session waits or why it ended.
func (h *Host) reason() app.UI {
	r, ok := why(h.detail.session, h.detail.ahead, h.now)
	return app.If(ok, func() app.UI {
		return app.Div().Class("why-line").ID("session-why").Body(
			ui.Icon("info"),
			app.Div().Body(
				app.P().Text(r.text(h.Texts, h.now)),
				app.If(r.Said != "", func() app.UI { return app.P().Class("muted").Text(r.Said) }),
			),
		)
	})
}

// item is a line of the list of facts.
func item(label string, values ...app.UI) []app.UI {
	return []app.UI{app.Dt().Text(label), app.Dd().Body(values...)}
}

func (h *Host) copyButton(text, key string, args ...any) app.UI {
	return &ui.CopyButton{Texts: h.Texts, Text: text, Label: h.Texts.T(key, args...)}
}

// items is the list of facts in the guide's order.
func (h *Host) items() app.UI {
	t, s := h.Texts, h.detail.session
	var list []app.UI
	add := func(key string, values ...app.UI) { list = append(list, item(t.T("session.item."+key), values...)...) }
	add("id", app.Span().Class("mono").Text(idOf(&s.Session)), h.copyButton(idOf(&s.Session), "session.copy_id"))
	if h.who().role().IsAdmin() {
		add("owner", app.Text(facts.OrDash(h.owner())))
	}
	add("type", app.Text(facts.TypeText(t, s.Type)))
	add("environment", h.environment()...)
	add("mounts", h.mounts()...)
	add("resources", h.resources()...)
	if agents := agentsOf(s); h.who().role().IsSuperadmin() {
		add("agent", app.Text(facts.OrDash(strings.Join(agents, ", "))))
	}
	add("created", h.times()...)
	add("cluster", app.Text(clusterText(h, s)))
	if s.StartupCommand != "" {
		add("command", app.Code().Class("mono").Text(s.StartupCommand))
	}
	if len(s.Dependencies) > 0 {
		add("dependencies", h.dependencies()...)
	}
	if s.Tag != "" {
		add("tag", app.Text(s.Tag))
	}
	if s.Status.Phase() == model.PhaseWaiting && s.Priority > 0 {
		add("priority", app.Text(strconv.Itoa(s.Priority)))
	}
	if s.ProjectID != "" {
		add("project", app.Text(h.projectName(s.ProjectID)))
	}
	return app.Dl().Class("items").Body(list...)
}

// environment is the name and version of the image, its requirements, and the
// whole reference to copy.
func (h *Host) environment() []app.UI {
	s := h.detail.session
	env := facts.Derive(&s.Session, facts.Options{}).Environment
	if env.Image == "" {
		return []app.UI{app.Text("–")}
	}
	parts := []app.UI{app.Span().Text(strings.TrimSpace(env.Name + " " + env.Version))}
	for _, requirement := range env.Requirements {
		parts = append(parts, ui.Chip("", requirement))
	}
	if _, id, found := strings.Cut(env.Image, "customized_"); found && id != "" {
		parts = append(parts, ui.Chip("info", h.Texts.T("session.customized")))
	}
	if s.Architecture != "" {
		parts = append(parts, ui.Chip("", s.Architecture))
	}
	return append(parts, h.copyButton(env.Image, "session.copy_image"))
}

func (h *Host) mounts() []app.UI {
	names := facts.Derive(&h.detail.session.Session, facts.Options{}).Mounts
	if len(names) == 0 {
		return []app.UI{app.Span().Class("muted").Text(h.Texts.T("session.no_mounts"))}
	}
	parts := make([]app.UI, len(names))
	for i, name := range names {
		parts[i] = app.Span().Class("folder").Body(ui.Icon("folder"), app.Text(name))
	}
	return parts
}

// resources is what the session holds, in its resource group.
func (h *Host) resources() []app.UI {
	t, s := h.Texts, h.detail.session
	row := facts.Derive(&s.Session, facts.Options{})
	var parts []app.UI
	if row.ResourceGroup != "" {
		parts = append(parts, ui.Chip("", row.ResourceGroup).Title(t.T("sessions.resource_group", "name", row.ResourceGroup)))
	}
	var slots []app.UI
	for _, slot := range row.Slots {
		unit, title := facts.SlotUnit(t, slot)
		text := slot.Text() + " " + unit
		if shm := s.SharedMemory(); slot.Name == "mem" && shm > 0 {
			text += " (" + t.T("session.shmem", "size", facts.BytesText(float64(shm))) + ")"
		}
		slots = append(slots, app.Span().Class("slot num").Title(title).Text(text))
	}
	if len(slots) > 0 {
		parts = append(parts, app.Span().Class("slots").Body(slots...))
	}
	if len(parts) == 0 {
		parts = append(parts, app.Text("–"))
	}
	return parts
}

// times is when the session was reserved, and how long it lives or lived.
func (h *Host) times() []app.UI {
	t, s := h.Texts, h.detail.session
	if s.CreatedAt.IsZero() {
		return []app.UI{app.Text("–")}
	}
	moment := func(at model.Time) app.UI {
		return app.Time().Class("num").DateTime(at.UTC().Format(time.RFC3339)).Text(t.DateTime(at.Local()))
	}
	parts := []app.UI{moment(s.CreatedAt)}
	if !s.TerminatedAt.IsZero() {
		parts = append(parts, app.Text("→"), moment(s.TerminatedAt))
	}
	elapsed := facts.Elapsed(s.CreatedAt.Time, s.TerminatedAt.Time, h.now)
	return append(parts, app.Span().Class("num muted elapsed").Title(t.T("session.elapsed")).Text("("+facts.FormatElapsed(elapsed)+")"))
}

func clusterText(h *Host, s *model.FullSession) string {
	t, size := h.Texts, max(s.ClusterSize, 1)
	key := "session.cluster.single"
	if s.ClusterMode == "multi-node" {
		key = "session.cluster.multi"
	}
	return t.T(key) + " · " + t.N("session.cluster.size", size)
}

func (h *Host) dependencies() []app.UI {
	var parts []app.UI
	for _, d := range h.detail.session.Dependencies {
		parts = append(parts, app.A().Href(Link(h.address, d.ID, "")).Text(facts.OrDash(d.Name)),
			app.Span().Class("muted").Text(facts.StatusText(h.Texts, d.Status)))
	}
	return parts
}

// agentsOf lists the agents of the kernels, each once.
func agentsOf(s *model.FullSession) []string {
	var list []string
	seen := map[string]bool{}
	for _, k := range s.Containers {
		if k.Agent != "" && !seen[k.Agent] {
			seen[k.Agent] = true
			list = append(list, k.Agent)
		}
	}
	return list
}
