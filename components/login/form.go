package login

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

// ActionSignIn is posted with an [Input] when the form is sent and nothing in it
// is visibly wrong.
const ActionSignIn = "login.sign-in"

// FormID is the id of the form element.
const FormID = "signin"

// Form is the sign-in form.
type Form struct {
	app.Compo

	Texts *i18n.Texts
	// Next is the path to come back to when the form is posted without the
	// program.
	Next string
	// Info is what the server offers; nil until it has answered.
	Info *Info
	// Sending is whether a sign-in is on its way.
	Sending bool
	// Failure is why the last one failed; nil for none.
	Failure *Failure
	// Username is put into the field where the person is known already.
	Username string

	mode     model.ConnectionMode // "" is SESSION
	ready    bool                 // the program runs, so both modes work
	shown    bool                 // the password can be read
	capsLock bool
	problem  *Failure // found before sending
	further  further
	carried  carried // what was typed before the program ran
	last     memory  // what was used the last time
}

// OnInit keeps what was typed into the prerendered form, which is still there.
func (f *Form) OnInit() { f.carried = readDocument() }

// OnMount puts what was kept into the new elements, in the same turn of the
// browser, so that no key press is lost between.
func (f *Form) OnMount(ctx app.Context) {
	defer ui.Recover(ctx)
	f.ready = true
	f.last = recall(ctx.LocalStorage())
	form := ctx.JSSrc()
	form.Set("noValidate", true)
	if f.carried.values["username"] == "" && f.Username != "" {
		f.carried.set("username", f.Username)
		f.carried.focus = "password"
	}
	f.carried.write(form)
	if f.last.Mode == model.ModeAPI && f.carried.values["username"] == "" && f.Username == "" {
		f.mode = model.ModeAPI
	}
	f.suggestEndpoint(form)
}

// OnUpdate follows the answer of the server and the outcome of a sign-in.
func (f *Form) OnUpdate(ctx app.Context) {
	form := ctx.JSSrc()
	f.suggestEndpoint(form)
	if !f.Info.offers(f.currentMode()) && f.Info.offers(f.otherMode()) {
		f.mode = f.otherMode()
	}
	if f.Failure != nil && !f.Sending {
		f.problem = nil
		f.further = f.further.after(f.Failure)
		if f.Failure.Changed {
			if next := field(form, "new_password"); next.Truthy() {
				field(form, "password").Set("value", next.Get("value"))
			}
		}
		ctx.Defer(func(ctx app.Context) { focusField(ctx.JSSrc(), f.failure()) })
	}
}

// suggestEndpoint fills the endpoint in as long as it is empty.
func (f *Form) suggestEndpoint(form app.Value) {
	input := field(form, "endpoint")
	if !input.Truthy() || input.Get("value").String() != "" {
		return
	}
	input.Set("value", f.Info.suggest(f.last.Endpoint))
}

func (f *Form) currentMode() model.ConnectionMode {
	if f.mode == model.ModeAPI {
		return model.ModeAPI
	}
	return model.ModeSession
}

func (f *Form) otherMode() model.ConnectionMode {
	if f.mode == model.ModeAPI {
		return model.ModeSession
	}
	return model.ModeAPI
}

func (f *Form) onMode(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	f.choose(model.ConnectionMode(ctx.JSSrc().Get("value").String()))
}

// choose changes the mode; what was wrong in the other one is no news here.
func (f *Form) choose(mode model.ConnectionMode) {
	f.mode = mode
	f.problem = nil
}

func (f *Form) onShow(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	f.shown = !f.shown
}

func (f *Form) onKey(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	// Events that a password manager makes up have no modifiers.
	capsLock := e.Get("getModifierState").Truthy() && e.Call("getModifierState", "CapsLock").Bool()
	if capsLock == f.capsLock {
		ctx.PreventUpdate()
		return
	}
	f.capsLock = capsLock
}

func (f *Form) onSubmit(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	e.PreventDefault()
	form := ctx.JSSrc()
	value := func(name string) string {
		if input := field(form, name); input.Truthy() {
			return input.Get("value").String()
		}
		return ""
	}
	remember := field(form, "remember")
	f.submit(ctx, Input{
		Mode:     f.currentMode(),
		Username: value("username"), Password: value("password"), OTP: value("otp"),
		NewPassword: value("new_password"), again: value("new_password_again"),
		AccessKey: value("access_key"), SecretKey: value("secret_key"), Endpoint: value("endpoint"),
		Remember: remember.Truthy() && remember.Get("checked").Bool(),
	})
}

// submit checks the input and asks the owner to sign in with it.
func (f *Form) submit(ctx app.Context, in Input) {
	if f.Sending {
		return
	}
	in, f.problem = check(in, f.Info)
	if f.problem == nil {
		f.problem = f.further.check(in)
	}
	if f.problem != nil {
		problem := f.problem
		ctx.Defer(func(ctx app.Context) { focusField(ctx.JSSrc(), problem) })
		return
	}
	remember(ctx.LocalStorage(), in)
	ctx.NewActionWithValue(ActionSignIn, in)
}
