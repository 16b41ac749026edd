package app

import (
	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

const menuID = "menu"

// keyCompact is where the browser keeps that the menu is narrow: "1", or "".
const keyCompact = "baiui.compact"

// place is an entry of the menu.
type place struct {
	path string
	key  string // of its name
	icon string
	// admins is whether only administrators have it.
	admins bool
	// alone is a place that has a browser tab to itself: it is not in the menu, and
	// is shown without one.
	alone bool
}

// places lists the menu from top to bottom.
func places() []place {
	return []place{
		{path: PathSessions, key: "nav.sessions", icon: "list"},
		{path: PathLaunch, key: "nav.launcher", icon: "play"},
		{path: PathLogs, key: "nav.logs", icon: "scroll-text"},
		{path: PathInformation, key: "nav.information", icon: "info", admins: true},
		{path: PathTerminal, key: "terminal.title", icon: "square-terminal", alone: true},
	}
}

// placeOf finds the place at a path. "/" is that of the sessions.
func placeOf(path string) (place, bool) {
	if path == PathHome {
		path = PathSessions
	}
	for _, p := range places() {
		if p.path == path {
			return p, true
		}
	}
	return place{}, false
}

// allowed reports whether a role may open the place.
func (p place) allowed(role model.Role) bool { return !p.admins || role.IsAdmin() }

// menu is the navigation at the side, or over the page on narrow screens.
type menu struct {
	goapp.Compo

	Texts *i18n.Texts
	Role  model.Role // "" until known
	Path  string
	Open  bool // on narrow screens
}

// Render draws the entries that the role may open.
func (m *menu) Render() goapp.UI {
	t := m.Texts
	current, _ := placeOf(m.Path)
	var shown []place
	for _, p := range places() {
		if p.allowed(m.Role) && !p.alone {
			shown = append(shown, p)
		}
	}
	nav := goapp.Nav().ID(menuID).Class("side").Aria("label", t.T("nav.main"))
	if m.Open {
		nav = nav.Class("open")
	}
	return nav.OnKeyDown(m.onKey).Body(
		goapp.Ul().Body(goapp.Range(shown).Slice(func(i int) goapp.UI {
			p := shown[i]
			link := goapp.A().Class("menu-link").Href(p.path).Title(t.T(p.key)).
				Body(ui.Icon(p.icon), goapp.Span().Text(t.T(p.key)))
			if p == current {
				link = link.Aria("current", "page")
			}
			return goapp.Li().Body(link)
		})),
		goapp.Button().Type("button").Class("btn", "quiet", "compact-button").
			Aria("keyshortcuts", "[").Title(t.T("nav.compact")).
			OnClick(m.onCompact).
			Body(ui.Icon("panel-left"), goapp.Span().Text(t.T("nav.compact"))),
	)
}

func (m *menu) onKey(ctx goapp.Context, e goapp.Event) {
	defer ui.Recover(ctx)
	if m.Open && e.Get("key").String() == "Escape" {
		ctx.NewActionWithValue(actionMenu, false)
	}
}

func (m *menu) onCompact(ctx goapp.Context, _ goapp.Event) {
	defer ui.Recover(ctx)
	toggleCompact()
}

// toggleCompact makes the menu narrow or wide. The choice stands on the root
// element, where web/static/js/early.js puts it at the next start before anything
// is drawn.
func toggleCompact() {
	compact := root().Call("toggleAttribute", "data-compact").Truthy()
	value := ""
	if compact {
		value = "1"
	}
	if err := client.NewBrowserStorage().Set(keyCompact, value); err != nil {
		goapp.Log(err) // it is forgotten at the next start, no more
	}
}
