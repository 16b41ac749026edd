package app

import (
	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/notices"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

const accountMenuID = "account-menu"

// header is the bar at the top: product, project, preferences, account.
type header struct {
	goapp.Compo

	Texts    *i18n.Texts
	Account  *model.Account // nil until known
	Project  model.Project
	Theme    string
	MenuOpen bool // on narrow screens

	Live       *live.Store
	Connection *page.Connection
}

// Render draws the bar. Until the account is known everything has its place and
// size already.
func (h *header) Render() goapp.UI {
	t := h.Texts
	return goapp.Header().Class("top").Body(
		ui.IconButton("menu", t.T("nav.menu")).Class("menu-button").
			Aria("expanded", h.MenuOpen).Aria("controls", menuID).
			OnClick(h.onMenu),
		brand(t, PathSessions),
		h.projects(),
		goapp.Span().Class("grow"),
		&notices.Bell{Texts: t, Live: h.Live, Connection: h.Connection, Account: h.Account},
		&preferences{Texts: t, Theme: h.Theme},
		h.account(),
	)
}

// brand is the product's mark and name, as a link where there is a place to go.
func brand(t *i18n.Texts, href string) goapp.UI {
	name := goapp.Span().Text(t.T("app.name"))
	if href == "" {
		return goapp.Div().Class("brand").Body(logo(), name)
	}
	return goapp.A().Class("brand").Href(href).Body(logo(), name)
}

// logo draws the mark: a lower-case b whose bowl is a node.
func logo() goapp.UI {
	const namespace = "http://www.w3.org/2000/svg"
	shape := func(tag string, attributes ...string) goapp.UI {
		element := goapp.Elem(tag).XMLNS(namespace)
		for i := 0; i+1 < len(attributes); i += 2 {
			element = element.Attr(attributes[i], attributes[i+1])
		}
		return element
	}
	return goapp.Elem("svg").XMLNS(namespace).Class("logo").
		Attr("viewBox", "0 0 24 24").Aria("hidden", true).Attr("focusable", "false").
		Body(
			shape("rect", "width", "24", "height", "24", "rx", "6"),
			shape("path", "d", "M8 5v13.5"),
			shape("circle", "cx", "12.25", "cy", "14.25", "r", "4.25"),
		)
}

func (h *header) projects() goapp.UI {
	t := h.Texts
	var names []string
	if h.Account != nil {
		for _, project := range h.Account.Projects {
			names = append(names, project.Name)
		}
	}
	label := "–"
	if h.Account == nil {
		label = "…"
	}
	return goapp.Div().Class("project").Body(
		goapp.Label().For("project").Text(t.T("app.project")),
		goapp.Select().ID("project").Name("project").Class("select").
			Disabled(len(names) == 0).
			OnChange(h.onProject).
			Body(
				goapp.If(len(names) == 0, func() goapp.UI {
					return goapp.Option().Value("none").Text(label)
				}),
				goapp.Range(names).Slice(func(i int) goapp.UI {
					option := goapp.Option().Value(names[i]).Text(names[i])
					if names[i] == h.Project.Name {
						option = option.Selected(true)
					}
					return option
				}),
			),
	)
}

// account is the button that names the user and opens the account menu.
func (h *header) account() goapp.UI {
	t := h.Texts
	var account model.Account
	if h.Account != nil {
		account = *h.Account
	}
	name := account.FullName
	if name == "" {
		name = account.Username
	}
	return goapp.Div().Class("account").Body(
		goapp.Button().Type("button").Class("btn", "quiet", "account-button").
			Attr("popovertarget", accountMenuID).
			Disabled(h.Account == nil).
			Body(
				ui.Icon("user"),
				goapp.Span().Class("unseen").Text(t.T("app.account")),
				goapp.Span().Class("account-user").DataSet("user", account.Email).Text(account.Email),
				goapp.Span().Class("role").DataSet("role", string(account.Role)).Text(roleName(t, account.Role)),
				ui.Icon("chevron-down"),
			),
		goapp.Div().ID(accountMenuID).Class("popover").Attr("popover", "auto").Body(
			goapp.Div().Class("account-facts").Body(
				goapp.Strong().Text(name),
				goapp.Span().Class("muted").Text(account.Email),
				goapp.Span().Class("muted").Text(roleName(t, account.Role)+" · "+account.DomainName),
			),
			ui.Button("log-out", t.T("app.sign_out")).Class("quiet").
				DataSet("action", "signout").
				OnClick(h.onSignOut),
		),
	)
}

// roleName says a role in the person's language; one this version does not know
// as the manager spells it.
func roleName(t *i18n.Texts, role model.Role) string {
	if role == "" {
		return ""
	}
	if !t.Has("app.role." + string(role)) {
		return string(role)
	}
	return t.T("app.role." + string(role))
}

func (h *header) onMenu(ctx goapp.Context, _ goapp.Event) {
	defer ui.Recover(ctx)
	ctx.NewActionWithValue(actionMenu, !h.MenuOpen)
}

func (h *header) onProject(ctx goapp.Context, _ goapp.Event) {
	defer ui.Recover(ctx)
	ctx.NewActionWithValue(actionProject, ctx.JSSrc().Get("value").String())
}

func (h *header) onSignOut(ctx goapp.Context, _ goapp.Event) {
	defer ui.Recover(ctx)
	if menu := goapp.Window().GetElementByID(accountMenuID); menu.Truthy() {
		menu.Call("hidePopover")
	}
	ctx.NewAction(actionSignOut)
}
