package apps

import (
	"context"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// stageText says what is being done.
func (p *Panel) stageText(o Opening) string {
	return p.Texts.T("apps.stage."+o.Stage.String(), "app", o.App)
}

// renderOpening draws the app that is on its way, or has arrived. The place is
// always there, so that what changes in it is announced.
func (p *Panel) renderOpening() app.UI {
	o := p.opening
	live := app.Div().Class("app-opening").DataSet("opening", "").Role("status")
	if o == nil {
		return live
	}
	live = live.DataSet("opening", o.Stage.String())
	switch {
	case o.Failed != nil:
		return live.Body(p.renderFailure(*o))
	case o.Stage == StageDone && o.Order.Protocol == protocolTCP:
		return live.Body(p.renderTCP(*o))
	case o.Stage == StageDone:
		return live.Body(p.renderDone(*o))
	}
	return live.Body(
		app.P().Class("app-now").Body(app.Strong().Text(p.stageText(*o))),
		app.Ol().Class("app-stages").Body(app.Range(stages()).Slice(func(i int) app.UI {
			return p.renderStage(*o, stages()[i])
		})),
		ui.Button("", p.Texts.T("common.cancel")).OnClick(p.onCancel),
	)
}

// renderStage draws one step of the way.
func (p *Panel) renderStage(o Opening, s Stage) app.UI {
	icon, class := "square", "ahead"
	switch {
	case s < o.Stage:
		icon, class = "check", "done"
	case s == o.Stage:
		icon, class = "loader", "now"
	}
	item := app.Li().Class(class).Body(ui.Icon(icon), app.Span().Text(p.Texts.T("apps.step."+s.String())))
	if s == o.Stage {
		item = item.Aria("current", "step")
	}
	return item
}

// renderFailure says why an app did not open, and what to do.
func (p *Panel) renderFailure(o Opening) app.UI {
	t := p.Texts
	text := t.T(o.failure())
	if e, ok := o.Failed.(*client.Error); ok && problemOf(o.Failed) != "" && e.Message != "" && e.Message != text {
		text += " " + e.Message
	}
	return ui.Notice(ui.Danger, t.T("apps.failed."+o.Stage.String(), "app", o.App), text,
		ui.Button("refresh-cw", t.T("apps.retry")).DataSet("action", "retry").OnClick(p.onRetry),
		p.renderClose(),
	)
}

// renderClose is the button that takes what is said of an app away.
func (p *Panel) renderClose() app.UI {
	return ui.IconButton("x", p.Texts.T("common.close")).DataSet("action", "close-opening").OnClick(p.onCancel)
}

// renderDone says that the app is in its tab, or offers a link where the browser
// did not let the page open one.
func (p *Panel) renderDone(o Opening) app.UI {
	t := p.Texts
	if o.Opened.URL == "" {
		return ui.Notice(ui.Success, t.T("apps.stage.done", "app", o.App), "", p.renderClose())
	}
	return ui.Notice(ui.Warning, t.T("apps.blocked", "app", o.App), t.T("apps.blocked.text"),
		app.A().Class("btn primary").DataSet("action", "follow").Href(o.Opened.URL).Target("_blank").Rel("noopener noreferrer").
			OnClick(p.onFollow).Text(t.T("apps.open", "app", o.App)),
		p.renderClose(),
	)
}

// onFollow notes that the link was used, which it can be once.
func (p *Panel) onFollow(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	// After the browser has followed it: the link goes away with this.
	p.ctx.After(time.Second, func(app.Context) {
		if p.opening != nil {
			p.opening.Opened.URL = ""
		}
	})
}

// tcpID is the id of what shows how to reach an app that is none for browsers.
const tcpID = "app-tcp"

// renderTCP shows how programs on the person's machine reach an app that is none
// for browsers.
func (p *Panel) renderTCP(o Opening) app.UI {
	t := p.Texts
	commands := tunnelCommands(p.able.endpoint, o.Order.Session, o.Order.App)
	if o.Opened.Gateway != "" {
		commands = gatewayCommands(o.Opened.Gateway, o.Order.App)
	}
	return app.Div().ID(tcpID).Class("app-tcp").Body(
		app.Div().Class("app-tcp-head").Body(app.H3().Text(t.T("apps.tcp.title", "app", o.App)), p.renderClose()),
		app.P().Class("hint").Text(t.T("apps.tcp.text")),
		app.Dl().Body(app.Range(commands).Slice(func(i int) app.UI {
			c := commands[i]
			return app.Div().Class("app-command").Body(
				app.Dt().Text(t.T("apps.tcp."+c.key)),
				app.Dd().Body(
					app.Code().DataSet("command", c.key).Text(c.text),
					&ui.CopyButton{Texts: t, Text: c.text, Label: t.T("apps.tcp.copy", "what", t.T("apps.tcp."+c.key))},
				),
			)
		})),
		app.If(isSSH(o.Order.App), func() app.UI {
			button := ui.Button("download", t.T("apps.tcp.key")).DataSet("action", "key").OnClick(p.onKey).Disabled(p.key.busy)
			return app.Div().Class("app-key").Body(button, app.P().Class("hint").Text(t.T("apps.tcp.key.hint")))
		}),
		app.If(p.key.failed != "", func() app.UI { return ui.Notice(ui.Danger, t.T("apps.tcp.key.failed"), t.T(p.key.failed)) }),
	)
}

// onKey downloads the private key that lies in the session's home.
func (p *Panel) onKey(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	c := p.Connection.Client()
	if c == nil || p.opening == nil || p.key.busy {
		return
	}
	p.key = keyState{busy: true}
	number, id, ctx := p.number, p.opening.Order.Session, p.ctx
	ui.Go(ctx, func() {
		file, err := c.Sessions().File(context.Background(), id, keyFile)
		ctx.Dispatch(func(ctx app.Context) {
			if number != p.number {
				return
			}
			p.key = keyState{}
			text := privateKey(file)
			switch {
			case err != nil:
				p.key.failed = "error." + client.KindOf(err).String()
				ctx.NewActionWithValue(page.EventFailed, err)
			case text == "":
				p.key.failed = "apps.tcp.key.none"
			default:
				ui.Save(keyFile, "application/x-pem-file", []byte(text))
			}
		})
	})
}
