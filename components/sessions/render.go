package sessions

import (
	"net/url"
	"strings"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// skeletonRows is how many rows stand in for those that are on their way.
const skeletonRows = 8

// Render draws the list. An inactive list is an empty, hidden element; one
// without a client or an answer has the size of what will come.
func (v *View) Render() app.UI {
	if !v.Active {
		return app.Section().Class("sessions").Hidden(true)
	}
	return app.Section().Class("sessions").Aria("labelledby", "sessions-title").Body(
		app.Div().Class("sessions-head").Body(
			app.H1().ID("sessions-title").TabIndex(-1).Text(v.Texts.T("sessions.title")),
			app.Span().Class("total num").Aria("hidden", true).Text(v.total()),
			v.freshness(),
			v.roomButton(),
			v.refreshButton(),
			v.startLink(),
		),
		v.roomPanel(),
		v.tabs(),
		v.toolbar(),
		v.table(),
		app.Div().Body(v.instead()),
		app.Div().Class("banner-place").Body(v.banner(), v.bulk(), v.position()),
		v.chooser(),
		v.help(),
		app.P().Class("unseen").Role("status").Aria("live", "polite").Text(v.spoken()),
	)
}

// layout is what the columns depend on now. Before the manager is known the tabs
// are those of a manager of today, so that nothing moves in the usual case.
func (v *View) layout() layout {
	asker := v.list.asker
	look := layout{Tab: v.list.query.Tab, Mode: asker.Mode, Types: asker.Source == nil || reportsTypes(asker.Manager)}
	look.Idle = asker.Source == nil || asker.Manager.Supports(client.FeatureIdleChecks)
	look.Chosen = v.choice
	if look.Mode == "" {
		look.Mode = model.ModeSession
	}
	if v.Account == nil {
		// Whose columns these will be is not known yet. Those of every role are
		// drawn, and the stylesheet shows the ones of whoever was here last.
		look.Role = model.RoleSuperadmin
	} else {
		look.Role = v.Account.Role
	}
	return look
}

func (v *View) tabs() app.UI {
	conditions := conditionsOf(v.layout().Types)
	links := make([]ui.TabLink, len(conditions))
	for i, c := range conditions {
		links[i] = ui.TabLink{
			ID: string(c), Text: v.Texts.T("sessions.tab." + string(c)),
			URL: v.list.query.WithTab(c).URL(), Current: c == v.list.query.Tab, Apart: c == Interactive,
		}
	}
	return ui.Tabs(v.Texts.T("sessions.tabs"), links)
}

func (v *View) toolbar() app.UI {
	q := v.list.query
	return app.Div().Class("toolbar").Role("search").Body(
		app.Label().Class("search").Body(
			ui.Icon("search"),
			&ui.Input{
				ID: "sessions-filter", Name: "filter", Type: "search", Action: actionFilter,
				Value: shownText(v.typedFilter, q.Filter), Label: v.Texts.T("sessions.filter"),
				Placeholder: v.Texts.T("sessions.filter_hint"),
			},
			app.Kbd().Class("key").Aria("hidden", true).Text("/"),
		),
		app.If(v.layout().Role.IsAdmin(), func() app.UI {
			return app.Label().Class("search narrow for-admins").Body(
				ui.Icon("key-round"),
				&ui.Input{
					ID: "sessions-access-key", Name: "access_key", Type: "search", Action: actionAccessKey,
					Value: shownText(v.typedAccessKey, q.AccessKey), Label: v.Texts.T("sessions.access_key"),
					Placeholder: v.Texts.T("sessions.access_key_hint"),
				},
			)
		}),
		app.Div().Class("tools").Body(
			app.If(v.isAdmin(), func() app.UI {
				return ui.IconButton("download", v.Texts.T("sessions.csv_all")).DataSet("action", "csv").OnClick(v.onCSV)
			}),
			ui.IconButton("square-terminal", v.Texts.T("sessions.copy_list_command")).DataSet("action", "copy-list-command").OnClick(v.onCopyListCommand),
			ui.IconButton("columns-3", v.Texts.T("sessions.columns")).DataSet("action", "columns").Aria("haspopup", "dialog").OnClick(v.onColumns),
			ui.IconButton("keyboard", v.Texts.T("sessions.keys")).DataSet("action", "help").Aria("haspopup", "dialog").OnClick(v.onHelp),
		),
	)
}

// shownText is what an input shows: what was typed, as long as it means the same
// as the query; a space at the end must survive until the next word.
func shownText(typed, query string) string {
	if cleanText(typed, maxFilter) == query {
		return typed
	}
	return query
}

// total is the number beside the title; unknown until an answer came.
func (v *View) total() string {
	if !v.list.loaded {
		return ""
	}
	return v.Texts.Int(v.list.total)
}

// freshness says how old the rows are and when the list asks again.
func (v *View) freshness() app.UI {
	l := v.list
	if l.updated.IsZero() {
		return app.Span().Class("freshness")
	}
	class, key := "freshness num", "sessions.updated"
	if l.failure != nil {
		class, key = "freshness stale num", "sessions.stale"
	}
	every := int(l.wait(nil) / time.Second)
	return app.Span().Class(class).
		DataSet("updated", l.updated.UTC().Format(time.RFC3339)).
		Title(v.Texts.T("sessions.every", "count", every)).
		Text(v.Texts.T(key, "time", v.Texts.Clock(l.updated.Local())))
}

func (v *View) refreshButton() app.UI {
	class := "refresh"
	if v.list.refreshing {
		class += " busy"
	}
	return ui.IconButton("refresh-cw", v.Texts.T("sessions.refresh")).Class(class).
		DataSet("action", "refresh").OnClick(v.onRefresh)
}

func (v *View) table() app.UI {
	l, look := v.list, v.layout()
	columns := v.heads(look)
	rows := v.rows(look, columns)
	class := "table-box"
	if len(rows) == 0 {
		class += " none"
	} else if l.loaded && !l.fresh {
		class += " waiting"
	}
	if l.total >= 1000 {
		class += " long" // for the width of the numbers
	}
	return app.Div().Class(class).Body(
		app.Div().Class("news-place").Body(v.news()),
		app.Table().Class("table", shows(look.Chosen)).TabIndex(-1).
			DataSet("list", "sessions").
			Aria("labelledby", "sessions-title").
			Aria("rowcount", l.total+1).
			Aria("busy", !l.fresh && l.failure == nil).
			Body(
				ui.TableColumns(columns),
				ui.TableHead(columns, v.onSort),
				v.sending(look),
				spacer("above"),
				app.TBody().Class("rows").
					OnClick(v.onRowClick).OnChange(v.onRowChange).
					OnMouseEnter(v.onPoint).OnMouseLeave(v.onPoint).
					On("focusin", v.onPoint).On("focusout", v.onPoint).
					Body(rows...),
				spacer("below"),
			),
	)
}

// shows is the class of a table whose columns were asked for where there is
// little room.
func shows(c *choice) string {
	var class []string
	for _, col := range []column{colType, colIdle, colIndex, colOwner, colAgent} {
		if c.wanted(col) {
			class = append(class, "shows-"+string(col))
		}
	}
	return strings.Join(class, " ")
}

// spacer stands for the rows above or below those that are drawn; its height is
// set by the view.
func spacer(id string) app.UI {
	return app.TBody().Class("spacer").DataSet("spacer", id).Aria("hidden", true).Body(
		app.Tr().Body(app.Td()))
}

// rows are the rows that are drawn. Each has a slot that it keeps while the list
// is scrolled, so that only those are drawn again that come into sight at one
// edge: see [View.place].
func (v *View) rows(look layout, columns []ui.Column) []app.UI {
	l := v.list
	if !l.loaded {
		if l.failure != nil {
			return nil
		}
		rows := make([]app.UI, skeletonRows)
		for i := range rows {
			rows[i] = &rowView{Item: &rowItem{Place: i, Blank: columns}}
		}
		return rows
	}
	drawn := v.scroll.drawn(l)
	rows := make([]app.UI, drawn.count)
	for i := range drawn.count {
		place := drawn.first + i
		rows[place%drawn.count] = &rowView{Item: v.rowItem(place, look, columns)}
	}
	return rows
}

// rowItem is what the row at a place shows.
func (v *View) rowItem(place int, look layout, columns []ui.Column) *rowItem {
	l := v.list
	row := l.rowAt(place)
	if row == nil {
		return &rowItem{Place: place + l.shift, Blank: columns}
	}
	return &rowItem{
		Place: place + l.shift, Row: row, Layout: look, Texts: v.Texts,
		Link:     v.linkTo(row.ID),
		Selected: l.Selected(row.ID),
		Copied:   row.ID != "" && v.copied == row.ID, Open: row.ID != "" && v.open == row.ID,
		Idle: l.idle[row.ID],
		Gone: l.Gone(row.ID), Ending: v.Live != nil && v.Live.Ending(row.ID),
	}
}

// linkTo is the address of the details of a session beside this list; empty for
// a session that has no id.
func (v *View) linkTo(id string) string {
	if id == "" {
		return ""
	}
	return v.list.query.WithPage(1).WithSession(id).URL()
}

// heads are the heads of the columns.
func (v *View) heads(look layout) []ui.Column {
	order := v.list.query.order()
	ids := look.columns()
	columns := make([]ui.Column, len(ids))
	for i, c := range ids {
		columns[i] = ui.Column{
			ID: string(c), Text: v.Texts.T(look.textKey(c)),
			Sort: look.sortColumn(c), Sorted: look.sorted(c, order),
			Hidden: c == colControl, Numeric: c == colIndex,
			Grip: !c.fixed() && c != colControl && c != colIndex,
		}
		if c == colSelect {
			columns[i].Content = v.selectPage()
		}
	}
	return columns
}

// selectPage is the check box over all rows that are loaded.
func (v *View) selectPage() app.UI {
	box := app.Input().Type("checkbox").DataSet("select", "page").
		Aria("label", v.Texts.T("sessions.select_loaded")).
		OnChange(v.onSelectPage)
	if !v.list.loaded {
		return box // printed pages would show checked="false" as checked
	}
	on := v.list.SelectedLoaded()
	return box.Checked(on > 0 && on == len(v.list.rows))
}

// instead says, where no row is, why there is none and what to do next. A
// failure is never told as an empty list.
func (v *View) instead() app.UI {
	l := v.list
	switch {
	case len(l.rows) > 0:
		return nil
	case l.failure != nil:
		return app.Div().Class("empty failed").Role("alert").DataSet("list-error", client.KindOf(l.failure.Err).String()).Body(
			ui.Icon("circle-alert"),
			app.H2().Text(v.failureText(l.failure)),
			app.P().Text(v.Texts.T("sessions.failed.first")+" "+v.doText(l.failure)+" "+v.retryText(l.failure)),
			v.retryButton(),
		)
	case !l.loaded:
		return nil
	}
	key := "sessions.empty." + string(l.query.Tab)
	if l.query.narrowed() {
		return emptyState("search", v.Texts.T("sessions.empty.filtered"), v.Texts.T("sessions.empty.filtered_next"),
			ui.Button("x", v.Texts.T("sessions.clear_filter")).DataSet("action", "clear-filter").OnClick(v.onClearFilter))
	}
	next := "sessions.empty.next_user"
	if v.Account != nil && v.Account.Role.IsAdmin() {
		next = "sessions.empty.next_admin"
	}
	if !l.query.Tab.running() {
		next = "sessions.empty.next_other"
	}
	return emptyState("inbox", v.Texts.T(key), v.Texts.T(next, "project", v.Project.Name), v.startLink())
}

func emptyState(icon, title, next string, controls ...app.UI) app.UI {
	return app.Div().Class("empty").Body(append([]app.UI{
		ui.Icon(icon), app.H2().Text(title), app.P().Text(next),
	}, controls...)...)
}

// banner says what happened at the last refresh, and keeps clear of the rows:
// it floats at the lower edge, so that nothing moves.
func (v *View) banner() app.UI {
	l := v.list
	if l.failure == nil || len(l.rows) == 0 {
		return nil
	}
	text := v.Texts.T("sessions.failed.again", "time", v.Texts.Clock(l.updated.Local())) +
		" " + v.doText(l.failure) + " " + v.retryText(l.failure)
	return app.Div().Class("banner").Body(
		ui.Notice(ui.Danger, v.failureText(l.failure), text, v.retryButton()).
			DataSet("list-error", client.KindOf(l.failure.Err).String()),
	)
}

// failureText names what happened, doText says what the person can do about it.
func (v *View) failureText(f *Failure) string {
	return v.Texts.T("error." + client.KindOf(f.Err).String())
}

func (v *View) doText(f *Failure) string {
	kind := client.KindOf(f.Err)
	if kind == client.KindRateLimit {
		return v.Texts.T("sessions.failed.slower")
	}
	return strings.TrimSpace(facts.ClockText(v.Texts, f.Err) + " " + v.Texts.T("error."+kind.String()+".do"))
}

func (v *View) retryText(f *Failure) string {
	if f.Retry.IsZero() {
		return ""
	}
	return v.Texts.T("sessions.failed.retry", "time", v.Texts.Clock(f.Retry.Local()))
}

func (v *View) retryButton() app.UI {
	return ui.Button("refresh-cw", v.Texts.T("sessions.retry")).DataSet("action", "retry").OnClick(v.onRefresh)
}

// position says which rows are in sight, and leads back to the first.
func (v *View) position() app.UI {
	l := v.list
	seen := l.seen
	if !l.loaded || seen.count == 0 || seen.count >= l.places() {
		return nil
	}
	return app.Div().Class("position").Body(
		app.Span().Class("num").DataSet("position", seen.first+1).Text(v.Texts.T("sessions.range",
			"first", v.Texts.Int(seen.first+1), "last", v.Texts.Int(seen.end()), "total", v.Texts.Int(l.total))),
		ui.IconButton("arrow-up", v.Texts.T("sessions.to_top")).DataSet("action", "to-top").OnClick(v.onToTop),
	)
}

// news offers the order that waits while somebody points at the rows. It floats
// over the first of them, so that nothing moves.
func (v *View) news() app.UI {
	came, other := v.list.News()
	if !other {
		return nil
	}
	text := v.Texts.T("sessions.news.order")
	if came > 0 {
		text = v.Texts.N("sessions.news", came)
	}
	return ui.Button("arrow-up", text).Class("news").DataSet("action", "show-news").OnClick(v.onShowNews)
}

// spoken is what a screen reader hears after the list changed.
func (v *View) spoken() string {
	l := v.list
	switch {
	case v.copied != "":
		return v.Texts.T("sessions.copied")
	case !l.loaded || !l.fresh:
		return ""
	case l.total == 0:
		return v.Texts.T("sessions.empty." + string(l.query.Tab))
	}
	return strings.TrimSpace(v.Texts.N("sessions.count", l.total))
}

// startLink leads to where a session is started.
func (v *View) startLink() app.UI {
	if v.Start == "" {
		return nil
	}
	address := v.Start
	if v.Project.Name != "" {
		address += "?" + url.Values{"project": {v.Project.Name}}.Encode()
	}
	return app.A().Class("btn", "primary").Href(address).DataSet("action", "start").
		Body(ui.Icon("play"), app.Span().Text(v.Texts.T("sessions.start")))
}
