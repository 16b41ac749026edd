package terminal

import (
	"context"
	"net/url"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// Tab is a terminal that has a browser tab to itself. Its session and its name
// stand in the address.
type Tab struct {
	app.Compo

	Texts      *i18n.Texts
	Connection *page.Connection
	Role       model.Role
	Active     bool // whether the shell shows this page; else it draws nothing

	session, name string
	title         string // of the session; its id until it is known
	asked         *page.Connection
	cancel        func()
}

var (
	_ app.Mounter   = (*Tab)(nil)
	_ app.Navigator = (*Tab)(nil)
	_ app.Updater   = (*Tab)(nil)
)

// OnMount reads the address, also where the page was shown before somebody had
// signed in.
func (t *Tab) OnMount(ctx app.Context) { t.follow(ctx) }

// OnNav reads the address.
func (t *Tab) OnNav(ctx app.Context) { t.follow(ctx) }

// OnUpdate asks for the session's name when there is a client.
func (t *Tab) OnUpdate(ctx app.Context) { t.follow(ctx) }

func (t *Tab) follow(ctx app.Context) {
	if !t.Active || app.IsServer {
		return
	}
	session, name := place(ctx.Page().URL())
	if session != t.session {
		t.session, t.name, t.title, t.asked = session, name, session, nil
	}
	if t.session == "" || t.asked == t.Connection || t.Connection == nil {
		return
	}
	t.asked = t.Connection
	if t.cancel != nil {
		t.cancel()
	}
	role, id := t.Role, t.session
	t.cancel = t.Connection.OnceConnected(func(c *client.Client) {
		ui.Go(ctx, func() {
			full, err := c.Sessions().Show(context.Background(), id, role)
			if err != nil {
				return // it is in the log, and the terminal says what it finds
			}
			ctx.Dispatch(func(ctx app.Context) {
				if t.session == id {
					t.title = full.Name
					ctx.Page().SetTitle(full.Name + " · " + t.Texts.T("terminal.title"))
				}
			})
		})
	})
}

// place reads which terminal of which session an address means.
func place(address *url.URL) (session, name string) {
	query := address.Query()
	name = query.Get("name")
	if !nameRule.MatchString(name) {
		name = DefaultName
	}
	return query.Get("session"), name
}

// Render draws the terminal under the session's name.
func (t *Tab) Render() app.UI {
	if !t.Active {
		return app.Div().Hidden(true)
	}
	return app.Div().Class("page", "terminal-tab").Body(
		app.H1().TabIndex(-1).Body(app.Span().Class("unseen").Text(t.Texts.T("terminal.title")+": "), app.Text(t.title)),
		app.If(t.session != "", func() app.UI {
			return &View{Texts: t.Texts, Connection: t.Connection, Session: t.session, Name: t.name, Own: true}
		}),
	)
}
