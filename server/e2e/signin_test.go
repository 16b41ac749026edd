//go:build e2e

package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/components/launcher"
)

// unauthorized is how Chromium reports an answer with status 401, which a wrong
// password has.
const unauthorized = "401 (Unauthorized)"

func TestEachRoleSeesItsColumnsAndRows(t *testing.T) {
	world := enter(t)
	tests := []struct {
		role    string
		columns string
		sees    []string // roles whose sessions the list shows
		hidden  []string
	}{
		{"superadmin", "select index owner name status type control config usage idle reserved agent", []string{"superadmin", "admin", "user"}, nil},
		{"admin", "select index owner name status type control config usage idle reserved", []string{"superadmin", "admin", "user"}, nil},
		{"user", "select index name status type control config usage idle reserved", []string{"user"}, []string{"superadmin", "admin"}},
	}
	for _, test := range tests {
		t.Run(test.role, func(t *testing.T) {
			p := signedIn(t, world.own, test.role)
			columns, err := p.Columns()
			require.NoError(t, err)
			assert.Equal(t, test.columns, strings.Join(columns, " "))

			rows, err := p.Rows()
			require.NoError(t, err)
			var all strings.Builder
			for _, row := range rows {
				all.WriteString(row.Text + "\n")
			}
			for _, role := range test.sees {
				assert.Contains(t, all.String(), nameOf(role))
			}
			for _, role := range test.hidden {
				assert.NotContains(t, all.String(), nameOf(role))
			}
			if test.role != "user" {
				assert.Contains(t, all.String(), world.accounts["user"].Email, "an admin's list names the owners")
			}

			user, err := p.Text("[data-user]")
			require.NoError(t, err)
			assert.Contains(t, user, world.accounts[test.role].Email)
			var role string
			require.NoError(t, p.Eval(`document.querySelector("[data-role]").dataset.role`, &role))
			assert.Equal(t, test.role, role)
		})
	}
}

func TestAKeyPairSignsInWithoutTheServerKnowingIt(t *testing.T) {
	world := enter(t)
	p := newPage(t, world.own)
	require.NoError(t, p.Open("/sessions"))
	account := world.accounts["superadmin"]
	require.NoError(t, p.SubmitKeyPair(world.own.Manager, account.AccessKey, account.SecretKey))
	require.NoError(t, p.WaitRows())

	rows, err := p.Rows()
	require.NoError(t, err)
	require.NotEmpty(t, rows)
	for _, row := range rows {
		assert.NotContains(t, row.Text, "@", "in API mode the owner is shown by access key")
	}
	for _, r := range p.Requests() {
		assert.NotContains(t, r.URL, account.SecretKey)
		assert.NotContains(t, r.URL, world.own.UI+"/func/", "the page asks the manager itself")
	}
}

func TestAWrongPasswordIsSaidAndTheNameKept(t *testing.T) {
	world := enter(t)
	p := newPage(t, world.own, unauthorized)
	require.NoError(t, p.Open("/"))
	require.NoError(t, p.SubmitPassword(world.accounts["user"].Email, "not the password"))
	require.NoError(t, p.WaitSelector(SignInFailure))
	text, err := p.Text(SignInFailure)
	require.NoError(t, err)
	assert.NotEmpty(t, text)
	var name string
	require.NoError(t, p.Eval(`document.querySelector("#signin [name=username]").value`, &name))
	assert.Equal(t, world.accounts["user"].Email, name)

	require.NoError(t, p.Fill("#signin [name=password]", world.accounts["user"].Password))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.WaitRows())
}

func TestAnExpiredSignInAsksAgainAndComesBack(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "user", unauthorized)
	other, err := world.browser.NewTab(p)
	require.NoError(t, err)
	t.Cleanup(other.Close)
	require.NoError(t, other.Open("/sessions"))
	require.NoError(t, other.WaitRows())
	require.NoError(t, p.Run(network.ClearBrowserCookies()))
	for _, tab := range []*Page{other, p} {
		require.NoError(t, tab.Click("[data-action=refresh]"))
		require.NoError(t, tab.WaitSelector("#signin"))
		require.NoError(t, tab.WaitSelector(SignInFailure))
	}

	require.NoError(t, p.Fill("#signin [name=password]", world.accounts["user"].Password))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.WaitGone("#signin"))
	require.NoError(t, p.WaitRows())
	require.NoError(t, other.WaitGone("#signin"), "one sign-in is enough for all tabs")
}

