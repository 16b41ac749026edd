package sessions

import (
	"strings"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
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
			v.refreshButton(),
		),
		v.tabs(),
		v.toolbar(),
		v.table(),
		app.Div().Body(v.instead()),
		v.pager(),
		app.Div().Class("banner-place").Body(v.banner()),
		app.P().Class("unseen").Role("status").Aria("live", "polite").Text(v.spoken()),
	)
}

// layout is what the columns depend on now. Before the manager is known the tabs
// are those of a manager of today, so that nothing moves in the usual case.
func (v *View) layout() layout {
	asker := v.list.asker
	look := layout{Tab: v.list.query.Tab, Mode: asker.Mode, Types: asker.Source == nil || reportsTypes(asker.Manager)}
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
		app.Div().Class("selection").Body(v.selection()...),
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

// selection offers what can be done with the selected sessions.
func (v *View) selection() []app.UI {
	n := v.list.SelectedCount()
	if n == 0 {
		return nil
	}
	copyKey, icon := "sessions.copy_selected", "copy"
	if v.copied == copiedSelection {
		copyKey, icon = "sessions.copied", "check"
	}
	return []app.UI{
		app.Span().Class("num").Text(v.Texts.N("sessions.selected", n)),
		ui.Button(icon, v.Texts.T(copyKey)).DataSet("action", "copy-selected").OnClick(v.onCopySelected),
		ui.Button("x", v.Texts.T("sessions.clear_selection")).Class("quiet").DataSet("action", "clear-selection").OnClick(v.onClearSelection),
	}
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
	rows := make([]app.UI, 0, PageSize)
	switch {
	case l.loaded:
		for _, row := range l.rows {
			rows = append(rows, &rowView{Item: &rowItem{
				Row: row, Layout: look, Texts: v.Texts,
				Link:     v.linkTo(row.ID),
				Selected: l.Selected(row.ID),
				Copied:   row.ID != "" && v.copied == row.ID, Open: row.ID != "" && v.open == row.ID,
			}})
		}
	case l.failure == nil:
		for range skeletonRows {
			rows = append(rows, skeletonRow(columns))
		}
	}
	class := "table-box"
	if len(rows) == 0 {
		class += " none"
	} else if l.loaded && !l.fresh {
		class += " waiting"
	}
	return app.Div().Class(class).Body(
		app.Table().Class("table").
			DataSet("list", "sessions").
			Aria("labelledby", "sessions-title").
			Aria("rowcount", l.total+1).
			Aria("busy", !l.fresh && l.failure == nil).
			Body(
				ui.TableColumns(columns),
				ui.TableHead(columns, v.onSort),
				app.TBody().OnClick(v.onRowClick).OnChange(v.onRowChange).Body(rows...),
			),
	)
}

// linkTo is the address of the details of a session beside this list; empty for
// a session that has no id.
func (v *View) linkTo(id string) string {
	if id == "" {
		return ""
	}
	return v.list.query.WithSession(id).URL()
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
		}
		if c == colSelect {
			columns[i].Content = v.selectPage()
		}
	}
	return columns
}

// selectPage is the check box over all rows of the page.
func (v *View) selectPage() app.UI {
	box := app.Input().Type("checkbox").DataSet("select", "page").
		Aria("label", v.Texts.T("sessions.select_page")).
		OnChange(v.onSelectPage)
	if !v.list.loaded {
		return box // printed pages would show checked="false" as checked
	}
	on := v.list.SelectedOnPage()
	return box.Checked(on > 0 && on == len(v.list.rows))
}

func skeletonRow(columns []ui.Column) app.UI {
	cells := make([]app.UI, len(columns))
	for i, c := range columns {
		cells[i] = app.Td().Class("c-"+c.ID).Body(app.Span().Class("skeleton"), app.Span().Class("skeleton short"))
	}
	return app.Tr().Class("row blank").Aria("hidden", true).Body(cells...)
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
	return emptyState("inbox", v.Texts.T(key), v.Texts.T(next, "project", v.Project.Name))
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
	return v.Texts.T("error." + kind.String() + ".do")
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

func (v *View) pager() app.UI {
	l := v.list
	if !l.loaded {
		return app.Nav().Class("pager").Aria("label", v.Texts.T("sessions.pages"))
	}
	q := l.query
	first, last := q.offset()+1, q.offset()+len(l.rows)
	if len(l.rows) == 0 {
		first, last = 0, 0
	}
	props := ui.PagerProps{
		Label:    v.Texts.T("sessions.pages"),
		Range:    v.Texts.T("sessions.range", "first", v.Texts.Int(first), "last", v.Texts.Int(last), "total", v.Texts.Int(l.total)),
		PrevText: v.Texts.T("sessions.prev"), NextText: v.Texts.T("sessions.next"),
	}
	if q.Page > 1 {
		props.Prev = q.WithPage(q.Page - 1).URL()
	}
	if q.Page < pages(l.total) {
		props.Next = q.WithPage(q.Page + 1).URL()
	}
	return ui.Pager(props)
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
