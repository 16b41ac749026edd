package notices

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/session"
	"github.com/baiui/baiui/components/ui"
)

// entry is one notification in the list.
type entry struct {
	app.Compo

	Texts *i18n.Texts
	Item  *Item
	When  string // of its last change
}

// Render draws what happened, why, how far it is, and what can be done.
func (e *entry) Render() app.UI {
	t, item := e.Texts, e.Item
	class := []string{"notices-item", string(item.Tone)}
	if !item.Read {
		class = append(class, "unread")
	}
	icon := item.Tone.Icon()
	if item.Busy {
		icon = "loader"
		class = append(class, "busy")
	}
	why := detail(t, item.Notice)
	return app.Li().Class(class...).DataSet("notice", item.Key).DataSet("text", item.Text).Body(
		ui.Icon(icon),
		app.Div().Class("notices-text").Body(
			e.heading(),
			app.If(why != "", func() app.UI { return app.Span().Class("muted").Text(why) }),
			app.If(item.Busy && item.Total > 0, e.progress),
		),
		app.Div().Class("notices-side").Body(
			app.Elem("time").Class("muted").Attr("datetime", item.At.Format("2006-01-02T15:04:05Z07:00")).
				Title(t.DateTime(item.At.Local())).Text(e.When),
			app.If(!item.Busy, func() app.UI {
				return ui.IconButton("x", t.T("notices.remove", "title", title(t, item.Notice))).
					OnClick(e.onRemove, app.EventScope("remove", item.Key))
			}),
		),
		e.controls(),
	)
}

// heading is the sentence, which leads to what it is about.
func (e *entry) heading() app.UI {
	t, item := e.Texts, e.Item
	if item.Session == "" {
		return app.Strong().Text(title(t, item.Notice))
	}
	return app.A().Class("notices-title").Href(session.Link(nil, item.Session, "")).
		Text(title(t, item.Notice)).OnClick(e.onLink, app.EventScope("title", item.Key))
}

func (e *entry) progress() app.UI {
	t, item := e.Texts, e.Item
	return app.Div().Class("notices-progress").Body(
		app.Progress().Max(item.Total).Value(item.Current).Aria("label", title(t, item.Notice)),
		app.Span().Class("muted").Aria("hidden", true).Text(percent(item.Current, item.Total)),
	)
}

// controls are what can be done about it.
func (e *entry) controls() app.UI {
	t, item := e.Texts, e.Item
	var controls []app.UI
	if item.Session != "" && item.Usable {
		name, _ := argument(item.Args, "name").(string)
		for _, c := range []struct{ icon, key, panel string }{
			{"layout-grid", "notices.apps", session.PanelApps},
			{"square-terminal", "notices.terminal", session.PanelTerminal},
			{"scroll-text", "notices.logs", session.PanelLogs},
		} {
			controls = append(controls, app.A().Class("btn", "quiet").Href(session.Link(nil, item.Session, c.panel)).
				Aria("label", t.T(c.key)+": "+name).
				OnClick(e.onLink, app.EventScope(c.panel, item.Key)).
				Body(ui.Icon(c.icon), app.Span().Text(t.T(c.key))))
		}
		controls = append(controls, ui.Button("circle-stop", t.T("notices.terminate")).Class("quiet").
			Aria("label", t.T("notices.terminate")+": "+name).
			DataSet("action", "terminate").OnClick(e.onTerminate, app.EventScope("terminate", item.Key)))
	}
	if item.Href != "" && item.LinkText != "" {
		controls = append(controls, app.A().Class("btn", "quiet").Href(item.Href).Text(t.T(item.LinkText)).
			OnClick(e.onLink, app.EventScope("link", item.Key)))
	}
	if item.Busy && item.Stop != "" {
		controls = append(controls, ui.Button("x", t.T("common.cancel")).Class("quiet").
			DataSet("action", "stop").OnClick(e.onStop, app.EventScope("stop", item.Key)))
	}
	return app.If(len(controls) > 0, func() app.UI { return app.Div().Class("notices-controls").Body(controls...) })
}

func (e *entry) onLink(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	closePanel(panelID)
}

func (e *entry) onTerminate(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	ctx.NewActionWithValue(actionTerminate, e.Item.Key)
	closePanel(panelID)
}

func (e *entry) onStop(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	ctx.NewActionWithValue(e.Item.Stop, e.Item.Key)
}

func (e *entry) onRemove(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	ctx.NewActionWithValue(ActionRemove, e.Item.Key)
	focusHead()
}

// actionTerminate carries the key of a notification from its button to the bell,
// which knows the session.
const actionTerminate = "notices.terminate"

// terminate asks for the end of the session of a notification.
func (b *Bell) terminate(ctx app.Context, key string) {
	item := b.center.Find(key)
	if item == nil || item.Session == "" {
		return
	}
	target, ok := b.Live.Known(item.Session)
	if !ok {
		name, _ := argument(item.Args, "name").(string)
		target = &model.Session{ID: item.Session, Name: name, Status: model.StatusRunning, AccessKey: b.Account.AccessKey}
	}
	ctx.NewActionWithValue(session.ActionCommand, session.Command{Verb: session.Terminate, Targets: []*model.Session{target}})
}
