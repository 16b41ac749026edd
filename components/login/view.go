package login

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/ui"
)

// Render draws the form. Every part that comes and goes has a place of its own
// that stays, because elements are matched by position: else a message that
// appears would replace the inputs, and with them what was typed.
func (f *Form) Render() app.UI {
	next := f.Next
	if next == "" {
		next = "/"
	}
	return app.Form().ID(FormID).Class("signin-form").
		Method("post").Action("/server/login").
		Aria("labelledby", "signin-title").
		OnSubmit(f.onSubmit).
		Body(
			app.Input().Type("hidden").Name("next").Value(next),
			f.modes(),
			app.Div().Class("signin-message").Body(f.message()),
			f.sessionFields(),
			f.apiFields(),
			f.button(),
		)
}

// modes is the choice between account and key pair. A key pair needs the
// program: before it runs, choosing it would post the keys to the web server.
func (f *Form) modes() app.UI {
	option := func(mode model.ConnectionMode, text string) app.UI {
		input := app.Input().Type("radio").Name("mode").Value(string(mode)).OnChange(f.onMode)
		if f.currentMode() == mode {
			input = input.Checked(true)
		}
		if mode == model.ModeAPI {
			input = input.Disabled(!f.ready)
		}
		return app.Label().Class("mode").Body(input, app.Span().Text(text))
	}
	both := f.Info.offers(model.ModeSession) && f.Info.offers(model.ModeAPI)
	return app.FieldSet().Class("modes").Hidden(!both).Body(
		app.Legend().Class("unseen").Text(f.Texts.T("login.mode")),
		option(model.ModeSession, f.Texts.T("login.mode.session")),
		option(model.ModeAPI, f.Texts.T("login.mode.api")),
	)
}

// failure is what the form has to say now.
func (f *Form) failure() *Failure {
	if f.problem != nil {
		return f.problem
	}
	if f.Sending {
		return nil
	}
	return f.further.explain(f.Failure)
}

func (f *Form) message() app.UI {
	failure := f.failure()
	return app.If(failure != nil, func() app.UI {
		key := "login.failure." + string(failure.Reason)
		tone := ui.Danger
		switch failure.Reason {
		case ReasonExpired, ReasonChangedPassword, ReasonSecondFactor, ReasonPasswordExpired:
			tone = ui.Warning // the next step, not a mistake
		}
		text := f.Texts.T(key+".do", failure.Args...)
		if failure.Detail != "" {
			text += " (" + failure.Detail + ")"
		}
		return ui.Notice(tone, f.Texts.T(key, failure.Args...), text).ID("signin-failure").Role("alert")
	})
}

func (f *Form) sessionFields() app.UI {
	session := f.currentMode() == model.ModeSession
	return app.FieldSet().Class("fields").Hidden(!session).Disabled(!session).Body(append([]app.UI{
		ui.Field("signin-username", f.Texts.T("login.username"), "",
			f.input("username").Type("text").
				Attr("autocomplete", "username").Attr("autocapitalize", "none").
				Attr("inputmode", "email").MaxLength(MaxUsername).
				AutoFocus(f.Username == ""),
		),
		ui.Field("signin-password", f.Texts.T("login.password"), f.capsHint(),
			f.secret("password", "current-password"),
		),
	}, f.furtherFields()...)...)
}

func (f *Form) apiFields() app.UI {
	api := f.currentMode() == model.ModeAPI
	return app.FieldSet().Class("fields").Hidden(!api).Disabled(!api).Body(
		ui.Field("signin-access_key", f.Texts.T("login.access_key"), "",
			f.input("access_key").Type("text").Class("mono").
				Attr("autocomplete", "off").Attr("autocapitalize", "none").MaxLength(MaxAccessKey),
		),
		ui.Field("signin-secret_key", f.Texts.T("login.secret_key"), "",
			f.secret("secret_key", "off").Class("mono"),
		),
		ui.Field("signin-endpoint", f.Texts.T("login.endpoint"), f.Texts.T("login.endpoint.hint"),
			f.input("endpoint").Type("url").
				Attr("autocomplete", "url").MaxLength(MaxEndpoint).
				Attr("list", "signin-endpoints"),
		),
		app.DataList().ID("signin-endpoints").Body(
			app.Range(f.endpoints()).Slice(func(i int) app.UI {
				endpoint := f.endpoints()[i]
				return app.Option().Value(cleanEndpoint(endpoint.URL)).Label(endpoint.Label)
			}),
		),
		app.Div().Class("field").Body(
			app.Label().Class("check").Body(
				app.Input().Type("checkbox").Name("remember").Value("yes").
					Aria("describedby", "signin-remember-hint"),
				app.Span().Text(f.Texts.T("login.remember")),
			),
			app.P().ID("signin-remember-hint").Class("hint").Text(f.Texts.T("login.remember.hint")),
		),
	)
}

func (f *Form) endpoints() []Endpoint {
	if f.Info == nil {
		return nil
	}
	return f.Info.Endpoints
}

// input is a text input of the form, marked if the failure is about it.
func (f *Form) input(name string) app.HTMLInput {
	input := app.Input().Class("input").ID("signin-"+name).Name(name).
		Required(true).Attr("spellcheck", "false")
	describes := ""
	if name == "endpoint" || name == "new_password" {
		describes = ui.HintID("signin-" + name)
	}
	if name == "password" && f.capsLock {
		describes = ui.HintID("signin-password")
	}
	if failure := f.failure(); failure != nil && failure.Field == name {
		input = input.Aria("invalid", true)
		describes = "signin-failure"
	}
	if describes != "" {
		input = input.Aria("describedby", describes)
	}
	return input
}

// secret is an input whose text is hidden until the button in it is pressed.
func (f *Form) secret(name, autocomplete string) app.HTMLDiv {
	kind, icon, label := "password", "eye", "login.show"
	if f.shown {
		kind, icon, label = "text", "eye-off", "login.hide"
	}
	input := f.input(name).Type(kind).Attr("autocomplete", autocomplete).Attr("autocapitalize", "none").
		OnKeyUp(f.onKey)
	if name == "secret_key" {
		input = input.MaxLength(MaxSecretKey)
	}
	return app.Div().Class("with-button").Body(
		input,
		ui.IconButton(icon, f.Texts.T(label)).
			Aria("controls", "signin-"+name).Disabled(!f.ready).
			OnClick(f.onShow),
	)
}

func (f *Form) capsHint() string {
	if !f.capsLock {
		return ""
	}
	return f.Texts.T("login.caps_lock")
}

func (f *Form) button() app.UI {
	text := f.Texts.T("login.submit")
	switch {
	case f.Sending:
		text = f.Texts.T("login.sending")
	case f.further.password && f.currentMode() == model.ModeSession:
		text = f.Texts.T("login.submit.change")
	}
	return app.Button().Type("submit").Class("btn", "primary", "wide").
		Disabled(f.Sending).
		Text(text)
}
