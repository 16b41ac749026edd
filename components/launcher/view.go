package launcher

import (
	"net/url"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	seen "github.com/baiui/baiui/components/facts" // facts are what a form is checked against here
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/session"
	"github.com/baiui/baiui/components/ui"
)

// The actions by which the inputs of the form tell what was typed.
const (
	actionSet    = "launcher.set"    // a ui.Typed
	actionSearch = "launcher.search" // text in the environments' search field
	actionFind   = "launcher.find"   // text in the folders' search field
	actionPort   = "launcher.port"   // text in the ports' field
	actionFolder = "launcher.folder" // the name of a new folder
	actionRename = "launcher.rename" // a ui.Typed with the id of a launch and its name
	actionRemove = "launcher.remove" // the row of a variable to take away
	actionReset  = "launcher.reset"  // answer to whether the form is to be emptied
)

// View is the launcher on the page. Its exported fields are inputs of the shell.
type View struct {
	app.Compo

	Texts      *i18n.Texts
	Active     bool
	Connection *page.Connection
	Account    *model.Account
	Project    model.Project
	Track      Track // is told of sessions on their way

	page    *page.Page
	client  *client.Client
	started who
	form    *Launcher
	step    Step
	refused error // why the form of the URL, or of a file, was not taken
	ofFile  bool
	written written
	held    bool   // the form was filled in, or loaded, in this page
	query   string // the form as the addresses of the steps have it; empty for a long one
	keeper  keeper

	typed    map[string]string // texts of amounts as they were typed
	search   string            // in the environments
	find     string            // in the folders
	portText string
	portsIn  int  // how often ports were taken from it
	tried    bool // a launch was tried, so that everything wrong is shown
	dialog   dialog
	folder   string // name typed for a new folder
	history  History
	renaming string  // id of the launch whose name is being changed
	unnamed  History // as it was before that
	suffix   string  // see ending
	touched  map[Field]bool
	// drawn runs f once the page is drawn again. A handler's own context cannot:
	// it ends with its element, which may be gone by then.
	drawn func(f func())
	// unwatch ends the watching of the tab.
	unwatch func()
}

// who is for whom the form was started.
type who struct {
	client  *client.Client
	account string
	project string
}

// dialog is what lies over the form.
type dialog string

const (
	dialogNone     dialog = ""
	dialogNoFolder dialog = "no-folder"
	dialogReset    dialog = "reset"
	dialogFolder   dialog = "folder"
	dialogHistory  dialog = "history"
	dialogExport   dialog = "export"
)

var (
	_ app.Initializer = (*View)(nil)
	_ app.Mounter     = (*View)(nil)
	_ app.Dismounter  = (*View)(nil)
	_ app.Navigator   = (*View)(nil)
	_ app.Updater     = (*View)(nil)
)

// OnInit makes the parts that Render reads.
func (v *View) OnInit() {
	v.typed, v.touched = map[string]string{}, map[Field]bool{}
	v.form = New(page.Loop{}, Hooks{Settled: v.settled}, time.Now)
}

// OnMount joins the form to the loop of the component.
func (v *View) OnMount(ctx app.Context) {
	v.drawn = func(f func()) { ctx.Defer(func(app.Context) { f() }) }
	v.keeper = keeper{storage: ctx.LocalStorage(), tab: ctx.SessionStorage()}
	v.form = New(page.Loop{
		Dispatch: func(f func()) { ctx.Dispatch(func(app.Context) { f() }) },
		Async:    ctx.Async,
	}, Hooks{Changed: func() { v.changed(ctx) }, Settled: v.settled}, time.Now)
	v.page = page.New(page.Hooks{
		ViewStateChanged: func(bool) { v.follow() },
		Ready:            func(c *client.Client) { v.client = c; v.follow() },
		Lost:             v.stop,
	})
	v.form.SetVisible(page.TabVisible())
	v.unwatch = page.Watcher{
		Visible: func(visible bool) { ctx.Dispatch(func(app.Context) { v.form.SetVisible(visible) }) },
		Focused: func() { ctx.Dispatch(func(app.Context) { v.form.ReadFolders() }) },
		Left: func() {
			defer ui.Recover(ctx)
			if v.keeper.stop() {
				v.saveDraft()
			}
		},
	}.Start()
	ctx.Handle(actionSet, v.onSet)
	ctx.Handle(actionSearch, v.onSearch)
	ctx.Handle(actionFind, func(_ app.Context, a app.Action) { v.find, _ = a.Value.(string) })
	ctx.Handle(actionPort, v.onPort)
	ctx.Handle(actionFolder, func(_ app.Context, a app.Action) { v.folder, _ = a.Value.(string) })
	ctx.Handle(actionRename, v.onRename)
	ctx.Handle(actionRemove, v.onRemoveVariable)
	ctx.Handle(actionReset, v.onReset)
	ctx.Handle(session.ActionAgain, v.onAgain)
	v.readURL(ctx)
	v.apply()
}

// OnNav follows the URL: the step, and a form that somebody linked to.
func (v *View) OnNav(ctx app.Context) { v.readURL(ctx) }

