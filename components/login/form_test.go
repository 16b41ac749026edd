package login

import (
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/components/i18n"
)

// host keeps the context it is given and what the form posts.
type host struct {
	app.Compo
	form *Form
	ctx  app.Context
	sent []Input
}

func (h *host) OnPreRender(ctx app.Context) {
	h.ctx = ctx
	ctx.Handle(ActionSignIn, func(_ app.Context, action app.Action) {
		h.sent = append(h.sent, action.Value.(Input))
	})
}

func (h *host) Render() app.UI { return app.Div().Body(h.form) }

func mount(t *testing.T, form *Form) (*host, app.TestEngine) {
	t.Helper()
	h := &host{form: form}
	engine := app.NewTestEngine()
	require.NoError(t, engine.Load(h))
	engine.ConsumeAll()
	return h, engine
}

func TestThePlainFormWorksWithoutTheProgram(t *testing.T) {
	markup := app.HTMLString(&Form{Texts: i18n.Load("en"), Next: "/logs"})
	assert.Contains(t, markup, `id="signin"`)
	assert.Contains(t, markup, `method="post"`)
	assert.Contains(t, markup, `action="/server/login"`)
	assert.Contains(t, markup, `value="/logs"`)
	assert.Contains(t, markup, `autocomplete="current-password"`)
	assert.Contains(t, markup, `autocomplete="username"`)
	assert.NotContains(t, markup, `role="alert"`)
	assert.NotContains(t, markup, "style=")
	assert.Contains(t, app.HTMLString(&Form{Texts: i18n.Load("en")}), `value="/"`, "without a place to go to it is the start")
}

func TestAFailureIsSaid(t *testing.T) {
	markup := app.HTMLString(&Form{Texts: i18n.Load("ko"), Failure: &Failure{Reason: ReasonMismatch, Field: "password", Detail: "<b>"}})
	assert.Contains(t, markup, `role="alert"`)
	assert.Contains(t, markup, "사용자 이름 또는 비밀번호가 맞지 않습니다")
	assert.Contains(t, markup, "&lt;b&gt;")
	assert.Contains(t, markup, `aria-describedby="signin-failure"`)

	sending := app.HTMLString(&Form{Texts: i18n.Load("ko"), Sending: true, Failure: &Failure{Reason: ReasonMismatch}})
	assert.NotContains(t, sending, `role="alert"`, "an old failure is not said during a new attempt")
	assert.Contains(t, sending, "로그인하는 중…")
}

func TestSubmit(t *testing.T) {
	form := &Form{Texts: i18n.Load("en"), Info: offered()}
	h, engine := mount(t, form)

	form.submit(h.ctx, Input{Mode: model.ModeSession, Username: "user@example.com"})
	engine.ConsumeAll()
	assert.Empty(t, h.sent, "what is visibly incomplete is not sent")
	assert.Equal(t, &Failure{Reason: ReasonMissing, Field: "password"}, form.failure())

	complete := Input{Mode: model.ModeSession, Username: "user@example.com", Password: "secret"}
	form.submit(h.ctx, complete)
	engine.ConsumeAll()
	assert.Equal(t, []Input{complete}, h.sent)
	assert.Nil(t, form.failure(), "the earlier problem is gone")

	form.Sending = true
	form.submit(h.ctx, complete)
	engine.ConsumeAll()
	assert.Len(t, h.sent, 1, "a second Enter does not send twice")
}

func TestChoosingAModeForgetsWhatWasWrongInTheOther(t *testing.T) {
	form := &Form{Texts: i18n.Load("en"), problem: &Failure{Reason: ReasonMissing}}
	form.choose(model.ModeAPI)
	assert.Equal(t, model.ModeAPI, form.currentMode())
	assert.Nil(t, form.failure())
	form.choose(model.ModeSession)
	assert.Equal(t, model.ModeSession, form.currentMode())
}

func TestTheChoiceOfModeIsHiddenWhereThereIsOne(t *testing.T) {
	both := app.HTMLString((&Form{Texts: i18n.Load("en"), Info: offered()}).modes())
	assert.Contains(t, both, `hidden="false"`, "which go-app makes of a false boolean; the browser gets a property")
	one := app.HTMLString((&Form{Texts: i18n.Load("en"), Info: &Info{Modes: []model.ConnectionMode{model.ModeSession}}}).modes())
	assert.NotContains(t, one, `hidden="false"`)
}

func TestMemory(t *testing.T) {
	h, _ := mount(t, &Form{Texts: i18n.Load("en")})
	storage := h.ctx.LocalStorage()
	assert.Equal(t, memory{}, recall(storage))

	remember(storage, Input{Mode: model.ModeAPI, Endpoint: "https://api.example.com", SecretKey: "s3cret"})
	assert.Equal(t, memory{Mode: model.ModeAPI, Endpoint: "https://api.example.com"}, recall(storage))
	remember(storage, Input{Mode: model.ModeSession, Password: "secret"})
	assert.Equal(t, memory{Mode: model.ModeSession, Endpoint: "https://api.example.com"}, recall(storage), "the endpoint outlives a sign-in of the other mode")
}

func TestKeys(t *testing.T) {
	h, _ := mount(t, &Form{Texts: i18n.Load("en")})
	storage := h.ctx.LocalStorage()
	_, kept := KeptKeys(storage)
	assert.False(t, kept)

	keys := Keys{Endpoint: "https://api.example.com", KeyPair: signing.KeyPair{AccessKey: "AKIA", SecretKey: "s3cret"}}
	KeepKeys(storage, keys)
	got, kept := KeptKeys(storage)
	assert.True(t, kept)
	assert.Equal(t, keys, got)

	ForgetKeys(storage)
	_, kept = KeptKeys(storage)
	assert.False(t, kept)

	require.NoError(t, storage.Set(KeyKeys, "not a key pair"))
	_, kept = KeptKeys(storage)
	assert.False(t, kept, "what cannot be read is not there")
}
