package app

import (
	"strings"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/info"
	"github.com/baiui/baiui/components/launcher"
	"github.com/baiui/baiui/components/logs"
	"github.com/baiui/baiui/components/palette"
	"github.com/baiui/baiui/components/session"
	"github.com/baiui/baiui/components/sessions"
	"github.com/baiui/baiui/components/terminal"
	"github.com/baiui/baiui/components/ui"
)

// Render draws the page as a whole. It is cheap, because every event anywhere
// below runs it: it only sets the fields of the parts, and those whose fields
// did not change are skipped.
func (s *Shell) Render() goapp.UI {
	t := s.texts
	root := goapp.Div().Class("app")
	if s.signedOut() {
		root = root.Class("signed-out")
	}
	return root.Body(
		goapp.A().Class("skip").Href("#main").Text(t.T("app.skip")).OnClick(s.onSkip),
		&ui.Toasts{Texts: t},
		&signinDialog{
			Texts: t, Info: s.info,
			Open:    s.signin.phase == phaseExpired && !s.signin.hidden,
			Wanted:  s.signin.phase == phaseExpired,
			Sending: s.signin.sending, Failure: s.signin.failure,
			Account: s.signin.account,
		},
		goapp.If(s.signedOut(), func() goapp.UI {
			return &signinPage{
				Texts: t, Theme: s.theme, Info: s.info, Next: s.next(),
				Sending: s.signin.sending, Failure: s.signin.failure, Offline: s.offline,
			}
		}).Else(s.frame),
	)
}

// next is where the form posted without the program comes back to. The query is
// added by web/static/js/boot.js: documents are rendered without one.
func (s *Shell) next() string {
	if s.Path == "" {
		return PathHome
	}
	return s.Path
}

// frame is header, menu, messages, and the active place.
func (s *Shell) frame() goapp.UI {
	t, account := s.texts, s.signin.account
	var role model.Role
	if account != nil {
		role = account.Role
	}
	content := goapp.Main().ID("main").Class("content").TabIndex(-1).OnClick(s.onContent).Body(
		s.banners(),
		s.places(role),
	)
	if p, _ := placeOf(s.Path); p.alone {
		return goapp.Div().Class("frame", "alone").Body(content)
	}
	return goapp.Div().Class("frame").Body(
		&header{Texts: t, Account: account, Project: s.project, Theme: s.theme, MenuOpen: s.menuOpen, Live: s.live, Connection: s.connection},
		&menu{Texts: t, Role: role, Path: s.Path, Open: s.menuOpen},
		content,
		&palette.View{
			Texts: t, Places: s.reachable(role), OnList: s.Path == PathSessions || s.Path == PathHome,
			Connection: s.connection, Account: account, Project: s.project,
		},
		&session.Host{Texts: t, Connection: s.connection, Account: account, Project: s.project, Live: s.live},
	)
}

// reachable are the places that the palette offers.
func (s *Shell) reachable(role model.Role) []palette.Place {
	var list []palette.Place
	for _, p := range places() {
		if p.allowed(role) && !p.alone {
			list = append(list, palette.Place{Path: p.path, Text: s.texts.T(p.key), Icon: p.icon})
		}
	}
	return list
}

// places draws the active place. Every place is always there, so that it keeps
// its state while another one is shown; only the active one draws anything.
func (s *Shell) places(role model.Role) goapp.UI {
	t, account := s.texts, s.signin.account
	current, known := placeOf(s.Path)
	allowed := known && (account == nil || current.allowed(role))
	active := func(path string) bool { return allowed && current.path == path }
	var serverVersion, manager string
	if s.info != nil {
		serverVersion, manager = s.info.Version, s.info.Manager
	}
	return goapp.Div().Class("places").Body(
		&sessions.View{
			Texts: t, Active: active(PathSessions), Connection: s.connection,
			Account: account, Project: s.project, Live: s.live, Start: PathLaunch,
		},
		&launcher.View{
			Texts: t, Active: active(PathLaunch), Connection: s.connection,
			Account: account, Project: s.project, Track: s.live,
		},
		&logs.View{Texts: t, Active: active(PathLogs), Store: s.watch.store},
		&info.View{
			Texts: t, Active: active(PathInformation), Connection: s.connection,
			Account: account, PageVersion: goapp.Getenv(envVersion), ServerVersion: serverVersion, Manager: manager,
		},
		&terminal.Tab{Texts: t, Active: active(PathTerminal), Connection: s.connection, Role: role},
		goapp.If(!known, func() goapp.UI { return nowhere(t, "app.missing", "app.missing.do") }).
			ElseIf(!allowed, func() goapp.UI { return nowhere(t, "app.forbidden", "app.forbidden.do") }),
	)
}

// nowhere says that there is nothing to see at this address.
func nowhere(t *i18n.Texts, title, text string) goapp.UI {
	return goapp.Div().Class("page", "nowhere").Body(
		goapp.H1().TabIndex(-1).Text(t.T(title)),
		goapp.P().Text(t.T(text)),
		goapp.A().Class("btn", "primary").Href(PathSessions).Text(t.T("app.to_sessions")),
	)
}

// banners are the messages that hold for the page as a whole.
func (s *Shell) banners() goapp.UI {
	t := s.texts
	return goapp.Div().Class("banners").Body(
		goapp.If(s.offline, func() goapp.UI {
			return ui.Notice(ui.Warning, t.T("app.offline"), t.T("app.offline.do"))
		}),
		goapp.If(s.signin.phase == phaseUnreachable && !s.offline, func() goapp.UI {
			trouble := s.signin.trouble
			text := facts.ClockText(t, trouble) + " " + t.T("app.retrying.at", "time", t.Clock(s.signin.retryAt.Local()))
			return ui.Notice(ui.Danger, t.T("error."+client.KindOf(trouble).String()), strings.TrimSpace(text),
				ui.Button("refresh-cw", t.T("app.retry")).OnClick(post(actionRetry, nil), goapp.EventScope("retry")))
		}),
		goapp.If(s.signin.phase == phaseExpired && s.signin.hidden, func() goapp.UI {
			return ui.Notice(ui.Warning, t.T("login.failure.expired"), t.T("login.failure.expired.do"),
				ui.Button("", t.T("login.submit")).OnClick(post(actionDialog, true), goapp.EventScope("signin")))
		}),
		goapp.If(s.updated, func() goapp.UI {
			return ui.Notice(ui.Info, t.T("app.updated"), "",
				ui.Button("refresh-cw", t.T("app.reload")).OnClick(post(actionReload, nil), goapp.EventScope("reload")))
		}),
	)
}

// post is a handler that posts an action. Handlers made by it look the same to
// go-app, so each needs an EventScope of its own.
func post(action string, value any) goapp.EventHandler {
	return func(ctx goapp.Context, _ goapp.Event) {
		defer ui.Recover(ctx)
		ctx.NewActionWithValue(action, value)
	}
}

// onSkip moves the focus; the URL stays.
func (s *Shell) onSkip(ctx goapp.Context, e goapp.Event) {
	defer ui.Recover(ctx)
	e.PreventDefault()
	e.Call("stopPropagation")
	if main := goapp.Window().GetElementByID("main"); main.Truthy() {
		main.Call("focus")
	}
}

// onContent closes the menu on narrow screens: the page lies under it.
func (s *Shell) onContent(ctx goapp.Context, _ goapp.Event) {
	if !s.menuOpen {
		ctx.PreventUpdate()
		return
	}
	s.menuOpen = false
}
