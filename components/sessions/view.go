package sessions

import (
	"net/url"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/page"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// The actions by which the two fields of the toolbar tell what was typed.
const (
	actionFilter    = "sessions.filter"
	actionAccessKey = "sessions.access_key"
)

// typingPause is how long nothing must be typed before the manager is asked.
const typingPause = 250 * time.Millisecond

// View is the session list on the page. Its exported fields are inputs of the
// shell; it never changes them itself. Account and Project should be set no
// later than the Connection becomes ready, so that one request is enough.
type View struct {
	app.Compo

	Texts      *i18n.Texts
	Active     bool             // the shell shows this page
	Connection *page.Connection // where the ready client appears
	Account    *model.Account   // who is signed in; nil before sign-in
	Project    model.Project    // chosen in the header
	Live       *live.Store      // what the page knows of sessions; one for the whole page
	Start      string           // where a session is started; empty for nowhere

	ctx    app.Context // of this component: that of a button may be gone before an answer comes
	page   *page.Page
	list   *List
	client *client.Client // ready and belonging to this activation
	asked  asked          // for whom the list was started
	shown  string         // the account whose rows are shown
	ticker ticker
	stops  []func()
	typing [2]*time.Timer // in the filter, in the access key
	scroll scroll
	choice *choice // of columns
	room   room
	dialog string // which dialog is open: dialogColumns, dialogHelp
	job    *job   // what takes longer and shows its progress
	copied string // id whose copy button says that it worked
	open   string // id whose reason is unfolded
	shift  bool   // the last click was made with the shift key

	// What stands in the two fields, as typed.
	typedFilter, typedAccessKey string
}

// asked is what a list was started with.
type asked struct {
	client *client.Client
	role   model.Role
}

var (
	_ app.Mounter    = (*View)(nil)
	_ app.Dismounter = (*View)(nil)
	_ app.Navigator  = (*View)(nil)
	_ app.Updater    = (*View)(nil)
)

// OnInit makes the parts that Render reads.
func (v *View) OnInit() {
	v.list = NewList(page.Loop{}, Hooks{})
	v.scroll.to = -1
}

// OnMount starts the list with what the URL says.
func (v *View) OnMount(ctx app.Context) {
	v.stops = append(v.stops, v.followEvents(ctx))
	v.attach(ctx)
	watcher := page.Watcher{
		Visible: func(visible bool) { ctx.Dispatch(func(app.Context) { v.page.SetVisible(visible) }) },
		Online:  func() { ctx.Dispatch(func(app.Context) { v.list.refreshJobData(false, true) }) },
	}
	v.stops = append(v.stops, watcher.Start(), v.listenKeys(ctx), v.followScroll(ctx), v.listenGrip(ctx))
	v.page.SetVisible(page.TabVisible())
	v.readURL(ctx)
	v.apply(ctx)
	v.redraw(ctx)
}

// attach joins list and page to the loop of the component.
func (v *View) attach(ctx app.Context) {
	v.ctx = ctx
	v.list = NewList(page.Loop{
		Dispatch: func(f func()) { ctx.Dispatch(func(app.Context) { f() }) },
		Async:    ctx.Async,
	}, Hooks{
		Refreshed:    func() { ctx.NewAction(page.EventResourceRefreshed) },
		QueryChanged: func(q Query) { v.replaceURL(ctx, q) },
		Expected:     func(s *model.Session) bool { return v.Live != nil && v.Live.Expects(s) },
		Changing:     func() { v.redraw(ctx) },
		Loaded: func(sessions []*model.Session) {
			if v.Live != nil {
				v.Live.Remember(sessions)
			}
			v.askRoom(false) // after the rows, which are what one waits for
		},
		Moved:  v.onMoved,
		Failed: func(err error) { ctx.NewActionWithValue(page.EventFailed, err) },
	})
	v.page = page.New(page.Hooks{
		ViewStateChanged: v.viewStateChanged,
		Ready: func(c *client.Client) {
			v.client = c
			v.activate(ctx)
		},
		Lost: v.stop,
		Shown: func(visible bool) {
			v.list.SetVisible(visible)
			v.tick()
		},
	})
	ctx.Handle(actionFilter, v.onFilter)
	ctx.Handle(actionAccessKey, v.onAccessKey)
	ctx.Handle(ActionDo, v.onDo)
	ctx.Handle(page.EventSessionListRefreshed, func(app.Context, app.Action) { v.list.refreshJobData(true, false) })
}

// OnNav follows the URL: tab, page, filter, order and access key are there.
func (v *View) OnNav(ctx app.Context) { v.readURL(ctx) }

// OnUpdate follows the inputs.
func (v *View) OnUpdate(ctx app.Context) { v.apply(ctx) }

// OnDismount ends everything that was started.
func (v *View) OnDismount() {
	if v.page != nil {
		v.page.Close()
	}
	v.list.Deactivate()
	v.ticker.Stop()
	for _, timer := range append(v.typing[:], v.scroll.settle) {
		if timer != nil {
			timer.Stop()
		}
	}
	for _, stop := range v.stops {
		stop()
	}
	v.stops = nil
}

// apply hands the inputs on.
func (v *View) apply(ctx app.Context) {
	if v.page == nil {
		return // prerendering, or not mounted yet
	}
	who := ""
	if v.Account != nil {
		who = v.Account.Email + " " + v.Account.AccessKey
	}
	if v.shown != who {
		v.shown = who
		v.list.Forget()
		v.room = room{}
	}
	v.list.SetProject(v.Project.ID)
	v.page.SetConnection(v.Connection)
	if v.Active && !v.page.Active() {
		v.scroll.to = v.list.query.offset() // the list is drawn anew
		v.redraw(ctx)
	}
	v.page.SetActive(v.Active)
	v.activate(ctx)
	v.tick()
}

// viewStateChanged is called once for each real change of the active state.
func (v *View) viewStateChanged(active bool) {
	if !active {
		v.stop()
	}
	v.tick()
}

// stop ends all asking; the rows stay.
func (v *View) stop() {
	v.client, v.asked = nil, asked{}
	v.list.Deactivate()
}

// activate starts the list once both the client and the account are there, and
// again when another account comes.
func (v *View) activate(ctx app.Context) {
	if v.client == nil || v.Account == nil || v.asked == (asked{v.client, v.Account.Role}) {
		return
	}
	v.asked = asked{v.client, v.Account.Role}
	if err := ctx.LocalStorage().Get(keyRoom, &v.room.open); err != nil {
		app.Log(err)
	}
	v.choice = readChoice(ctx.LocalStorage(), keyColumns(v.client.Mode(), v.Account.Role))
	v.list.asker.Mode, v.list.asker.Role, v.list.asker.Manager = v.client.Mode(), v.Account.Role, v.client.Version()
	v.list.SetUnseen(v.layout().unseen(windowWidth()))
	v.list.Activate(Asker{
		Source: v.client.Sessions(), Manager: v.client.Version(), Mode: v.client.Mode(), Role: v.Account.Role,
	})
	v.tick()
}

// tick lets the running times run while somebody can see them.
func (v *View) tick() {
	if v.page != nil && v.page.ActiveConnected() && v.page.Visible() {
		v.ticker.Start()
	} else {
		v.ticker.Stop()
	}
}

// readURL takes over what the URL says.
func (v *View) readURL(ctx app.Context) {
	address := ctx.Page().URL()
	if address.Path != Path && address.Path != "/" {
		return
	}
	before := v.list.query
	v.list.SetQuery(ParseQuery(address.Query()))
	if now := v.list.query; now.matching() != before.matching() || now.offset() != before.offset() {
		v.scroll.to = now.offset()
		v.redraw(ctx)
	}
}

// goTo shows another query and remembers it in the history.
func (v *View) goTo(ctx app.Context, q Query) { ctx.Navigate(q.URL()) }

// replaceURL shows another query without a new entry in the history.
func (v *View) replaceURL(ctx app.Context, q Query) {
	if !v.Active {
		return // typed just before the person went elsewhere
	}
	if before := v.list.query; before.matching() != q.matching() || before.offset() != q.offset() {
		v.scroll.to = q.offset()
	}
	v.list.SetQuery(q)
	v.writeURL(ctx, q)
}

// writeURL puts a query into the address without a new entry in the history.
func (v *View) writeURL(ctx app.Context, q Query) {
	if address, err := url.Parse(q.URL()); err == nil {
		address.Scheme, address.Host = ctx.Page().URL().Scheme, ctx.Page().URL().Host
		ctx.Page().ReplaceURL(address)
	}
}

func (v *View) onFilter(ctx app.Context, a app.Action) {
	v.typedFilter = v.afterTyping(ctx, a, &v.typing[0], Query.WithFilter)
}

func (v *View) onAccessKey(ctx app.Context, a app.Action) {
	v.typedAccessKey = v.afterTyping(ctx, a, &v.typing[1], Query.WithAccessKey)
}

// afterTyping asks for what was typed in a field once the person pauses there.
func (v *View) afterTyping(ctx app.Context, a app.Action, pause **time.Timer, with func(Query, string) Query) string {
	text, _ := a.Value.(string)
	if *pause != nil {
		(*pause).Stop()
	}
	*pause = time.AfterFunc(typingPause, func() {
		ctx.Dispatch(func(ctx app.Context) { v.replaceURL(ctx, with(v.list.query, text)) })
	})
	return text
}
