package notices

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// Bell is the button in the header, and the list that it opens. Its exported
// fields are inputs of the shell.
type Bell struct {
	app.Compo

	Texts      *i18n.Texts
	Live       *live.Store
	Connection *page.Connection
	Account    *model.Account // nil until known

	center  Center
	feed    feed
	tasks   tasks
	page    *page.Page
	client  *client.Client
	keeping *live.Soon
	of      string // the account whose notifications these are
	opened  bool
	said    string // to screen readers, while the list is open
	wanted  bool   // on the desktop
	stops   []func()
}

var (
	_ app.Mounter    = (*Bell)(nil)
	_ app.Dismounter = (*Bell)(nil)
	_ app.Updater    = (*Bell)(nil)
)

// panelID is the id of the list.
const panelID = "notices"

// keyKept is where the browser tab keeps the list.
const keyKept = "baiui.notices"

// kept is the list of one account.
type kept struct {
	Of   string `json:"of"`
	List string `json:"list"`
}

// OnMount starts listening.
func (b *Bell) OnMount(ctx app.Context) {
	dispatch := func(f func()) { ctx.Dispatch(func(app.Context) { f() }) }
	b.keeping = live.NewSoon(live.Pace{Burst: 30, Every: 3 * time.Second}, dispatch, func() { b.keep(ctx) })
	b.tasks = tasks{dispatch: dispatch, async: func(f func()) { ui.Go(ctx, f) }, told: func(key string, e client.TaskEvent) { b.taskStep(ctx, key, e) }}
	b.page = page.New(page.Hooks{
		Ready: func(c *client.Client) { b.ready(ctx, c) },
		Lost:  b.lost,
	})
	b.page.SetActive(true)
	ctx.Handle(ActionAdd, func(ctx app.Context, a app.Action) {
		if n, ok := a.Value.(Notice); ok {
			b.add(ctx, n)
		}
	})
	ctx.Handle(ActionTogether, func(_ app.Context, a app.Action) {
		names, _ := a.Value.([]string)
		b.feed.expect(names, time.Now())
	})
	ctx.Handle(ActionRemove, func(ctx app.Context, a app.Action) {
		if key, ok := a.Value.(string); ok {
			b.remove(ctx, key)
		}
	})
	ctx.Handle(actionTerminate, func(ctx app.Context, a app.Action) {
		if key, ok := a.Value.(string); ok {
			b.terminate(ctx, key)
		}
	})
	watcher := page.Watcher{Left: func() {
		defer ui.Recover(ctx)
		b.keeping.Flush()
	}}
	b.stops = append(b.stops, watcher.Start(), b.Live.Subscribe(func(c live.Change) {
		ctx.Dispatch(func(ctx app.Context) { b.changed(ctx, c) })
	}), listenKey("]", func() {
		ctx.Dispatch(func(app.Context) { togglePanel(panelID) })
	}))
	b.startDesktop(ctx)
	b.OnUpdate(ctx)
}

// OnUpdate follows the inputs.
func (b *Bell) OnUpdate(ctx app.Context) {
	if b.page == nil {
		return // prerendering
	}
	b.take(ctx)
	b.page.SetConnection(b.Connection)
}

// OnDismount ends everything that was started.
func (b *Bell) OnDismount() {
	for _, stop := range b.stops {
		stop()
	}
	b.stops = nil
	if b.page != nil {
		b.page.Close()
		b.keeping.Stop()
	}
	b.tasks.stop()
}

// take takes over the notifications of the account that is signed in.
func (b *Bell) take(ctx app.Context) {
	if b.Account == nil || b.of == b.Account.UUID {
		return
	}
	b.of = b.Account.UUID
	b.center.Forget()
	b.feed = feed{}
	var before kept
	if err := ctx.SessionStorage().Get(keyKept, &before); err == nil && before.Of == b.of {
		b.center.Load(before.List)
		b.feed.restore(b.center.Items(), time.Now())
	}
}

// keep writes the list for the page after a reload.
func (b *Bell) keep(ctx app.Context) {
	if b.of == "" {
		return
	}
	if err := ctx.SessionStorage().Set(keyKept, kept{Of: b.of, List: b.center.Save()}); err != nil {
		app.Log(err) // the storage is full, or forbidden
	}
}

// ready goes on where things stood: tasks are followed, and of sessions that
// were on their way it is asked what became of them.
func (b *Bell) ready(ctx app.Context, c *client.Client) {
	b.client = c
	ctx.NewActionWithValue(ActionDesktop, b.wanted)
	for _, item := range b.center.Items() {
		b.follow(item)
	}
	b.catchUp(ctx)
}

func (b *Bell) lost() {
	b.client = nil
	b.tasks.stop()
}

// atOnce is how many sessions are asked after at most.
const atOnce = 10

// catchUp asks what became of the sessions whose notification says that they are
// on their way, after a time in which nothing was heard.
func (b *Bell) catchUp(ctx app.Context) {
	open, c := b.feed.open(), b.client
	if c == nil || b.Account == nil || len(open) == 0 {
		return
	}
	role := b.Account.Role
	ui.Go(ctx, func() {
		for _, id := range open[:min(len(open), atOnce)] {
			s, err := c.Sessions().Show(ctx, id, role)
			if err != nil {
				continue // it is in the log; the next event tells
			}
			ctx.Dispatch(func(ctx app.Context) { b.apply(ctx, b.feed.learned(&s.Session, time.Now())) })
		}
	})
}

// changed follows what becomes of sessions.
func (b *Bell) changed(ctx app.Context, c live.Change) {
	switch c.Kind {
	case live.Stepped:
		if b.mine(c) {
			b.apply(ctx, b.feed.step(c, time.Now()))
		}
	case live.Reconnected:
		b.catchUp(ctx)
	case live.Forgotten:
		b.of = ""
		b.center.Forget()
		b.feed = feed{}
		b.tasks.stop()
		ctx.SessionStorage().Del(keyKept)
	}
}

// mine reports whether an event is about a session of the person's own. Admins
// hear of others, too.
func (b *Bell) mine(c live.Change) bool {
	if b.Account == nil {
		return false
	}
	if known, ok := b.Live.Known(c.ID); ok && known.UserEmail != "" {
		return known.UserEmail == b.Account.Email
	}
	return c.Event.AccessKey == b.Account.AccessKey
}

func (b *Bell) apply(ctx app.Context, o outcome) {
	for _, key := range o.remove {
		b.remove(ctx, key)
	}
	for _, n := range o.add {
		b.add(ctx, n)
	}
}

// add shows a notification in the list, and beyond it if it matters.
func (b *Bell) add(ctx app.Context, n Notice) {
	item, news := b.center.Add(n, time.Now(), !b.opened)
	if news {
		ui.HideToasts(ctx, toastsFrom+"/"+item.Key) // it is no longer so
	}
	b.follow(item)
	b.keeping.Ask()
	if !news || !item.loud() {
		return
	}
	if b.opened {
		b.said = title(b.Texts, item.Notice) // it is seen where it stands
	} else {
		ui.ShowToast(ctx, toast(b.Texts, item.Notice))
	}
	b.tellDesktop(ctx, item)
}

func (b *Bell) remove(ctx app.Context, key string) {
	ui.HideToasts(ctx, toastsFrom+"/"+key)
	b.center.Remove(key)
	b.tasks.end(key)
	b.keeping.Ask()
}
