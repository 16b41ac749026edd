package apps

import (
	"context"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// Panel shows the apps of one session and opens them.
type Panel struct {
	app.Compo

	Texts      *i18n.Texts
	Connection *page.Connection
	Session    *model.Session
	// Project is the id of the session's project, "" where it is not known.
	Project string
	// Mine says that the session is the person's own: managers let nobody else in.
	Mine bool

	// ctx is the panel's own: that of a click ends with the button that was clicked.
	ctx     app.Context
	shown   string // what the state below belongs to
	able    abilities
	opening *Opening
	tab     *tab
	number  int    // of the last opening; what comes of earlier ones is dropped
	asking  string // the app whose choices are open
	public  bool
	ports   model.ServicePorts // read where the session came without
	key     keyState
}

// abilities are what the web server and the resource group offer.
type abilities struct {
	public   bool   // an app can be opened to everybody
	hostPort bool   // an App Proxy takes a port to prefer
	endpoint string // of the manager, for programs
}

// keyState is how far the download of the key is.
type keyState struct {
	busy   bool
	failed string // the key of the text that says why
}

var (
	_ app.Mounter = (*Panel)(nil)
	_ app.Updater = (*Panel)(nil)
)

// OnMount asks what is on offer.
func (p *Panel) OnMount(ctx app.Context) {
	p.ctx = ctx
	p.follow(ctx)
}

// OnUpdate starts anew for another session.
func (p *Panel) OnUpdate(ctx app.Context) { p.follow(ctx) }

// OnDismount leaves nothing half open behind.
func (p *Panel) OnDismount() {
	p.number++
	if p.opening != nil && p.opening.Stage != StageDone {
		p.tab.close()
	}
}

// id is the id of the session, "" without one.
func (p *Panel) id() string {
	switch {
	case p.Session == nil:
		return ""
	case p.Session.ID != "":
		return p.Session.ID
	}
	return p.Session.SessionID
}

// running reports whether the session has apps to open.
func (p *Panel) running() bool {
	return p.Session != nil && p.Session.Status.Phase() == model.PhaseRunning
}

// state names the session and whether its apps can be opened: with another one
// the panel starts anew.
func (p *Panel) state() string {
	return p.id() + " " + strconv.FormatBool(p.running() && p.Mine)
}

// servicePorts are those of the session.
func (p *Panel) servicePorts() model.ServicePorts {
	if p.Session != nil && len(p.Session.ServicePorts) > 0 {
		return p.Session.ServicePorts
	}
	return p.ports
}

func (p *Panel) follow(ctx app.Context) {
	defer ui.Recover(ctx)
	if p.shown == p.state() {
		return
	}
	p.OnDismount()
	p.shown, p.opening, p.tab, p.asking, p.ports, p.key = p.state(), nil, nil, "", nil, keyState{}
	if p.running() && p.Mine && p.Connection != nil {
		p.ask(ctx)
	}
}

// ask asks the web server and the manager what is on offer.
func (p *Panel) ask(ctx app.Context) {
	c := p.Connection.Client()
	if c == nil {
		return
	}
	state, id, group, project, origin := p.shown, p.id(), p.Session.ScalingGroup, p.Project, originOf(ctx)
	unknown := len(p.Session.ServicePorts) == 0
	ui.Go(ctx, func() {
		able := askAbilities(context.Background(), c, origin, group, project)
		var ports model.ServicePorts
		if unknown {
			list, err := c.Sessions().Apps(context.Background(), id)
			if err != nil {
				ctx.NewActionWithValue(page.EventFailed, err)
			}
			for _, a := range list {
				ports = append(ports, model.ServicePort{Name: a.Name, Protocol: a.Protocol, ContainerPorts: a.Ports})
			}
		}
		ctx.Dispatch(func(app.Context) {
			if p.shown == state {
				p.able, p.ports = able, ports
			}
		})
	})
}

// askAbilities asks what is on offer; what cannot be found out is not offered.
func askAbilities(ctx context.Context, c *client.Client, origin, group, project string) abilities {
	var able abilities
	if web, err := client.New(client.Config{Mode: model.ModeSession, Endpoint: origin}); err == nil {
		var info struct {
			Manager    string `json:"manager"`
			PublicApps bool   `json:"public_apps"`
		}
		if web.Do(ctx, client.Request{Path: "/server/info"}, &info) == nil {
			able.public, able.endpoint = info.PublicApps, info.Manager
		}
	}
	if c.Mode() == model.ModeAPI {
		able.endpoint = c.Endpoint()
	}
	if group != "" {
		version, err := c.ProxyVersion(ctx, group, project)
		able.hostPort = err == nil && version == client.ProxyV2
	}
	return able
}

// originOf is the origin of the web server that the page came from.
func originOf(ctx app.Context) string {
	address := ctx.Page().URL()
	return address.Scheme + "://" + address.Host
}

// onTile is a click on an app: it opens, or shows what there is to choose.
func (p *Panel) onTile(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	name := ctx.JSSrc().Get("dataset").Get("app").String()
	e, ok := find(arrange(p.Texts, p.servicePorts()), name)
	switch {
	case !ok:
	case e.asks() && p.asking != name:
		p.asking = name
		ctx.Defer(focus("app-choice-0"))
		ctx.Defer(func(app.Context) { ui.Reveal(choicesID, ui.RevealNearest) }) // with its button
	default:
		p.asking = ""
		p.open(ctx, e, client.AppOrder{})
	}
}

// onChosen is the form of an app's choices sent.
func (p *Panel) onChosen(ctx app.Context, event app.Event) {
	defer ui.Recover(ctx)
	event.PreventDefault()
	e, ok := find(arrange(p.Texts, p.servicePorts()), p.asking)
	if !ok {
		return
	}
	order := client.AppOrder{Arguments: map[string]string{}, Envs: map[string]string{}}
	for i, c := range append(append([]choice(nil), e.arguments...), e.envs...) {
		value := fieldValue("app-choice-" + strconv.Itoa(i))
		switch {
		case value == "":
		case i < len(e.arguments):
			order.Arguments[c.name] = value
		default:
			order.Envs[c.name] = value
		}
	}
	p.asking = ""
	p.open(ctx, e, order)
}

// open starts an opening.
func (p *Panel) open(ctx app.Context, e entry, order client.AppOrder) {
	c := p.Connection.Client()
	if c == nil || !p.running() {
		return
	}
	order.Session, order.App, order.Protocol = p.id(), e.name, e.port.Protocol
	order.Group, order.Project, order.Path, order.Lang = p.Session.ScalingGroup, p.Project, e.path, p.Texts.Lang()
	if p.public && p.able.offersPublic() {
		order.Public, order.Allowed = true, fieldValue("apps-allowed")
	}
	if p.able.hostPort {
		order.HostPort = hostPort(fieldValue("apps-port"))
	}
	p.OnDismount() // an opening that was under way makes room
	p.opening = &Opening{App: e.title, Order: order, number: p.number}
	p.tab, p.key = nil, keyState{}
	if !e.tcp() {
		p.tab = openTab(p.Texts.T("apps.stage.find", "app", e.title))
	}
	p.advance(c)
}

// offersPublic reports whether an app can be opened to everybody: App Proxies
// decide that by themselves.
func (a abilities) offersPublic() bool { return a.public || a.hostPort }

// hostPort is a port to prefer, 0 for none that can be.
func hostPort(text string) int {
	port, err := strconv.Atoi(text)
	if err != nil || port < 1025 || port > 65534 {
		return 0
	}
	return port
}

// advance does the stages that are left, one after the other.
func (p *Panel) advance(c *client.Client) {
	ctx := p.ctx
	now, origin := *p.opening, originOf(ctx)
	ui.Go(ctx, func() {
		opener, err := client.NewAppOpener(origin, client.Config{})
		if err != nil {
			return // the origin of a page is one
		}
		if now.Stage == StageFind && now.changesStart() {
			// Arguments count only for the call that starts the program. Whether it ran
			// does not matter here; if it cannot be ended, the next stage will tell.
			_ = c.Sessions().ShutdownService(context.Background(), now.Order.Session, now.Order.App)
		}
		next := now.step(context.Background(), opener, c.SignOrder)
		ctx.Dispatch(func(ctx app.Context) { p.advanced(ctx, c, next) })
	})
}

// changesStart reports whether the program has to be started anew.
func (o Opening) changesStart() bool { return len(o.Order.Arguments)+len(o.Order.Envs) > 0 }

// advanced applies what has come of a stage.
func (p *Panel) advanced(ctx app.Context, c *client.Client, next Opening) {
	if next.number != p.number || p.opening == nil {
		return // another app was clicked, or another session
	}
	p.opening = &next
	switch {
	case next.Failed != nil:
		p.tab.close()
		p.tab = nil
		ctx.NewActionWithValue(page.EventFailed, next.Failed)
	case next.Stage != StageDone:
		p.tab.say(p.stageText(next))
		p.advance(c)
	case next.Order.Protocol == protocolTCP:
		ctx.Defer(func(app.Context) { ui.Reveal(tcpID, ui.RevealNearest) })
	case next.Opened.URL != "" && p.tab.lead(next.Opened.URL):
		p.opening.Opened.URL = "" // it was good once
	}
}

// onRetry goes on where it failed.
func (p *Panel) onRetry(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	c := p.Connection.Client()
	if c == nil || p.opening == nil || p.opening.Failed == nil {
		return
	}
	p.number++
	again := p.opening.again()
	again.number = p.number
	p.opening = &again
	if again.Order.Protocol != protocolTCP {
		p.tab = openTab(p.stageText(again))
	}
	p.advance(c)
}

// onCancel gives an opening up.
func (p *Panel) onCancel(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	p.OnDismount()
	p.opening, p.tab = nil, nil
}

func (p *Panel) onPublic(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	p.public = ctx.JSSrc().Get("checked").Bool()
}

// fieldValue is what stands in a field; "" if it is not there.
func fieldValue(id string) string {
	if app.IsServer {
		return ""
	}
	field := app.Window().GetElementByID(id)
	if !field.Truthy() {
		return ""
	}
	return field.Get("value").String()
}

// focus moves the focus to an element.
func focus(id string) func(app.Context) {
	return func(app.Context) {
		if element := app.Window().GetElementByID(id); element.Truthy() {
			element.Call("focus")
		}
	}
}
