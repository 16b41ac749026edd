package logs

import (
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

// The actions of the widgets in the page.
const (
	actionSearch = "logs.search"
	actionClear  = "logs.clear"
)

// View is the error log page.
type View struct {
	app.Compo

	Texts *i18n.Texts
	// Active is whether the shell shows this page; else it draws nothing.
	Active bool
	// Store is the log.
	Store *client.LogStore

	list   list
	loaded bool // since the page was last activated
	asking bool // whether to clear

	columns columns
}

var (
	_ app.Mounter = (*View)(nil)
	_ app.Updater = (*View)(nil)
)

// OnMount starts listening, and loads the log if the page is active at once.
func (v *View) OnMount(ctx app.Context) {
	ctx.Handle(actionSearch, v.onSearch)
	ctx.Handle(actionClear, v.onAnswer)
	v.columns = readColumns(client.NewBrowserStorage())
	v.follow()
}

// OnUpdate loads the log when the page becomes active.
func (v *View) OnUpdate(app.Context) { v.follow() }

func (v *View) follow() {
	if v.Active && !v.loaded {
		v.load()
	}
	v.loaded = v.Active
}

func (v *View) load() {
	if v.Store != nil {
		v.list.load(v.Store.Entries())
	}
}

func (v *View) onSearch(_ app.Context, action app.Action) {
	if text, ok := action.Value.(string); ok {
		v.list.search(text)
	}
}

func (v *View) onAnswer(_ app.Context, action app.Action) {
	v.asking = false
	if yes, ok := action.Value.(bool); ok && yes && v.Store != nil {
		v.Store.Clear()
		v.load()
	}
}

func (v *View) onOnlyErrors(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.list.showAll(!ctx.JSSrc().Get("checked").Bool())
}

func (v *View) onRefresh(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.load()
}

func (v *View) onClear(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.asking = true
}

func (v *View) onPrev(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.list.page--
}

func (v *View) onNext(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.list.page++
}

// Render draws the page.
func (v *View) Render() app.UI {
	if !v.Active {
		return app.Div().Hidden(true)
	}
	t, shown := v.Texts, v.list.current()
	return app.Div().Class("page", "logs").Body(
		app.Div().Class("page-head").Body(
			app.H1().TabIndex(-1).Text(t.T("logs.title")),
			app.Div().Class("page-actions").Body(
				v.columnSettings(),
				ui.Button("refresh-cw", t.T("common.refresh")).OnClick(v.onRefresh),
				ui.Button("trash-2", t.T("logs.clear")).Disabled(len(v.list.entries) == 0).OnClick(v.onClear),
			),
		),
		app.P().Class("muted", "page-intro").Text(t.T("logs.intro", "count", t.Int(client.MaxLogEntries))),
		app.Div().Class("toolbar").Body(
			&ui.Input{
				ID: "logs-search", Name: "search", Type: "search",
				Value: v.list.query, Label: t.T("logs.search"), Placeholder: t.T("logs.search"),
				Action: actionSearch,
			},
			app.Label().Class("check").Body(
				app.Input().Type("checkbox").Name("only-errors").Checked(!v.list.all).OnChange(v.onOnlyErrors),
				app.Span().Text(t.T("logs.only_errors")),
			),
			app.Span().Class("grow"),
			app.Span().Class("muted", "num").Role("status").Text(v.count(shown)),
		),
		app.Div().Class("logs-body").Body(v.body(shown)),
		&ui.Confirm{
			ID: "logs-confirm", Open: v.asking, Action: actionClear,
			Title: t.T("logs.clear.title"), Text: t.T("logs.clear.text"),
			Yes: t.T("logs.clear"), No: t.T("common.cancel"),
		},
	)
}

func (v *View) count(shown view) string {
	if shown.total == 0 {
		return ""
	}
	return v.Texts.T("logs.range", "from", v.Texts.Int(shown.from), "to", v.Texts.Int(shown.to), "total", v.Texts.Int(shown.total))
}

func (v *View) body(shown view) app.UI {
	t := v.Texts
	if shown.total == 0 {
		text := t.T("logs.empty")
		switch {
		case len(v.list.entries) == 0:
		case v.list.query == "" && !v.list.all:
			text = t.T("logs.no_errors")
		default:
			text = t.T("logs.none")
		}
		return app.P().Class("empty").Text(text)
	}
	return app.Div().Body(
		app.Div().Class("card", "scroll").TabIndex(0).Role("region").Aria("label", t.T("logs.title")).Body(
			app.Table().Class("logs-table").DataSet("list", "logs").Body(
				app.THead().Body(app.Tr().Body(v.heads()...)),
				app.TBody().Body(app.Range(shown.rows).Slice(func(i int) app.UI {
					return &row{Texts: t, Entry: shown.rows[i], Columns: v.columns}
				})),
			),
		),
		app.Nav().Class("pager").Aria("label", t.T("common.pages")).Hidden(!shown.prev && !shown.next).Body(
			ui.Button("", t.T("common.newer")).Disabled(!shown.prev).OnClick(v.onPrev),
			ui.Button("", t.T("common.older")).Disabled(!shown.next).OnClick(v.onNext),
		),
	)
}

func (v *View) heads() []app.UI {
	var heads []app.UI
	for i, id := range columnIDs() {
		if v.columns.shows(i) {
			heads = append(heads, app.Th().Scope("col").Text(v.Texts.T("logs.column."+id)))
		}
	}
	return heads
}

// row is one entry. It is drawn again only when it becomes another one.
type row struct {
	app.Compo

	Texts   *i18n.Texts
	Entry   *client.Entry
	Columns columns
}

// Render draws the row.
func (r *row) Render() app.UI {
	e := r.Entry
	status := "–"
	if e.StatusCode != 0 {
		status = strconv.Itoa(e.StatusCode)
	}
	tr := app.Tr()
	if e.IsError {
		tr = tr.Class("error")
	}
	all := []app.UI{ // in the order of columnIDs
		app.Td().Class("num", "time").Text(r.time()),
		app.Td().Class("num").Title(e.StatusText).Text(status),
		app.Td().Class("what").Body(r.what()...),
		app.Td().Class("request").Body(app.Code().Text(e.RequestMethod + " " + e.RequestURL)),
		app.Td().Class("parameters").Body(app.If(e.RequestParameters != "", func() app.UI {
			return app.Details().Body(
				app.Summary().Text(r.Texts.T("logs.show")),
				app.Pre().Text(e.RequestParameters),
			)
		})),
	}
	cells := make([]app.UI, 0, len(all))
	for i, cell := range all {
		if r.Columns.shows(i) {
			cells = append(cells, cell)
		}
	}
	return tr.Body(cells...)
}

func (r *row) time() string {
	at := r.Entry.Time()
	if at.IsZero() {
		return r.Entry.Timestamp
	}
	return r.Texts.DateTime(at.In(time.Local))
}

// what says what happened in the person's language, and below it in the words
// of the manager.
func (r *row) what() []app.UI {
	e := r.Entry
	if !e.IsError {
		return []app.UI{app.Span().Class("muted").Text(r.Texts.T("logs.success"))}
	}
	said := e.Type
	if key := "error." + e.Type; r.Texts.Has(key) {
		said = r.Texts.T("error." + e.Type)
	}
	words := e.Title
	if e.Message != "" && e.Message != e.Title {
		if words != "" {
			words += ": "
		}
		words += e.Message
	}
	return []app.UI{
		app.Strong().Text(said),
		app.If(words != "", func() app.UI { return app.Span().Text(words) }),
	}
}