func TestASignInHoldsInAllTabs(t *testing.T) {
	world := enter(t)
	account := world.accounts["user"]
	p := newPage(t, world.own)
	require.NoError(t, p.Open("/"))
	require.NoError(t, p.WaitFormAlive())
	other, err := world.browser.NewTab(p)
	require.NoError(t, err)
	t.Cleanup(other.Close)
	require.NoError(t, other.Open("/sessions/start?step=data"))
	require.NoError(t, other.WaitFormAlive())

	require.NoError(t, p.SubmitPassword(account.Email, account.Password))
	require.NoError(t, p.WaitRows())
	require.NoError(t, other.WaitStep(launcher.StepData), "it goes on to what was asked for there")
	require.NoError(t, other.Wait(launcherAlive))
}

func TestSigningOutLeavesNothingBehind(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.Eval(`window.signedIn = true`, nil))
	require.NoError(t, p.Click(".account-button"))
	require.NoError(t, p.Click("[data-action=signout]"))
	require.NoError(t, p.Wait(`!window.signedIn`), "the page is loaded anew")
	require.NoError(t, p.WaitFormAlive())

	var left string
	require.NoError(t, p.Eval(`document.body.innerText + JSON.stringify(localStorage) + JSON.stringify(sessionStorage)`, &left))
	account := world.accounts["user"]
	for _, secret := range []string{account.Password, account.SecretKey, nameOf("user")} {
		assert.NotContains(t, left, secret)
	}
	require.NoError(t, p.Open("/sessions"))
	require.NoError(t, p.WaitFormAlive())
}

func TestTheFormWorksWithoutScripts(t *testing.T) {
	world := enter(t)
	t.Run("a right password leads to the page asked for", func(t *testing.T) {
		p := newPage(t, world.own)
		require.NoError(t, p.WithoutScripts())
		require.NoError(t, p.Open("/sessions"))
		postForm(t, p, world.accounts["user"].Password)
		require.NoError(t, p.WaitGone(SignInForm))
		var path string
		require.NoError(t, p.Eval("location.pathname", &path))
		assert.Equal(t, "/sessions", path)
	})
	t.Run("a wrong one is said", func(t *testing.T) {
		p := newPage(t, world.own)
		require.NoError(t, p.WithoutScripts())
		require.NoError(t, p.Open("/"))
		postForm(t, p, "wrong")
		require.NoError(t, p.WaitSelector(SignInFailure))
	})
}

func TestTheFormWorksBeforeTheProgramHasArrived(t *testing.T) {
	world := enter(t)
	p := newPage(t, world.own, "app.", "loading wasm failed", "Failed to fetch", "ERR_BLOCKED_BY_CLIENT")
	require.NoError(t, p.Block("*.wasm"))
	require.NoError(t, p.Open("/sessions?tab=finished"))
	postForm(t, p, world.accounts["user"].Password)
	require.NoError(t, p.WaitGone(SignInForm))
	var address string
	require.NoError(t, p.Eval("location.pathname + location.search", &address))
	assert.Equal(t, "/sessions?tab=finished", address)
}

// postForm fills the plain form and sends it.
func postForm(t *testing.T, p *Page, password string) {
	t.Helper()
	world := worldOf(t)
	require.NoError(t, p.Fill("#signin [name=username]", world.accounts["user"].Email))
	require.NoError(t, p.Fill("#signin [name=password]", password))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.Wait(`performance.getEntriesByType("navigation").length > 0 && document.readyState === "complete"`))
}

func TestTheFrameIsThereBeforeTheProgram(t *testing.T) {
	world := enter(t)
	blocked := []string{"app.", "loading wasm failed", "Failed to fetch", "ERR_BLOCKED_BY_CLIENT"}
	p := signedIn(t, world.own, "user", blocked...)
	require.NoError(t, p.Block("*.wasm"))
	require.NoError(t, p.Run(network.SetBypassServiceWorker(true)))
	require.NoError(t, p.Run(network.SetCacheDisabled(true)))
	require.NoError(t, p.Reload())
	require.NoError(t, p.WaitSelector("header"))
	require.NoError(t, p.WaitSelector(SessionTable))
	var html string
	require.NoError(t, p.Eval("document.documentElement.outerHTML", &html))
	assert.NotContains(t, html, world.accounts["user"].Email, "prerendered pages hold nobody's data")
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	world := enter(t)
	for _, path := range []string{"/", "/sessions", "/app.js", "/nowhere"} {
		resp := httpGet(t, world.own.UI+path)
		policy := resp.Header.Get("Content-Security-Policy")
		assert.Contains(t, policy, "'wasm-unsafe-eval'", path)
		assert.NotContains(t, policy, "unsafe-inline", path)
		assert.NotContains(t, policy, "'unsafe-eval'", path)
		assert.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"), path)
	}
	assert.Equal(t, http.StatusNotFound, httpGet(t, world.own.UI+"/nowhere").StatusCode)
}
