package sessions

import (
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/session"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// rowItem is all that a row shows. It is replaced when something changes.
type rowItem struct {
	Place    int         // in the manager's order, from 0
	Row      *facts.Row  // nil while it is on its way
	Blank    []ui.Column // the columns, for a row that is on its way
	Layout   layout
	Texts    *i18n.Texts
	Link     string // where the details of the session are
	Selected bool
	Copied   bool // the copy button says that it worked
	Open     bool // the reason of the status is unfolded
	Idle     []session.IdleCheck
	Ending   bool // its end was asked for and can still be taken back
	Gone     bool // it is in the list no more, and stays until the rows may move
}

// rowView draws one session. Its handlers are those of the table's body, so
// that no row holds a function.
type rowView struct {
	app.Compo
	Item *rowItem
}

// Render draws the row.
func (r *rowView) Render() app.UI {
	item := r.Item
	if item.Row == nil {
		return item.blank()
	}
	columns := item.Layout.columns()
	cells := make([]app.UI, len(columns))
	for i, c := range columns {
		cells[i] = item.cell(c)
	}
	class := "row"
	if item.Selected {
		class += " selected"
	}
	if item.Ending {
		class += " ending"
	}
	if item.Gone {
		class += " gone"
	}
	return app.Tr().Class(class).
		DataSet("session", item.Row.ID).
		DataSet("status", string(item.Row.Status)).
		Aria("rowindex", item.Place+2).
		TabIndex(-1).
		Body(cells...)
}

// blank has the size of what comes.
func (i *rowItem) blank() app.UI {
	cells := make([]app.UI, len(i.Blank))
	for n, c := range i.Blank {
		cells[n] = app.Td().Class("c-"+c.ID).Body(app.Span().Class("skeleton"), app.Span().Class("skeleton short"))
	}
	return app.Tr().Class("row blank").Aria("hidden", true).Aria("rowindex", i.Place+2).Body(cells...)
}

func (i *rowItem) cell(c column) app.UI {
	td := app.Td().Class("c-" + string(c))
	switch c {
	case colSelect:
		return td.Body(app.Input().Type("checkbox").DataSet("select", i.Row.ID).
			Checked(i.Selected).
			Aria("label", i.Texts.T("sessions.select_row", "name", i.Row.Name)))
	case colIndex:
		return td.Class("num").Text(strconv.Itoa(i.Row.Index))
	case colOwner:
		if i.Row.Owner == "" {
			return none(td)
		}
		return td.Body(app.Span().Class("clip").Title(i.Row.Owner).Text(i.Row.Owner))
	case colName:
		return td.Body(i.name()...)
	case colStatus:
		return td.Body(i.status()...)
	case colType:
		text := facts.TypeText(i.Texts, i.Row.Type)
		return td.Body(app.Span().Class("muted clip").Title(text).Text(text))
	case colControl:
		return td.Body(i.control())
	case colConfig:
		if len(i.Row.Slots)+len(i.Row.Mounts) == 0 && i.Row.ResourceGroup == "" {
			return none(td)
		}
		return td.Body(i.config()...)
	case colUsage:
		if i.Layout.Tab != Finished && len(i.Row.Usage) == 0 {
			return none(td).Title(i.Texts.T("sessions.no_data")) // not measured yet
		}
		return td.Body(i.usage()...)
	case colIdle:
		if len(i.Idle) == 0 {
			return none(td)
		}
		return td.Body(i.idle()...)
	case colReserved:
		if i.Row.CreatedAt.IsZero() {
			return none(td)
		}
		return td.Body(i.reserved()...)
	case colAgent:
		if len(i.Row.Agents) == 0 {
			return none(td)
		}
		return td.Body(i.agent()...)
	}
	return td
}

// none marks a cell without a value: a dash keeps its place in a table; on a card
// there is nothing.
func none(td app.HTMLTd) app.HTMLTd {
	return td.Class("none").Body(app.Span().Class("muted").Text("–"))
}

// name: the name, then environment, requirements and cluster.
func (i *rowItem) name() []app.UI {
	env := i.Row.Environment
	chips := []app.UI{}
	if env.Name != "" {
		label := env.Name
		if env.Version != "" {
			label += " " + env.Version
		}
		chips = append(chips, app.Span().Class("env clip").Title(env.Image).Text(label))
	}
	if i.Row.Owner != "" {
		chips = append(chips, app.Span().Class("owner-beside clip").Title(i.Row.Owner).Text(i.Row.Owner))
	}
	for _, requirement := range env.Requirements {
		chips = append(chips, ui.Chip("", requirement))
	}
	if cluster := i.Row.Cluster; cluster.Size > 1 {
		key := "sessions.cluster.containers"
		if cluster.MultiNode {
			key = "sessions.cluster.nodes"
		}
		chips = append(chips, ui.Chip("info", i.Texts.T(key, "count", cluster.Size)))
	}
	name := app.UI(app.Span().Class("strong clip").Text(facts.OrDash(i.Row.Name)))
	if i.Link != "" {
		name = app.A().Class("strong clip name").Href(i.Link).DataSet("open", i.Row.ID).
			Title(i.Row.Name).Text(facts.OrDash(i.Row.Name))
	}
	return []app.UI{
		name,
		app.Span().Class("facts").Body(chips...),
	}
}

// status: what it is, why, and for finished batch sessions how it ended.
func (i *rowItem) status() []app.UI {
	look := facts.LookOf(i.Row.Status)
	chips := []app.UI{}
	if i.Row.Result != "" {
		tone := "good"
		if i.Row.Result == "FAILURE" {
			tone = "bad"
		}
		chips = append(chips, ui.Chip(tone, i.Texts.T("sessions.result."+strings.ToLower(i.Row.Result))).Class("whole"))
	}
	if i.Row.Info.Text != "" {
		chips = append(chips, ui.Chip(string(i.Row.Info.Tone), i.Row.Info.Text))
	}
	detail := facts.DetailText(i.Texts, i.Row.Detail)
	tag := ui.Tag(ui.TagProps{Tone: string(look.Tone), Icon: look.Icon, Spin: look.Spin, Text: facts.StatusText(i.Texts, i.Row.Status)})
	switch {
	case detail == "" && len(chips) == 0:
		return []app.UI{tag}
	case detail == "":
		return []app.UI{tag, app.Span().Class("facts").Body(chips...)}
	}
	why := app.Details().Class("why")
	if i.Open {
		why = why.Open(true)
	}
	return []app.UI{
		tag,
		why.Body(
			app.Summary().Class("facts").DataSet("why", i.Row.ID).Title(detail).Body(append(chips,
				app.Span().Class("why-mark").Body(ui.Icon("info"), app.Span().Class("unseen").Text(i.Texts.T("sessions.why"))))...),
			app.P().Text(detail),
		),
	}
}

// control: what can be done with a session here.
func (i *rowItem) control() app.UI {
	icon, key := "copy", "sessions.copy_id"
	if i.Copied {
		icon, key = "check", "sessions.copied"
	}
	text := i.Texts.T(key)
	return app.Button().Type("button").Class("btn quiet only").
		DataSet("copy", i.Row.ID).
		Aria("label", i.Texts.T("sessions.copy_id_of", "name", i.Row.Name)).Title(text).
		Body(ui.Icon(icon))
}

// config: cores and memory, then accelerators, resource group and mounts.
func (i *rowItem) config() []app.UI {
	var base, extra []app.UI
	for _, slot := range i.Row.Slots {
		unit, title := facts.SlotUnit(i.Texts, slot)
		part := app.Span().Class("slot num").Title(title).Text(slot.Text() + " " + unit)
		if slot.Accelerator() {
			extra = append(extra, part)
		} else {
			base = append(base, part)
		}
	}
	if len(base) == 0 {
		base = append(base, app.Span().Class("muted").Text("–"))
	}
	if i.Row.ResourceGroup != "" {
		extra = append(extra, app.Span().Class("clip").
			Title(i.Texts.T("sessions.resource_group", "name", i.Row.ResourceGroup)).
			Body(ui.Icon("boxes"), app.Text(i.Row.ResourceGroup)))
	}
	if n := len(i.Row.Mounts); n > 0 {
		extra = append(extra, app.Span().
			Title(i.Texts.T("sessions.mounts", "names", strings.Join(i.Row.Mounts, ", "))).
			Body(ui.Icon("folder"), app.Text(strconv.Itoa(n))))
	}
	return []app.UI{app.Span().Class("slots").Body(base...), app.Span().Class("facts").Body(extra...)}
}

// usage: bars while a session lives, the time used after its end.
func (i *rowItem) usage() []app.UI {
	if i.Layout.Tab == Finished {
		text := app.Span().Class("muted").Text(i.Texts.T("sessions.no_data"))
		if i.Row.CPUTime > 0 {
			text = app.Span().Text(i.Texts.T("sessions.cpu_time", "time", facts.UsedTime(i.Texts, i.Row.CPUTime)))
		}
		return []app.UI{text, app.Span().Class("facts num").Body(i.io()...)}
	}
	gauges := make([]app.UI, len(i.Row.Usage))
	for n, usage := range i.Row.Usage {
		gauges[n] = facts.Gauge(i.Texts, usage)
	}
	class := "usage"
	switch {
	case len(gauges) > 4:
		class += " wide many"
	case len(gauges) > 2:
		class += " wide"
	}
	return []app.UI{app.Span().Class(class).Body(
		app.Span().Class("gauges").Body(gauges...),
		app.Span().Class("io num").Title(i.Texts.T("sessions.io_title")).Body(i.io()...),
	)}
}

// io is what was read and written.
func (i *rowItem) io() []app.UI {
	if !i.Row.IO.Known {
		return nil
	}
	return []app.UI{
		app.Span().Text(i.Texts.T("sessions.io_read", "amount", facts.Megabytes(i.Row.IO.Read))),
		app.Span().Text(i.Texts.T("sessions.io_write", "amount", facts.Megabytes(i.Row.IO.Write))),
	}
}

// idle: the check that may end the session first, with the guide's colours, and
// all of them in the tooltip.
func (i *rowItem) idle() []app.UI {
	now := time.Now()
	first := i.Idle[0]
	lines := make([]string, 0, len(i.Idle))
	for _, check := range i.Idle {
		left, known := check.Remaining(now)
		if before, timed := first.Remaining(now); known && (!timed || left < before) {
			first = check
		}
		lines = append(lines, i.Texts.T("session.idle."+check.Name)+": "+i.idleText(check, now))
		for _, device := range check.Devices {
			lines = append(lines, i.Texts.T("session.idle.device", "name", device.Name, "use", device.Text()))
		}
	}
	tag := ui.TagProps{Tone: string(first.Tone(now)), Icon: "hourglass", Text: i.idleText(first, now)}
	title := strings.Join(lines, "\n")
	name := app.UI(app.Span().Class("facts clip").Title(title).Text(i.Texts.T("session.idle." + first.Name)))
	if i.Link != "" { // where each check explains itself
		name = app.A().Class("facts clip name").Href(i.Link + "&panel=" + session.PanelIdle).Title(title).
			Text(i.Texts.T("session.idle." + first.Name))
	}
	if _, known := first.Remaining(now); !known || first.Over {
		return []app.UI{ui.Tag(tag).Title(title), name}
	}
	return []app.UI{
		app.Span().Class("tag "+tag.Tone).Title(title).Body(ui.Icon(tag.Icon),
			app.Time().Class("tag-text num").DataSet("ends", unixText(first.Deadline)).Text(tag.Text)),
		name,
	}
}

// idleText is the time left, or why there is none.
func (i *rowItem) idleText(c session.IdleCheck, now time.Time) string {
	left, known := c.Remaining(now)
	switch {
	case c.Over:
		return i.Texts.T("session.idle.over")
	case !known:
		return i.Texts.T("session.idle.watching")
	}
	return session.Countdown(left)
}

// reserved: when it was made, and how long it has lived, as in the deck.
func (i *rowItem) reserved() []app.UI {
	row, now := i.Row, time.Now()
	made := app.Time().Class("num").DateTime(row.CreatedAt.UTC().Format(time.RFC3339)).
		Title(i.Texts.DateTime(row.CreatedAt.Local())).
		Text(i.Texts.ShortTime(now, row.CreatedAt.Local()))
	lived := app.Time().Class("num muted").
		Title(i.Texts.T("sessions.elapsed")).
		DataSet("since", unixText(row.CreatedAt)).DataSet("until", unixText(row.EndedAt)).
		Text(facts.FormatElapsed(facts.Elapsed(row.CreatedAt, row.EndedAt, now)))
	return []app.UI{made, lived}
}

// agent: the node of each kernel.
func (i *rowItem) agent() []app.UI {
	lines := make([]string, len(i.Row.Agents))
	for n, agent := range i.Row.Agents {
		lines[n] = agent.ID
		if agent.Container != "" {
			lines[n] += " (" + agent.Container + ")"
		}
	}
	cells := []app.UI{app.Span().Class("clip").Title(strings.Join(lines, "\n")).Text(i.Row.Agents[0].ID)}
	second := i.Row.Agents[0].Container
	if more := len(lines) - 1; more > 0 {
		second = i.Texts.T("sessions.more_kernels", "count", more)
	}
	return append(cells, app.Span().Class("facts muted num").Text(second))
}

// unixText writes an instant for the ticker; the zero time is empty.
func unixText(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return strconv.FormatInt(t.Unix(), 10)
}
