package app

import (
	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

// The themes a person can choose.
const (
	themeSystem = ""
	themeLight  = "light"
	themeDark   = "dark"
)

// themes lists them in the order the button goes through.
func themes() []string { return []string{themeSystem, themeLight, themeDark} }

// nextTheme is what the theme button changes to.
func nextTheme(theme string) string {
	switch theme {
	case themeSystem:
		return themeLight
	case themeLight:
		return themeDark
	}
	return themeSystem
}

// The cookies that keep the choices. They are cookies so that the server can
// prerender the page as the person left it; the page alone writes them.
const (
	cookieLang  = "baiui_lang"
	cookieTheme = "baiui_theme"
)

// cookie is what document.cookie is set to; an empty value deletes the cookie.
func cookie(name, value string, secure bool) string {
	text := name + "=" + value + "; Path=/; SameSite=Lax; Max-Age="
	if value == "" {
		text += "0"
	} else {
		text += "31536000" // a year
	}
	if secure {
		text += "; Secure"
	}
	return text
}

func setCookie(name, value string) {
	window := goapp.Window()
	secure := window.Get("location").Get("protocol").String() == "https:"
	window.Get("document").Set("cookie", cookie(name, value, secure))
}

// applyTheme colours the page and keeps the choice.
func applyTheme(theme string) {
	if theme == themeSystem {
		root().Call("removeAttribute", attributeTheme)
	} else {
		root().Call("setAttribute", attributeTheme, theme)
	}
	setCookie(cookieTheme, theme)
}

// The actions of the header and the menu.
const (
	actionLanguage = "app.language" // value: the code of the language
	actionTheme    = "app.theme"    // value: the theme
	actionProject  = "app.project"  // value: the name of the project
	actionMenu     = "app.menu"     // value: whether to open it
	actionSignOut  = "app.sign-out"
	actionRetry    = "app.retry"
	actionReload   = "app.reload"
	actionDialog   = "app.dialog" // value: whether to open the sign-in dialog
)

// preferences are language and theme; they stand in the header, and beside the
// sign-in form.
type preferences struct {
	goapp.Compo

	Texts *i18n.Texts
	Theme string
}

// Render draws a select and a button.
func (p *preferences) Render() goapp.UI {
	t := p.Texts
	name, icon := "app.theme.system", "monitor"
	switch p.Theme {
	case themeLight:
		name, icon = "app.theme.light", "sun"
	case themeDark:
		name, icon = "app.theme.dark", "moon"
	}
	languages := i18n.Languages()
	return goapp.Div().Class("preferences").Body(
		goapp.Select().Class("select", "quiet").Aria("label", t.T("app.language")).
			DataSet("action", "language").
			OnChange(p.onLanguage).
			Body(goapp.Range(languages).Slice(func(i int) goapp.UI {
				option := goapp.Option().Value(languages[i].Code).Lang(languages[i].Code).Text(languages[i].Name)
				if languages[i].Code == t.Lang() {
					option = option.Selected(true)
				}
				return option
			})),
		ui.IconButton(icon, t.T("app.theme", "theme", t.T(name))).
			DataSet("action", "theme").
			OnClick(p.onTheme),
	)
}

func (p *preferences) onLanguage(ctx goapp.Context, _ goapp.Event) {
	defer ui.Recover(ctx)
	ctx.NewActionWithValue(actionLanguage, ctx.JSSrc().Get("value").String())
}

func (p *preferences) onTheme(ctx goapp.Context, _ goapp.Event) {
	defer ui.Recover(ctx)
	ctx.NewActionWithValue(actionTheme, nextTheme(p.Theme))
}
