package terminal

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/ui"
)

// Render draws the names, the tools, the state, and the place of the screen,
// whose content belongs to the emulator.
func (v *View) Render() app.UI {
	t := v.Texts
	class := "terminal"
	if v.Own {
		class += " own"
	}
	palette := make([]app.UI, colors)
	for i := range palette {
		palette[i] = app.I()
	}
	return app.Section().Class(class).Aria("label", t.T("terminal.title")).DataSet("phase", v.phaseName()).Body(
		app.Div().Class("terminal-bar").Body(v.names(), app.Span().Class("grow"), v.tools()),
		v.searchBar(),
		v.state(),
		app.Div().ID(screenID).Class("terminal-screen").Aria("describedby", "terminal-keys"),
		app.P().ID("terminal-keys").Class("terminal-keys").Text(t.T("terminal.keys")),
		app.Div().ID(colorsID).Class("terminal-colors").Aria("hidden", true).Body(palette...),
		app.Span().Class("unseen").Role("status").Body(app.If(v.announce > 0, func() app.UI { return app.Text(t.T("common.copied")) })),
		v.dialogs(),
	)
}

// phaseName says in the document how far it is, for who tests the page.
func (v *View) phaseName() string {
	switch {
	case v.loading == loadingFailed:
		return "failed"
	case v.loading == loadingBegun:
		return "loading"
	}
	return [...]string{"connecting", "open", "reconnecting", "ended", "over", "refused"}[v.shown.Phase]
}

// names are the terminals to choose from.
func (v *View) names() app.UI {
	t := v.Texts
	list := tabs(v.shown.Terminals, v.current())
	many := !v.shown.Plain
	return app.Div().Class("terminal-names").Role("group").Aria("label", t.T("terminal.names")).Body(
		app.Range(list).Slice(func(i int) app.UI {
			item := list[i]
			button := app.Button().Type("button").Class("terminal-name").DataSet("terminal", item.Name).
				Aria("pressed", item.Name == v.current()).OnClick(v.onTab, app.EventScope(item.Name)).
				Body(ui.Icon("square-terminal"), app.Span().Text(item.Name))
			if item.Viewers > 1 {
				text := t.T("terminal.viewers", "count", t.Int(item.Viewers))
				button = button.Title(text).Aria("label", item.Name+", "+text)
			}
			return button
		}),
		app.If(many, func() app.UI {
			return ui.IconButton("plus", t.T("terminal.add")).DataSet("action", "add").OnClick(v.onAdd)
		}),
		app.If(many, func() app.UI {
			return ui.IconButton("pencil", t.T("terminal.rename", "name", v.current())).DataSet("action", "rename").
				Disabled(v.shown.Phase != phaseOpen).OnClick(v.onRename)
		}),
		app.If(many, func() app.UI {
			return ui.IconButton("x", t.T("terminal.close", "name", v.current())).DataSet("action", "close").
				Disabled(v.shown.Phase != phaseOpen).OnClick(v.onClose)
		}),
	)
}

func (v *View) current() string {
	if v.name == "" {
		return DefaultName
	}
	return v.name
}

func (v *View) tools() app.UI {
	t := v.Texts
	return app.Div().Class("terminal-tools").Role("group").Aria("label", t.T("terminal.tools")).Body(
		ui.IconButton("search", t.T("terminal.search")).Aria("expanded", v.searching).Aria("keyshortcuts", "Control+Shift+F").
			DataSet("action", "search").OnClick(v.onSearch),
		ui.IconButton("a-arrow-down", t.T("terminal.smaller")).Disabled(v.settings.zoom <= minZoom).
			DataSet("action", "smaller").OnClick(v.onSmaller),
		ui.IconButton("a-arrow-up", t.T("terminal.larger")).Disabled(v.settings.zoom >= maxZoom).
			DataSet("action", "larger").OnClick(v.onLarger),
		ui.IconButton("accessibility", t.T("terminal.reader")).Aria("pressed", v.settings.reader).
			DataSet("action", "reader").OnClick(v.onReader),
		ui.IconButton("circle-question-mark", t.T("terminal.guide")).DataSet("action", "guide").OnClick(v.onGuide),
		app.If(!v.Own, func() app.UI {
			return app.A().Class("btn", "quiet", "only").Href(URL(v.Session, v.current())).Target("_blank").
				Aria("label", t.T("terminal.own")).Title(t.T("terminal.own")).DataSet("action", "own").
				Body(ui.Icon("external-link"))
		}),
	)
}

func (v *View) searchBar() app.UI {
	t := v.Texts
	if !v.searching {
		return app.Div().Class("terminal-search").Hidden(true)
	}
	count := ""
	if v.query != "" {
		count = t.T("terminal.found", "at", t.Int(v.at), "of", t.Int(v.of))
	}
	return app.Div().Class("terminal-search").Role("search").Aria("label", t.T("terminal.search")).OnKeyDown(v.onSearchKey).Body(
		&ui.Input{ID: "terminal-search", Name: "search", Type: "search", Value: v.query, Label: t.T("terminal.search"),
			Placeholder: t.T("terminal.search"), Action: actionQuery},
		ui.IconButton("arrow-up", t.T("terminal.previous")).DataSet("action", "previous").OnClick(v.onPrevious),
		ui.IconButton("arrow-down", t.T("terminal.next")).DataSet("action", "next").OnClick(v.onNext),
		app.Span().Class("muted", "num").Role("status").Text(count),
		app.Span().Class("grow"),
		ui.IconButton("x", t.T("terminal.search.close")).OnClick(v.onSearch, app.EventScope("close-search")),
	)
}

// state is the line that says what is the matter; it is there also when nothing
// is, so that a screen reader hears what comes into it.
func (v *View) state() app.UI {
	said := v.says()
	line := app.Div().Class("terminal-state", string(said.tone)).Role("status")
	if said.key == "" {
		return line.Class("nothing")
	}
	return line.Body(
		ui.Icon(said.icon),
		app.Span().Text(v.Texts.T(said.key, said.args...)),
		app.If(said.detail != "", func() app.UI { return app.Span().Class("muted").Text(said.detail) }),
		app.If(said.button != "", func() app.UI {
			button := ui.Button("refresh-cw", v.Texts.T(said.button)).DataSet("action", "again")
			if v.loading == loadingFailed {
				return button.OnClick(v.onReload, app.EventScope("reload"))
			}
			return button.OnClick(v.onAgain, app.EventScope("again"))
		}),
	)
}
