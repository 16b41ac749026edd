package sessions

import (
	"net/url"
	"strings"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

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
