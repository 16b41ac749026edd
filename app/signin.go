package app

import (
	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/login"
	"github.com/baiui/baiui/components/ui"
)

// signinPage is the sign-in form in place of the frame.
type signinPage struct {
	goapp.Compo

	Texts   *i18n.Texts
	Theme   string
	Info    *login.Info
	Next    string
	Sending bool
	Failure *login.Failure
	Offline bool
}

// Render draws the form on a card, and the preferences under it.
func (p *signinPage) Render() goapp.UI {
	t := p.Texts
	return goapp.Div().Class("signin").Body(
		goapp.Main().ID("main").Class("signin-main").TabIndex(-1).Body(
			brand(t, ""),
			goapp.Div().Class("card", "signin-card").Body(
				goapp.H1().ID("signin-title").TabIndex(-1).Text(t.T("login.title")),
				&login.Form{Texts: t, Next: p.Next, Info: p.Info, Sending: p.Sending, Failure: p.Failure},
			),
			goapp.P().Class("signin-offline").Role("status").Body(
				goapp.If(p.Offline, func() goapp.UI { return goapp.Text(t.T("app.offline")) }),
			),
		),
		goapp.Footer().Class("signin-foot").Body(
			&preferences{Texts: t, Theme: p.Theme},
		),
	)
}

// signinDialog is the sign-in form over a page whose sign-in has ended.
type signinDialog struct {
	goapp.Compo

	Texts   *i18n.Texts
	Info    *login.Info
	Wanted  bool // a sign-in is needed
	Open    bool
	Sending bool
	Failure *login.Failure
	Account *model.Account
}

// Render draws the closed dialog, and the form in it only while it is needed:
// there must be one sign-in form in a document.
func (d *signinDialog) Render() goapp.UI {
	t := d.Texts
	username := ""
	if d.Account != nil {
		username = d.Account.Email
	}
	return goapp.Dialog().ID("signin-dialog").Class("dialog").Aria("labelledby", "signin-title").
		On("cancel", d.onClose).
		Body(goapp.If(d.Wanted, func() goapp.UI {
			return goapp.Div().Class("dialog-body").Body(
				goapp.Div().Class("page-head").Body(
					goapp.H2().ID("signin-title").Text(t.T("login.again")),
					ui.IconButton("x", t.T("common.close")).OnClick(d.onClose),
				),
				&login.Form{Texts: t, Info: d.Info, Sending: d.Sending, Failure: d.Failure, Username: username},
			)
		}))
}

// OnUpdate opens or closes the dialog.
func (d *signinDialog) OnUpdate(ctx goapp.Context) {
	open := d.Open
	ctx.Defer(func(ctx goapp.Context) { ui.ShowModal(ctx.JSSrc(), open) })
}

func (d *signinDialog) onClose(ctx goapp.Context, e goapp.Event) {
	defer ui.Recover(ctx)
	ctx.NewActionWithValue(actionDialog, false)
}
