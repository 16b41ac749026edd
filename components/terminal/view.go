package terminal

import (
	"net/url"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// Path is the page that shows a terminal in a browser tab of its own.
const Path = "/terminal"

// URL is the address of a terminal in a browser tab of its own; name may be "".
func URL(session, name string) string {
	query := url.Values{"session": {session}}
	if name != "" && name != DefaultName {
		query.Set("name", name)
	}
	return Path + "?" + query.Encode()
}

// View shows the terminals of a session, one at a time.
type View struct {
	app.Compo

	Texts      *i18n.Texts
	Connection *page.Connection
	// Session is the session's id.
	Session string
	// Name is the terminal to begin with; "" for the default one.
	Name string
	// Own says that the view fills a browser tab of its own.
	Own bool

	name     string // the terminal to show
	screen   *screen
	link     *link
	shown    status
	loading  loading
	settings settings
	cancel   func() // of waiting for a connection

	connection *page.Connection // the one that is used
	session    string           // the one that is shown

	searching bool
	query     string
	at, of    int

	guide    bool // shown
	naming   bool // the dialog for a new name
	newName  string
	closing  bool
	pasting  string // waits to be confirmed
	announce int    // counts what was copied
}

// loading is how far the emulator is.
type loading int

const (
	loadingBegun loading = iota
	loadingDone
	loadingFailed
)

var (
	_ app.Mounter    = (*View)(nil)
	_ app.Updater    = (*View)(nil)
	_ app.Dismounter = (*View)(nil)
)

// The actions of the widgets in the view.
const (
	actionQuery = "terminal.query"
	actionName  = "terminal.name"
	actionClose = "terminal.close"
	actionPaste = "terminal.paste"
)

// OnMount loads the emulator and connects as soon as there is a client.
func (v *View) OnMount(ctx app.Context) {
	ctx.Handle(actionQuery, v.onQuery)
	ctx.Handle(actionName, v.onNewName)
	ctx.Handle(actionClose, v.onCloseAnswer)
	ctx.Handle(actionPaste, v.onPasteAnswer)
	v.settings = readSettings(client.NewBrowserStorage())
	v.follow(ctx)
}

// OnUpdate follows what the parent says: another session, another sign-in.
func (v *View) OnUpdate(ctx app.Context) { v.follow(ctx) }

// OnDismount ends the connection; the terminal goes on without it.
func (v *View) OnDismount() { v.stop() }

func (v *View) stop() {
	if v.cancel != nil {
		v.cancel()
		v.cancel = nil
	}
	if v.link != nil {
		v.link.leave()
		v.screen.close()
		v.link, v.screen = nil, nil
	}
}

// follow connects anew if the session or the sign-in is another one.
func (v *View) follow(ctx app.Context) {
	if app.IsServer || v.Connection == nil || (v.connection == v.Connection && v.session == v.Session) {
		return
	}
	if v.session != v.Session {
		v.name, v.shown = v.Name, status{}
		v.searching, v.query = false, ""
	}
	if v.name == "" {
		v.name = DefaultName
	}
	v.stop()
	v.connection, v.session = v.Connection, v.Session
	v.shown.Phase = phaseConnecting
	v.cancel = v.Connection.OnceConnected(func(c *client.Client) {
		ctx.Dispatch(func(ctx app.Context) {
			defer ui.Recover(ctx)
			v.connect(ctx, c)
		})
	})
}

// connect makes screen and link.
func (v *View) connect(ctx app.Context, c *client.Client) {
	if v.link != nil {
		return
	}
	var l *link
	update := func(do func(ctx app.Context)) {
		ctx.Dispatch(func(ctx app.Context) {
			if v.link == l {
				do(ctx)
			}
		})
	}
	s := newScreen(address(ctx.Page().URL(), v.session, c.Mode()), events{
		Ready: func() {
			update(func(app.Context) { v.loading = loadingDone })
			l.start(v.name)
			v.screen.focus()
		},
		Failed:   func() { update(func(app.Context) { v.loading = loadingFailed }) },
		Opened:   func() { l.opened() },
		Received: func(kind byte, length int, text string) bool { return l.received(kind, length, text) },
		Closed:   func(code int, reason string) { l.closed(code, reason) },
		Drawn:    func(n int) { l.drawnBytes(n) },
		Typed:    func(text string) { l.typed(text) },
		Fits:     func(fit size) { l.place(fit) },
		Tick:     func() { l.tick() },
		Online: func() {
			l.hurry()
			update(func(app.Context) { v.reload() })
		},
		Offline: func() { l.cut() },
		Search:  func() { update(func(ctx app.Context) { v.search(ctx, true) }) },
		Leave:   func() { v.screen.focusOut() },
		Paste:   func(text string) { update(func(app.Context) { v.pasting = text }) },
		Found:   func(at, of int) { update(func(app.Context) { v.at, v.of = at, of }) },
		Copied:  func(ok bool) { update(func(ctx app.Context) { v.copied(ctx, ok) }) },
	})
	l = newLink(watched{s, func() { update(func(ctx app.Context) { v.refresh(ctx) }) }}, v.name, randomName(), time.Now)
	if c.Mode() == model.ModeAPI {
		session := v.session
		l.grant = func() (*client.TerminalGrant, error) { return c.TerminalGrant(session) }
	}
	v.link, v.screen = l, s
	ctx.Defer(func(app.Context) { s.open(v.look()) })
}

// watched is a screen of which somebody else wants to know the changes.
type watched struct {
	*screen
	changed func()
}

// Changed implements [browser].
func (w watched) Changed() { w.changed() }

// address is where the websocket of a session's terminals is.
func address(here *url.URL, session string, mode model.ConnectionMode) string {
	scheme := "ws"
	if here.Scheme == "https" {
		scheme = "wss"
	}
	query := url.Values{"session": {session}}
	if mode == model.ModeAPI {
		query.Set("mode", string(mode))
	}
	return scheme + "://" + here.Host + client.TerminalPath + "?" + query.Encode() + "&"
}

func (v *View) look() look {
	return look{Zoom: v.settings.zoom, Reader: v.settings.reader, Label: v.Texts.T("terminal.input")}
}

// refresh takes over what the link says.
func (v *View) refresh(ctx app.Context) {
	before := v.shown
	v.shown = v.link.status()
	if v.shown.Name != "" && v.shown.Name != v.name {
		v.name = v.shown.Name
		v.keepAddress(ctx)
	}
	if v.shown.Phase != phaseOpen || before.Phase == phaseOpen {
		return
	}
	v.guide = v.guide || (v.shown.Tmux || v.shown.Plain) && v.settings.guide
	ctx.Defer(func(app.Context) {
		if v.screen != nil {
			v.screen.focusUnlessElsewhere()
		}
	})
}

// keepAddress names the terminal in the address of its own tab.
func (v *View) keepAddress(ctx app.Context) {
	if !v.Own {
		return
	}
	if address, err := url.Parse(URL(v.session, v.name)); err == nil {
		ctx.Page().ReplaceURL(address)
	}
}

// choose shows another terminal.
func (v *View) choose(ctx app.Context, name string) {
	if v.link == nil || name == v.name {
		return
	}
	v.name = name
	v.keepAddress(ctx)
	v.link.start(name)
	v.screen.focus()
}

func (v *View) copied(ctx app.Context, ok bool) {
	if !ok {
		ui.ShowToast(ctx, ui.Toast{Tone: ui.Danger, Key: "common.copy_failed"})
		return
	}
	v.announce++
	ctx.After(2*time.Second, func(app.Context) { v.announce-- })
}

// search opens or closes the search.
func (v *View) search(ctx app.Context, open bool) {
	v.searching = open
	if v.screen == nil {
		return
	}
	if !open {
		v.query, v.at, v.of = "", 0, 0
		v.screen.findNothing()
		v.screen.focus()
		return
	}
	ctx.Defer(func(app.Context) { focusFirst("#terminal-search") })
}
