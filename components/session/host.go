package session

import (
	"net/url"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// Host is the drawer, the dialogs and the undo windows of the page, which has
// one. Its exported fields are inputs of the shell.
type Host struct {
	app.Compo

	Texts      *i18n.Texts
	Connection *page.Connection // where the ready client appears
	Account    *model.Account   // who is signed in; nil before sign-in
	Project    model.Project    // chosen in the header
	Live       *live.Store

	page    *page.Page
	client  *client.Client
	detail  detail
	ending  ending
	ask     ask
	soon    *live.Soon
	address *url.URL // of the page
	panel   string
	kernel  string
	sought  string // the session whose idle checks are to be scrolled into sight
	now     time.Time
	ticking bool
	menu    bool // the further actions are unfolded
	// drawn runs f once the page is drawn again. A handler's own context cannot:
	// it ends with its element, which may be gone by then.
	drawn func(f func())
	stops []func()
}

var (
	_ app.Mounter    = (*Host)(nil)
	_ app.Dismounter = (*Host)(nil)
	_ app.Navigator  = (*Host)(nil)
	_ app.Updater    = (*Host)(nil)
)

// OnMount starts listening to commands.
func (h *Host) OnMount(ctx app.Context) {
	h.attach(ctx)
	watcher := page.Watcher{
		Visible: func(visible bool) { ctx.Dispatch(func(app.Context) { h.page.SetVisible(visible) }) },
		Online:  func() { ctx.Dispatch(func(app.Context) { h.detail.refresh() }) },
		Left: func() { // what is in an undo window is sent
			defer ui.Recover(ctx)
			h.ending.flush()
		},
	}
	h.stops = append(h.stops, watcher.Start(), h.listen(ctx))
	h.page.SetVisible(page.TabVisible())
	h.readURL(ctx)
	h.apply()
}

// attach joins the parts to the loop of the component.
func (h *Host) attach(ctx app.Context) {
	h.drawn = func(f func()) { ctx.Defer(func(app.Context) { f() }) }
	l := page.Loop{
		Dispatch: func(f func()) {
			ctx.Dispatch(func(ctx app.Context) {
				defer ui.Recover(ctx)
				f()
			})
		},
		Async: func(f func()) { ui.Go(ctx, f) },
	}
	h.now = time.Now()
	h.detail = detail{loop: l, store: h.Live, asked: func(err error) {
		h.now = time.Now()
		h.seek()
		h.failed(ctx, err)
	}}
	h.ending = ending{loop: l, store: h.Live, accepted: func([]*model.Session) { h.announce(ctx) }}
	h.ask = ask{loop: l, done: func(verb Verb, s *model.Session, name string) { h.done(ctx, verb, s, name) }}
	h.soon = live.NewSoon(live.Pace{Burst: 6, Every: 5 * time.Second}, l.Dispatch, h.detail.heard)
	h.page = page.New(page.Hooks{
		Ready: func(c *client.Client) { h.connect(c) },
		Lost:  func() { h.connect(nil) },
		Shown: func(visible bool) {
			h.detail.show(visible)
			h.tick(ctx)
		},
	})
	h.stops = append(h.stops, h.Live.Subscribe(func(c live.Change) { h.changed(ctx, c) }))
	ctx.Handle(ActionCommand, h.onCommand)
	ctx.Handle(actionTyped, h.onTyped)
}

// OnNav follows the address.
func (h *Host) OnNav(ctx app.Context) { h.readURL(ctx) }

// OnUpdate follows the inputs.
func (h *Host) OnUpdate(app.Context) { h.apply() }

// OnDismount ends everything that was started.
func (h *Host) OnDismount() {
	if h.page != nil {
		h.page.Close()
	}
	h.detail.stop()
	for _, stop := range h.stops {
		stop()
	}
	h.stops = nil
}

func (h *Host) apply() {
	if h.page == nil {
		return // prerendering, or not mounted yet
	}
	h.page.SetConnection(h.Connection)
	h.page.SetActive(h.Account != nil)
	h.ask.who, h.ending.who = h.who(), h.who()
	if h.client != nil && h.detail.role != h.who().role() {
		h.detail.connect(managerOf(h.client), h.who().role())
	}
}

// who is the person at this page.
func (h *Host) who() Who {
	who := Who{Account: h.Account}
	if h.client != nil {
		who.Mode, who.Manager = h.client.Mode(), h.client.Version()
	}
	return who
}

// connect takes over a client, or none while nobody is signed in. The drawer, an
// open dialog and what was typed in it stay.
func (h *Host) connect(c *client.Client) {
	h.client = c
	var m manager
	if c != nil {
		m = managerOf(c)
	}
	h.ask.manager, h.ending.manager = m, m
	h.ask.who, h.ending.who = h.who(), h.who()
	h.detail.connect(m, h.who().role())
}

// changed follows the event stream.
func (h *Host) changed(ctx app.Context, c live.Change) {
	if c.Kind == live.Forgotten {
		h.ask.close()
		h.detail.open("")
	}
	if h.detail.id == "" || (c.Kind != live.Reconnected && c.ID != h.detail.id) {
		return
	}
	h.detail.noticed()
	h.soon.Ask()
	ctx.Update()
}

// failed lets the shell know of a sign-in that is over.
func (h *Host) failed(ctx app.Context, err error) {
	if err != nil {
		ctx.NewActionWithValue(page.EventFailed, err)
	}
}

// announce tells lists to read again.
func (h *Host) announce(ctx app.Context) {
	ctx.NewAction(page.EventSessionListRefreshed)
	h.soon.Ask()
}

// done tells how it went, and everybody who shows sessions.
func (h *Host) done(ctx app.Context, verb Verb, s *model.Session, name string) {
	switch verb {
	case Rename:
		h.detail.renamed(idOf(s), name)
	case Commit:
		if c := h.ask.commits[idOf(s)]; c != nil && (!h.ask.opened || h.ask.target() != s) {
			if c.failed() {
				ui.ShowToast(ctx, ui.Toast{Tone: ui.Danger, Key: "session.commit.failed", Args: []any{"name", name}, Detail: c.Event.Message})
			} else {
				ui.ShowToast(ctx, ui.Toast{Tone: ui.Success, Key: "session.commit.done", Args: []any{"name", name}})
			}
		}
	}
	h.announce(ctx)
}

// readURL opens the drawer that the address names.
func (h *Host) readURL(ctx app.Context) {
	if h.page == nil {
		return
	}
	h.address = ctx.Page().URL()
	id, panel, kernel := address(h.address)
	if id != h.detail.id {
		h.menu = false
		if h.inPlace() { // the field goes with the drawer
			h.ask.close()
		}
	}
	if panel == PanelIdle && (panel != h.panel || id != h.detail.id) {
		h.sought = id
	}
	h.panel, h.kernel = panel, kernel
	h.now = time.Now()
	h.detail.open(id)
	h.seek()
	h.tick(ctx)
}

// seek scrolls the idle checks into sight once the manager's answer has them.
func (h *Host) seek() {
	if h.sought == "" || h.sought != h.detail.id || !h.detail.complete {
		return
	}
	h.sought = ""
	h.drawn(func() { ui.Reveal("session-part-idle", ui.RevealStart) })
}

// address reads what the drawer shows from an address.
func address(u *url.URL) (id, panel, kernel string) {
	if u == nil || (u.Path != Path && u.Path != "/") {
		return "", "", ""
	}
	query := u.Query()
	return query.Get(parameterSession), query.Get(parameterPanel), query.Get(parameterKernel)
}

// tick lets times run while somebody can see them.
func (h *Host) tick(ctx app.Context) {
	if h.ticking || app.IsServer || !h.page.Visible() || (h.detail.id == "" && !h.ending.busy()) {
		return
	}
	h.ticking = true
	h.now = time.Now()
	ctx.After(time.Second, func(ctx app.Context) {
		defer ui.Recover(ctx)
		h.ticking = false
		h.now = time.Now()
		h.tick(ctx)
	})
}

// goTo shows another address without a new entry in the history, for the steps
// from one session to the next.
func (h *Host) goTo(ctx app.Context, address string) {
	if next, err := url.Parse(address); err == nil {
		here := ctx.Page().URL()
		next.Scheme, next.Host = here.Scheme, here.Host
		ctx.Page().ReplaceURL(next)
		h.readURL(ctx)
	}
}
