package app

import (
	"strings"
	"testing"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/components/login"
)

// run is a shell that a test engine draws, with its context.
type run struct {
	shell *probe
	ctx   goapp.Context
	goapp.TestEngine
}

// probe is a shell that keeps the context it is given.
type probe struct {
	Shell
	ctx goapp.Context
}

func (p *probe) OnPreRender(ctx goapp.Context) { p.ctx = ctx }

func start(t *testing.T, path string, initial Variant) run {
	t.Helper()
	shell := &probe{Shell: Shell{Path: path, Initial: initial}}
	engine := goapp.NewTestEngine()
	require.NoError(t, engine.Load(shell))
	engine.ConsumeAll()
	return run{shell, shell.ctx, engine}
}

// html is the shell as it is drawn now.
func (r run) html() string {
	r.ctx.Update()
	r.ConsumeAll()
	return goapp.HTMLString(r.shell)
}

func signedIn(role model.Role) connected {
	c, err := client.New(client.Config{Mode: model.ModeSession, Endpoint: "http://127.0.0.1:1"})
	if err != nil {
		panic(err)
	}
	return connected{client: c, account: &model.Account{
		UUID: "1", Email: "user@example.com", FullName: "A. User", Role: role, DomainName: "default",
		Projects: []model.Project{{ID: "1", Name: "default"}, {ID: "2", Name: "research"}},
	}}
}

// in signs a shell in without asking anybody.
func (r run) in(role model.Role) {
	r.ctx.Dispatch(func(goapp.Context) {
		r.shell.signin.succeed(signedIn(role))
		r.shell.project = r.shell.signin.account.Projects[0]
	})
	r.ConsumeAll()
}

func TestHeaderAndMenuByRole(t *testing.T) {
	for role, want := range map[model.Role]struct {
		name        string
		information bool
	}{
		model.RoleUser:       {"User", false},
		model.RoleAdmin:      {"Domain admin", true},
		model.RoleSuperadmin: {"Superadmin", true},
	} {
		r := start(t, PathLogs, Variant{SignedIn: true})
		r.in(role)
		markup := r.html()
		assert.Contains(t, markup, `data-user="user@example.com"`)
		assert.Contains(t, markup, `data-role="`+string(role)+`"`)
		assert.Contains(t, markup, want.name)
		assert.Contains(t, markup, `name="project"`)
		assert.Contains(t, markup, `data-action="signout"`)
		assert.Equal(t, want.information, strings.Contains(markup, `href="/information"`), role)
	}
}

func TestAPageForAdministratorsIsNotForUsers(t *testing.T) {
	r := start(t, PathInformation, Variant{SignedIn: true})
	r.in(model.RoleUser)
	assert.Contains(t, r.html(), "This page is for administrators")
	r.in(model.RoleAdmin)
	assert.NotContains(t, r.html(), "This page is for administrators")
}

func TestAnExpiredSignInKeepsThePage(t *testing.T) {
	r := start(t, PathLogs, Variant{SignedIn: true})
	r.in(model.RoleUser)
	before := r.shell.connection
	r.ctx.Dispatch(func(goapp.Context) { r.shell.expire("") })
	r.ConsumeAll()
	markup := r.html()
	assert.Contains(t, markup, "Sign in again")
	assert.Contains(t, markup, "Your sign-in has ended")
	assert.Contains(t, markup, `data-user="user@example.com"`, "the page is still there")
	assert.NotSame(t, before, r.shell.connection, "pages wait for the next client")

	r.ctx.Dispatch(func(ctx goapp.Context) { r.shell.onDialog(ctx, goapp.Action{Value: false}) })
	r.ConsumeAll()
	assert.Contains(t, r.html(), "Nothing on the page is lost", "a closed dialog leaves a message behind")

	r.ctx.Dispatch(func(ctx goapp.Context) { r.shell.succeeded(ctx, signedIn(model.RoleUser)) })
	r.ConsumeAll()
	assert.NotContains(t, r.html(), "Sign in again")
	assert.NotNil(t, r.shell.connection.Client())
}

func TestAnUnreachableManagerAtTheStart(t *testing.T) {
	r := start(t, PathLogs, Variant{SignedIn: true})
	r.ctx.Dispatch(func(goapp.Context) { r.shell.signin.fail(kind(client.KindUnavailable), model.ModeSession) })
	r.ConsumeAll()
	markup := r.html()
	assert.Contains(t, markup, "The manager is not available at the moment")
	assert.Contains(t, markup, "Try now")

	r.shell.offline = true
	markup = r.html()
	assert.Contains(t, markup, "No network connection")
	assert.NotContains(t, markup, "Try now", "one message for one trouble")
}

func TestLanguageAndThemeWithoutReload(t *testing.T) {
	r := start(t, PathLogs, Variant{SignedIn: true})
	r.ctx.Dispatch(func(ctx goapp.Context) {
		r.shell.onLanguage(ctx, goapp.Action{Value: "ko"})
		r.shell.onTheme(ctx, goapp.Action{Value: themeDark})
	})
	r.ConsumeAll()
	markup := r.html()
	assert.Contains(t, markup, "오류 로그")
	assert.Contains(t, markup, "테마: 어둡게")

	r.ctx.Dispatch(func(ctx goapp.Context) { r.shell.onLanguage(ctx, goapp.Action{Value: "tlh"}) })
	r.ConsumeAll()
	assert.Equal(t, "ko", r.shell.texts.Lang(), "an unknown language changes nothing")
}