// OnUpdate follows the inputs.
func (v *View) OnUpdate(app.Context) { v.apply() }

// OnDismount ends everything that was started.
func (v *View) OnDismount() {
	v.form.Deactivate()
	if v.page != nil {
		v.unwatch()
		v.page.Close()
	}
}

func (v *View) apply() {
	if v.page == nil {
		return // prerendering, or not mounted yet
	}
	v.page.SetConnection(v.Connection)
	v.page.SetActive(v.Active)
	v.follow()
}

// stop ends all asking; what is filled in stays.
func (v *View) stop() {
	v.client, v.started = nil, who{}
	v.form.Deactivate()
}

// follow starts the form once client, account and project are there, and again
// when another of them comes.
func (v *View) follow() {
	if !v.page.ActiveConnected() {
		v.started = who{}
		v.form.Deactivate()
		return
	}
	if v.client == nil || v.Account == nil {
		return
	}
	now := who{v.client, v.Account.AccessKey, v.Project.Name}
	if v.started == now {
		return
	}
	v.started = now
	v.history = v.keeper.history(v.Account.AccessKey)
	if !v.keeper.given {
		if draft, ok := v.keeper.draft(v.Account.AccessKey); ok {
			v.form.Load(draft)
		}
	}
	person := Who{Role: v.Account.Role, Domain: v.Account.DomainName, Project: v.Project.Name, Group: v.keeper.lastGroup(v.Account.AccessKey)}
	if len(v.history) > 0 {
		person.Image = v.history[0].Form.Image
	}
	v.form.Activate(Manager{v.client}, person, AbilitiesOf(v.Account.Role, v.client.Version()))
}

// readURL takes over what the URL says: the step, and the form, unless this page
// wrote it there itself, be it before a reload. Going back between the steps loses
// nothing that way, and going back to one that was launched finds a fresh form.
func (v *View) readURL(ctx app.Context) {
	address := ctx.Page().URL()
	if address.Path != Path {
		return
	}
	again := seenBefore()
	markSeen()
	state, err := ParseState(address.Query())
	if v.step != state.Step {
		v.step = state.Step
		v.drawn(func() { focusStep() })
	}
	text := address.Query().Get(parameterForm)
	if v.refused, v.ofFile = err, false; err != nil || text == "" {
		return
	}
	if again && v.keeper.spent(text) && !v.written.has(text) {
		v.step = StepType
		v.writeURL(ctx)
		return
	}
	defer v.keeper.pass(text)
	if v.written.has(text) || v.held && v.keeper.passed(text) {
		v.writeURL(ctx) // what stands there may be older
		return
	}
	v.written.add(text)
	v.keeper.given, v.dialog = true, dialogNone
	v.typed, v.tried = map[string]string{}, true
	v.form.Load(state.Form)
}

func (v *View) saveDraft() {
	if v.Account != nil {
		v.keeper.saveDraft(v.Account.AccessKey, v.form.Encoded())
	}
}

// changed keeps the form in the URL and in the browser, a moment after the last
// change.
func (v *View) changed(ctx app.Context) {
	v.held = true
	v.keeper.later(func() {
		ctx.Dispatch(func(ctx app.Context) {
			v.saveDraft()
			if v.Active {
				v.writeURL(ctx)
			}
		})
	})
}

// writeURL puts the form into the address where the launcher is shown.
func (v *View) writeURL(ctx app.Context) {
	address := ctx.Page().URL()
	if address.Path != Path {
		return
	}
	next, err := address.Parse(spellURL(v.step, v.query, address.Query()))
	if err != nil || next.RawQuery == address.RawQuery {
		return
	}
	ctx.Page().ReplaceURL(next)
	markSeen()
	if v.query != "" {
		v.keeper.pass(v.form.Encoded())
	}
}

// settled notes what the form is now: the links to the steps lead to it. One that
// is too long for an address is in the draft alone.
func (v *View) settled(l *Launcher) {
	v.query = ""
	if l.Form().length() > maxSpelled {
		return
	}
	encoded := l.Encoded()
	v.written.add(encoded)
	if query := spellForm(encoded); len(query) <= maxSpelled {
		v.query = query
	}
}

// link is the address of a step.
func (v *View) link(step Step) string { return spellURL(step, v.query, inProject(v.Project.Name)) }

// inProject are the parameters of an address in a project.
func inProject(name string) url.Values {
	if name == "" {
		return nil
	}
	return url.Values{"project": {name}}
}

// trouble draws why a part is not there, with a button that asks again.
func (v *View) trouble(part Part) app.UI {
	err := v.form.Failure(part)
	if err == nil {
		return nil
	}
	t := v.Texts
	return ui.Notice(ui.Danger, t.T("launcher.failed."+string(part)), seen.FailureText(t, err),
		ui.Button("refresh-cw", t.T("app.retry")).OnClick(v.onRetry, app.EventScope("retry", string(part))))
}

func (v *View) onRetry(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.form.Retry()
}
