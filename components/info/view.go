package info

import (
	"context"
	"errors"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// View is the information page.
type View struct {
	app.Compo

	Texts      *i18n.Texts
	Active     bool
	Connection *page.Connection
	Account    *model.Account
	// PageVersion and ServerVersion are those of this program and of the web
	// server it came from; "" where not known.
	PageVersion   string
	ServerVersion string
	// Manager is the address of the manager behind the web server, "" where not
	// known.
	Manager string

	page    *page.Page
	client  *client.Client // ready, in this activation
	asked   bool           // for the agents, in this activation
	known   bool           // whether the agents were ever answered
	agents  []*model.Agent
	failure *client.Error
	loading bool
	// hardware is what the agents say of themselves, by agent.
	hardware map[string]model.Hardware
	request  int // number of the last request; answers to earlier ones are dropped
}

var (
	_ app.Mounter    = (*View)(nil)
	_ app.Updater    = (*View)(nil)
	_ app.Dismounter = (*View)(nil)
)

// OnMount takes part in the activation contract.
func (v *View) OnMount(ctx app.Context) {
	v.page = page.New(page.Hooks{
		ViewStateChanged: func(bool) { v.asked = false },
		Ready: func(c *client.Client) {
			v.client, v.asked = c, false
			v.ask(ctx)
			ctx.Update()
		},
	})
	v.follow(ctx)
}

// OnUpdate follows the shell.
func (v *View) OnUpdate(ctx app.Context) { v.follow(ctx) }

// OnDismount ends all waiting.
func (v *View) OnDismount() {
	if v.page != nil {
		v.page.Close()
	}
}

func (v *View) follow(ctx app.Context) {
	if v.page == nil {
		return
	}
	v.page.SetConnection(v.Connection)
	v.page.SetActive(v.Active)
	v.ask(ctx)
}

// ask loads the agents once per activation, as soon as both the client and the
// account are there; they come one after the other.
func (v *View) ask(ctx app.Context) {
	if v.asked || !v.page.ActiveConnected() || !v.superadmin() {
		return
	}
	v.asked = true
	v.load(ctx)
}

func (v *View) superadmin() bool { return v.Account != nil && v.Account.Role.IsSuperadmin() }

// load asks for the agents, which only superadmins may see.
func (v *View) load(ctx app.Context) {
	v.request++
	v.loading = true
	number, c := v.request, v.client
	ui.Go(ctx, func() {
		agents, err := c.Agents(context.Background())
		ctx.Dispatch(func(app.Context) { v.loaded(number, agents, err) })
	})
	v.askHardware(ctx)
}

// loaded applies the answer to a request. A failure keeps the agents that are
// shown.
func (v *View) loaded(number int, agents []model.Agent, err error) {
	if number != v.request {
		return
	}
	v.loading, v.failure = false, nil
	if err != nil {
		if !errors.As(err, &v.failure) {
			v.failure = &client.Error{Title: err.Error()}
		}
		return
	}
	v.known = true
	v.agents = make([]*model.Agent, len(agents))
	for i := range agents {
		v.agents[i] = &agents[i]
	}
}

func (v *View) onRefresh(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	if v.client != nil {
		v.load(ctx)
	}
}

// Render draws the page.
func (v *View) Render() app.UI {
	if !v.Active {
		return app.Div().Hidden(true)
	}
	t := v.Texts
	return app.Div().Class("page", "info").Body(
		app.Div().Class("page-head").Body(app.H1().TabIndex(-1).Text(t.T("info.title"))),
		app.Div().Class("fact-grid").Body(
			v.facts("info.manager", v.managerFacts()),
			v.facts("info.page", v.pageFacts()),
			v.facts("info.you", v.yourFacts()),
			v.isolation(),
		),
		app.If(v.superadmin(), func() app.UI { return v.agentList() }),
	)
}

// fact is one line of a card.
type fact struct {
	name, value string
	code        bool // a name for machines: versions, addresses, keys
}

func (v *View) facts(title string, list []fact) app.UI {
	return app.Section().Class("card", "fact-card").Body(
		app.H2().Text(v.Texts.T(title)),
		app.Dl().Body(app.Range(list).Slice(func(i int) app.UI {
			value := list[i].value
			if value == "" {
				value = "–"
			}
			dd := app.Dd().Text(value)
			if list[i].code {
				dd = dd.Class("mono")
			}
			return app.Div().Body(app.Dt().Text(list[i].name), dd)
		})),
	)
}

func (v *View) managerFacts() []fact {
	t := v.Texts
	var version client.Version
	var endpoint string
	if v.client != nil {
		version, endpoint = v.client.Version(), v.Manager
		if v.client.Mode() == model.ModeAPI {
			endpoint = v.client.Endpoint()
		}
	}
	return []fact{
		{t.T("info.manager.version"), version.Manager, true},
		{t.T("info.manager.api"), version.API, true},
		{t.T("info.manager.endpoint"), endpoint, true},
	}
}

func (v *View) pageFacts() []fact {
	t := v.Texts
	mode := ""
	if v.client != nil {
		mode = t.T("info.mode.session")
		if v.client.Mode() == model.ModeAPI {
			mode = t.T("info.mode.api")
		}
	}
	return []fact{
		{t.T("info.page.version"), v.PageVersion, true},
		{t.T("info.server.version"), v.ServerVersion, true},
		{t.T("info.mode"), mode, false},
	}
}

func (v *View) yourFacts() []fact {
	t := v.Texts
	account := v.Account
	if account == nil {
		account = &model.Account{}
	}
	role := ""
	if account.Role != "" {
		role = string(account.Role)
		if t.Has("app.role." + role) {
			role = t.T("app.role." + string(account.Role))
		}
	}
	return []fact{
		{t.T("info.you.email"), account.Email, false},
		{t.T("info.you.role"), role, false},
		{t.T("info.you.domain"), account.DomainName, false},
		{t.T("info.you.access_key"), account.AccessKey, true},
	}
}

func (v *View) agentList() app.UI {
	t := v.Texts
	return app.Section().Class("agents").Body(
		app.Div().Class("page-head").Body(
			app.H2().Text(t.T("info.agents")),
			app.Div().Class("page-actions").Body(
				ui.Button("refresh-cw", t.T("common.refresh")).Disabled(v.loading).OnClick(v.onRefresh),
			),
		),
		app.Div().Class("agents-message").Body(v.message()),
		app.Div().Class("agents-body").Aria("busy", v.loading).Body(v.table()),
	)
}

// message says what went wrong, or that there is nothing to show.
func (v *View) message() app.UI {
	t := v.Texts
	switch {
	case v.failure != nil:
		key := "error." + v.failure.Kind.String()
		return ui.Notice(ui.Danger, t.T("error."+v.failure.Kind.String()), t.T(key+".do"))
	case v.known && len(v.agents) == 0:
		return app.P().Class("empty").Text(t.T("info.agents.none"))
	}
	return nil
}

func (v *View) table() app.UI {
	if len(v.agents) == 0 {
		return nil
	}
	t := v.Texts
	return app.Div().Class("card", "scroll").TabIndex(0).Role("region").Aria("label", t.T("info.agents")).Body(
		app.Table().Class("agents-table").DataSet("list", "agents").Body(
			app.THead().Body(app.Tr().Body(
				app.Th().Scope("col").Text(t.T("info.agent.id")),
				app.Th().Scope("col").Text(t.T("info.agent.status")),
				app.Th().Scope("col").Text(t.T("info.agent.resource_group")),
				app.Th().Scope("col").Text(t.T("info.agent.slots")),
				app.Th().Scope("col").Text(t.T("info.agent.version")),
			)),
			app.TBody().Body(app.Range(v.agents).Slice(func(i int) app.UI {
				return &agentRow{Texts: t, Agent: v.agents[i]}
			})),
		),
	)
}

// agentRow is one agent.
type agentRow struct {
	app.Compo

	Texts *i18n.Texts
	Agent *model.Agent
}

// Render draws the row.
func (r *agentRow) Render() app.UI {
	a, t := r.Agent, r.Texts
	list := slots(a)
	status := a.Status
	if !a.Schedulable {
		status = t.T("info.agent.not_schedulable", "status", a.Status)
	}
	return app.Tr().Body(
		app.Th().Scope("row").Class("mono").Text(a.ID),
		app.Td().Text(status),
		app.Td().Text(a.ScalingGroup),
		app.Td().Body(app.Ul().Class("slot-bars").Body(app.Range(list).Slice(func(i int) app.UI {
			return r.slot(list[i])
		}))),
		app.Td().Class("mono").Text(a.Version+" · "+a.Architecture),
	)
}

// slot draws use against capacity with the figures beside the bar.
func (r *agentRow) slot(s slot) app.UI {
	t := r.Texts
	name, unit := s.name, ""
	switch s.name {
	case "cpu":
		name, unit = t.T("info.slot.cpu"), t.T("info.unit.cores")
	case "mem":
		name, unit = t.T("info.slot.mem"), "GiB"
	}
	figures := t.Number(s.used, 2) + " / " + t.Number(s.capacity, 2)
	return app.Li().Body(
		app.Span().Class("slot-name").Text(name),
		app.Meter().Min(0).Max(1).Value(strconv.FormatFloat(s.fraction(), 'f', 3, 64)).
			Aria("label", name).Title(figures+" "+unit),
		app.Span().Class("num").Text(figures),
		app.Span().Class("muted").Text(unit),
	)
}