func TestANewVersionIsOffered(t *testing.T) {
	r := start(t, PathLogs, Variant{SignedIn: true})
	assert.NotContains(t, r.html(), "A new version")
	r.shell.OnAppUpdate(r.ctx)
	assert.Contains(t, r.html(), "A new version of this page is ready")
}

func TestForgetLeavesNothingBehind(t *testing.T) {
	r := start(t, PathLogs, Variant{SignedIn: true})
	r.in(model.RoleUser)
	storage := r.ctx.LocalStorage()
	require.NoError(t, storage.Set(projectKey("http://127.0.0.1:8091"), "research"))
	require.NoError(t, storage.Set("theme of another page", "dark"))
	require.NoError(t, r.ctx.SessionStorage().Set("draft", "x"))
	login.KeepKeys(storage, login.Keys{Endpoint: "http://127.0.0.1:8091", KeyPair: signing.KeyPair{AccessKey: "a", SecretKey: "s"}})
	r.shell.watch.Log(client.Entry{RequestURL: "/"})

	r.ctx.Dispatch(r.shell.forget)
	r.ConsumeAll()

	_, kept := login.KeptKeys(storage)
	assert.False(t, kept)
	assert.False(t, storage.Contains(projectKey("http://127.0.0.1:8091")))
	assert.True(t, storage.Contains("theme of another page"), "what is not the person's stays")
	assert.True(t, storage.Contains(keySignedOut), "the other tabs are told")
	assert.Equal(t, 0, r.ctx.SessionStorage().Len())
	assert.Empty(t, r.shell.watch.store.Entries())
	assert.Nil(t, r.shell.connection.Client())
	assert.Nil(t, r.shell.signin.account)
	markup := r.html()
	assert.Contains(t, markup, `id="signin"`)
	assert.NotContains(t, markup, "user@example.com")
}

func TestKeysAreKeptOnlyOnRequest(t *testing.T) {
	r := start(t, PathLogs, Variant{})
	storage := r.ctx.LocalStorage()
	in := login.Input{Mode: model.ModeAPI, AccessKey: "a", SecretKey: "s", Endpoint: "http://127.0.0.1:8091", Remember: true}
	keep(storage, in)
	keys, kept := login.KeptKeys(storage)
	assert.True(t, kept)
	assert.Equal(t, "http://127.0.0.1:8091", keys.Endpoint)

	in.Remember = false
	keep(storage, in)
	_, kept = login.KeptKeys(storage)
	assert.False(t, kept, "those kept earlier go, too")
}

func TestSignInThroughTheForm(t *testing.T) {
	s := newServer(t, model.RoleUser)
	r := start(t, PathLogs, Variant{})
	r.shell.connector = connector{origin: s.URL, log: r.shell.watch}
	send := func(password string) {
		r.ctx.Dispatch(func(ctx goapp.Context) {
			r.shell.onSignIn(ctx, goapp.Action{Value: login.Input{Mode: model.ModeSession, Username: "user@example.com", Password: password}})
		})
		r.ConsumeAll()
	}
	send("wrong")
	assert.Contains(t, r.html(), "User name or password is wrong")
	send("right")
	markup := r.html()
	assert.Contains(t, markup, `data-user="user@example.com"`)
	assert.Equal(t, "default", r.shell.project.Name)
	assert.NotContains(t, markup, `id="signin"`)
}

func TestASignInInAnotherTab(t *testing.T) {
	s := newServer(t, model.RoleUser)
	at := func(initial Variant) run {
		r := start(t, PathLogs, initial)
		r.shell.connector = connector{origin: s.URL, log: r.shell.watch}
		return r
	}
	told := func(r run, key string) string {
		r.ctx.Dispatch(func(ctx goapp.Context) { r.shell.onStorage(ctx, key) })
		r.ConsumeAll()
		return r.html()
	}
	t.Run("is one here, too", func(t *testing.T) {
		markup := told(at(Variant{}), keySignedIn)
		assert.Contains(t, markup, `data-user="user@example.com"`)
		assert.NotContains(t, markup, `id="signin"`)
	})
	t.Run("does not disturb one that is being sent", func(t *testing.T) {
		r := at(Variant{})
		r.shell.signin.begin()
		assert.Contains(t, told(r, keySignedIn), `id="signin"`)
	})
	t.Run("changes nothing for who is signed in", func(t *testing.T) {
		r := at(Variant{SignedIn: true})
		r.in(model.RoleUser)
		before := r.shell.signin.client
		told(r, keySignedIn)
		assert.Same(t, before, r.shell.signin.client)
	})
	t.Run("with a key pair that is kept is one, too", func(t *testing.T) {
		r := at(Variant{})
		assert.Contains(t, told(r, login.KeyKeys), `id="signin"`, "one that was forgotten is none")
		login.KeepKeys(r.ctx.LocalStorage(), login.Keys{Endpoint: s.URL, KeyPair: signing.KeyPair{AccessKey: "a", SecretKey: "s"}})
		assert.Contains(t, told(r, login.KeyKeys), `data-user="user@example.com"`)
	})
}
