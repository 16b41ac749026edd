package app

import (
	"context"
	"time"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/login"
	"github.com/baiui/baiui/components/notices"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// Shell is the root component of every route. go-app keeps one instance over
// all navigations; only Path changes.
type Shell struct {
	goapp.Compo

	// Path is the route's path; "" where no route has the path of the URL.
	Path string
	// Initial is what the document was prerendered with.
	Initial Variant

	texts      *i18n.Texts
	theme      string
	signin     signin
	connection *page.Connection
	live       *live.Store  // what is known of sessions, for all parts of the page
	stream     *live.Stream // feeds it; nil before the program runs in a browser
	connector  connector
	watch      *watch
	project    model.Project
	info       *login.Info

	shownPath string // the path of the last navigation
	menuOpen  bool
	offline   bool
	updated   bool
}

var (
	_ goapp.Initializer = (*Shell)(nil)
	_ goapp.Mounter     = (*Shell)(nil)
	_ goapp.Navigator   = (*Shell)(nil)
	_ goapp.AppUpdater  = (*Shell)(nil)
)

// updateEvery is how often a page that stays open looks for a new version.
const updateEvery = 30 * time.Minute

// OnInit makes the state that the first rendering shows: exactly what the
// document was prerendered with.
func (s *Shell) OnInit() {
	initial := s.Initial.normal()
	s.texts = i18n.Load(initial.Lang)
	s.theme = initial.Theme
	s.connection = new(page.Connection)
	s.live = new(live.Store)
	s.watch = &watch{store: client.NewLogStore(client.NewBrowserStorage())}
	s.connector = connector{log: s.watch}
	s.shownPath = s.Path
	switch {
	case initial.SignedIn:
		s.signin.phase = phaseStarting
	case initial.SigninError != "":
		s.signin.failure = &login.Failure{Reason: login.Reason(initial.SigninError), Args: []any{"minutes", blockedMinutes}}
	}
}

// blockedMinutes is for how long the server takes no further attempts after too
// many wrong ones.
const blockedMinutes = 20

// OnMount starts the program: it listens, and connects if it can.
func (s *Shell) OnMount(ctx goapp.Context) {
	defer ui.Recover(ctx)
	s.connector.origin = origin(ctx)
	s.watch.expired = func(code string) { ctx.Dispatch(func(ctx goapp.Context) { s.expire(code) }) }
	s.connector.changed = func(before, now client.Version) {
		ctx.Dispatch(func(ctx goapp.Context) { s.managerChanged(ctx, before, now) })
	}
	s.live.Subscribe(func(c live.Change) {
		// Another tab may have listened: this one's client did not see the stream end.
		if c.Kind == live.Reconnected && s.signin.client != nil {
			s.signin.client.Recheck()
		}
	})
	for action, handle := range map[string]goapp.ActionHandler{
		login.ActionSignIn: s.onSignIn,
		actionLanguage:     s.onLanguage,
		actionTheme:        s.onTheme,
		actionProject:      s.onProject,
		actionMenu:         s.onMenu,
		actionSignOut:      s.onSignOut,
		actionRetry:        s.onRetry,
		actionReload:       s.onReload,
		actionDialog:       s.onDialog,

		notices.ActionDesktop: s.onDesktop,
	} {
		ctx.Handle(action, handle)
	}
	s.listen(ctx)
	s.stream = s.newStream(ctx)
	s.askInfo(ctx)
	s.start(ctx)
	s.lookForUpdate(ctx)
}

// origin is the scheme and host this page came from.
func origin(ctx goapp.Context) string {
	address := ctx.Page().URL()
	return address.Scheme + "://" + address.Host
}

// listen follows what the browser tells the window.
func (s *Shell) listen(ctx goapp.Context) {
	page.Watcher{
		Visible: func(visible bool) { ctx.Dispatch(func(goapp.Context) { s.stream.SetVisible(visible) }) },
		Left: func() {
			defer ui.Recover(ctx)
			s.stream.SetLeft(true)
			s.watch.flush()
		},
		Back: func() { ctx.Dispatch(func(goapp.Context) { s.stream.SetLeft(false) }) },
	}.Start()
	window := goapp.Window()
	on := func(event string, handle func(goapp.Context, goapp.Value)) {
		window.Call("addEventListener", event, goapp.FuncOf(func(_ goapp.Value, args []goapp.Value) any {
			ctx.Dispatch(func(ctx goapp.Context) {
				defer ui.Recover(ctx)
				handle(ctx, args[0])
			})
			return nil
		}))
	}
	on("offline", func(goapp.Context, goapp.Value) {
		s.offline = true
		s.stream.SetOnline(false)
	})
	on("online", func(ctx goapp.Context, _ goapp.Value) {
		s.offline = false
		s.stream.SetOnline(true)
		if s.signin.phase == phaseUnreachable {
			s.start(ctx)
		}
	})
	on("storage", func(ctx goapp.Context, event goapp.Value) { s.onStorage(ctx, event.Get("key").String()) })
	on("keydown", func(_ goapp.Context, event goapp.Value) {
		if event.Get("key").String() == "[" && !typing(event) {
			toggleCompact()
		}
	})
	if online := window.Get("navigator").Get("onLine"); !online.IsUndefined() {
		s.offline = !online.Truthy()
	}
}

// typing reports whether a key press is text for an input, or a shortcut of the
// browser.
func typing(event goapp.Value) bool {
	if event.Get("ctrlKey").Truthy() || event.Get("metaKey").Truthy() || event.Get("altKey").Truthy() {
		return true
	}
	target := event.Get("target")
	return target.Get("closest").Truthy() && target.Call("closest", "input, textarea, select, [contenteditable]").Truthy()
}

// askInfo asks the server once what it offers; without an answer the form offers
// everything, and an attempt will tell.
func (s *Shell) askInfo(ctx goapp.Context) {
	if s.info != nil {
		return
	}
	ui.Go(ctx, func() {
		info, err := s.connector.info(context.Background())
		if err != nil {
			return // it is in the log
		}
		ctx.Dispatch(func(goapp.Context) { s.info = info })
	})
}

func (s *Shell) lookForUpdate(ctx goapp.Context) {
	if goapp.IsServer {
		return
	}
	ctx.After(updateEvery, func(ctx goapp.Context) {
		goapp.TryUpdate()
		s.lookForUpdate(ctx)
	})
}

// OnAppUpdate offers the reload that shows a new version.
func (s *Shell) OnAppUpdate(goapp.Context) { s.updated = true }

// OnNav follows the URL: title, project, and after the first time the focus,
// which screen readers would otherwise lose with the page that went away.
func (s *Shell) OnNav(ctx goapp.Context) {
	s.setTitle(ctx)
	if s.signin.account != nil {
		s.project = s.currentProject(ctx)
	}
	if s.shownPath == s.Path {
		return
	}
	s.shownPath = s.Path
	s.menuOpen = false
	ctx.Defer(focusHeading)
}

func focusHeading(goapp.Context) {
	heading := goapp.Window().Get("document").Call("querySelector", "main h1")
	if heading.Truthy() {
		heading.Call("focus")
	}
}

func (s *Shell) setTitle(ctx goapp.Context) {
	ctx.Page().SetTitle(title(s.texts, s.Path, s.signedOut()))
}

// title is the document's title for a path.
func title(t *i18n.Texts, path string, signedOut bool) string {
	name := t.T("app.missing")
	if p, ok := placeOf(path); ok {
		name = t.T(p.key)
	}
	if signedOut {
		name = t.T("login.title")
	}
	return name + " · " + t.T("app.name")
}

func (s *Shell) signedOut() bool { return s.signin.phase == phaseSignedOut }

// currentProject is the project that the URL or the memory names.
func (s *Shell) currentProject(ctx goapp.Context) model.Project {
	var last string
	if err := ctx.LocalStorage().Get(projectKey(s.signin.client.Endpoint()), &last); err != nil {
		goapp.Log(err)
	}
	return chooseProject(s.signin.account, ctx.Page().URL().Query().Get(parameterProject), last)
}

func (s *Shell) onProject(ctx goapp.Context, action goapp.Action) {
	name, ok := action.Value.(string)
	if !ok || s.signin.account == nil || name == s.project.Name {
		return
	}
	if err := ctx.LocalStorage().Set(projectKey(s.signin.client.Endpoint()), name); err != nil {
		goapp.Log(err)
	}
	// Named in the URL one comes from, too, the project is the same again when
	// one goes back; the memory would say the new one.
	here := ctx.Page().URL()
	ctx.Page().ReplaceURL(naming(here, s.project.Name))
	ctx.NavigateTo(withProject(here, name))
}

func (s *Shell) onLanguage(ctx goapp.Context, action goapp.Action) {
	lang, ok := action.Value.(string)
	if !ok || !i18n.Known(lang) || lang == s.texts.Lang() {
		return
	}
	s.texts = i18n.Load(lang)
	ctx.Page().SetLang(lang)
	setCookie(cookieLang, lang)
	s.setTitle(ctx)
}

func (s *Shell) onTheme(_ goapp.Context, action goapp.Action) {
	if theme, ok := action.Value.(string); ok {
		s.theme = theme
		applyTheme(theme)
	}
}

// onMenu opens or closes the menu on narrow screens, and moves the focus into it
// or back to its button.
func (s *Shell) onMenu(ctx goapp.Context, action goapp.Action) {
	open, ok := action.Value.(bool)
	if !ok || open == s.menuOpen {
		return
	}
	s.menuOpen = open
	target := ".menu-button"
	if open {
		target = "#" + menuID + " a"
	}
	ctx.Defer(func(goapp.Context) {
		if element := goapp.Window().Get("document").Call("querySelector", target); element.Truthy() {
			element.Call("focus")
		}
	})
}

func (s *Shell) onRetry(ctx goapp.Context, _ goapp.Action) {
	if s.signin.phase == phaseUnreachable {
		s.start(ctx)
	}
}

func (s *Shell) onReload(ctx goapp.Context, _ goapp.Action) { ctx.Reload() }

func (s *Shell) onDialog(_ goapp.Context, action goapp.Action) {
	open, ok := action.Value.(bool)
	s.signin.hidden = ok && !open
}
