//go:build e2e

package e2e

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// webPort is the port of the session with a web app on which something listens.
const webPort = 8123

// webAppSession is one session for most tests of apps, started when there is none:
// other tests end what they find.
func webAppSession(t *testing.T) string {
	t.Helper()
	world, d := worldOf(t), driverOf(t, "user")
	if world.webApp != "" && statusOf(t, "user", world.webApp) == model.StatusRunning {
		return world.webApp
	}
	id, err := d.CreateWebApp(t.Context(), "with-a-web-app", webPort)
	require.NoError(t, err)
	world.webApp = id
	return id
}

// appsOf opens the panel of that session's apps.
func appsOf(t *testing.T, p *Page) {
	t.Helper()
	require.NoError(t, p.OpenApps(webAppSession(t)))
}

// closed closes a tab at the end of the test.
func closed(t *testing.T, tab *Page, err error) *Page {
	t.Helper()
	require.NoError(t, err)
	t.Cleanup(tab.Close)
	return tab
}

func TestAPortOpensAtAnOriginOfItsOwn(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "user")
	appsOf(t, p)
	tab, err := p.OpenApp(fmt.Sprint(webPort))
	tab = closed(t, tab, err)

	text, err := tab.Text("h1")
	require.NoError(t, err)
	assert.Equal(t, "served in the session", text)
	var origin string
	require.NoError(t, tab.Eval("location.origin", &origin))
	assert.NotEqual(t, hostOf(world.own.UI), hostOf(origin), "another host, so that no cookie is shared")
	var opener bool
	require.NoError(t, tab.Eval("window.opener !== null", &opener))
	assert.False(t, opener, "the app gets no handle on the page")
	var address string
	require.NoError(t, tab.Eval("location.href", &address))
	assert.NotContains(t, address, "ticket")

	t.Run("cookies stay where they belong", func(t *testing.T) {
		require.NoError(t, tab.Reload())
		seen, err := tab.Text("#cookies")
		require.NoError(t, err)
		assert.Equal(t, "of_the_app=1", seen, "the app gets its own and none of the server's")
		cookies, err := p.Cookies(world.own.UI + "/func/")
		require.NoError(t, err)
		assert.NotContains(t, cookies, "of_the_app")
		cookies, err = p.Cookies(origin)
		require.NoError(t, err)
		assert.ElementsMatch(t, []string{"baiui_app", "of_the_app"}, cookies)
		var readable string
		require.NoError(t, tab.Eval("document.cookie", &readable))
		assert.Equal(t, "of_the_app=1", readable)
	})
	t.Run("a websocket", func(t *testing.T) {
		var answers []string
		require.NoError(t, tab.Eval(`new Promise((done, fail) => {
			const ws = new WebSocket(location.origin.replace("http", "ws") + "/ws"), got = [];
			ws.onopen = () => { ws.send("hello"); ws.send("안녕하세요".repeat(200)); };
			ws.onmessage = e => { got.push(e.data); if (got.length === 2) { ws.close(); done(got); } };
			ws.onerror = () => fail("broken");
		})`, &answers))
		assert.Equal(t, []string{"hello", strings.Repeat("안녕하세요", 200)}, answers)
	})
	t.Run("events", func(t *testing.T) {
		var got string
		require.NoError(t, tab.Eval(`new Promise(done => {
			const es = new EventSource("/events"); let got = "";
			es.onmessage = e => { got += e.data; if (got.length === 5) { es.close(); done(got); } };
		})`, &got))
		assert.Equal(t, "01234", got)
	})
	t.Run("an upload", func(t *testing.T) {
		const size = 5 << 20
		var sum string
		require.NoError(t, tab.Eval(fmt.Sprintf(`fetch("/up", {method: "POST", body: new Uint8Array(%d).fill(7)}).then(r => r.text())`, size), &sum))
		data := make([]byte, size)
		for i := range data {
			data[i] = 7
		}
		assert.Equal(t, fmt.Sprintf("%x", sha256.Sum256(data)), sum)
	})
	t.Run("the page says that it is open", func(t *testing.T) {
		require.NoError(t, p.WaitSelector("[data-opening=done]"))
		assertAccessible(t, p, "the panel of apps")
	})
	t.Run("it cannot ask the server of the page", func(t *testing.T) {
		var outcome string
		require.NoError(t, tab.Eval(fmt.Sprintf(`fetch(%s, {method: "POST", credentials: "include", body: "{}"}).then(r => "answered " + r.status, e => "refused")`, quote(world.own.UI+"/server/login-check")), &outcome))
		assert.Equal(t, "refused", outcome)
	})
}

func TestAPortOnWhichNothingListensIsSaidAndTriedAgain(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "user", "502 (Bad Gateway)")
	appsOf(t, p)
	name := fmt.Sprint(webPort + 1)
	require.NoError(t, p.Click(appTile(name)))
	require.NoError(t, p.WaitSelector("[data-opening] [role=alert]"))
	text, err := p.Text("[data-opening]")
	require.NoError(t, err)
	assert.Contains(t, text, "No program listens on its port")
	assertAccessible(t, p, "an app that failed")
	require.NoError(t, p.Click("[data-action=retry]"))
	require.NoError(t, p.WaitSelector("[data-opening] .app-stages"))
	require.NoError(t, p.WaitSelector("[data-opening] [role=alert]"))
}

func TestABrowserThatOpensNoTabGetsALink(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.Before("window.open = () => null"))
	appsOf(t, p)
	require.NoError(t, p.Click(appTile(fmt.Sprint(webPort))))
	require.NoError(t, p.WaitSelector("[data-action=follow]"))
	tab, err := p.NewTab(func() error { return p.Click("[data-action=follow]") })
	tab = closed(t, tab, err)
	require.NoError(t, tab.Wait(`document.querySelector("h1")?.innerText === "served in the session"`))
	require.NoError(t, p.WaitGone("[data-action=follow]"), "it works once")
}

func TestAppsOpenWithAKeyPair(t *testing.T) {
	world := enter(t)
	p := newPage(t, world.own)
	require.NoError(t, p.Open("/sessions"))
	account := world.accounts["user"]
	require.NoError(t, p.SubmitKeyPair(world.own.Manager, account.AccessKey, account.SecretKey))
	require.NoError(t, p.WaitRows())
	id := webAppSession(t)
	// Not by loading the page, which would forget the key pair.
	require.NoError(t, p.Eval(fmt.Sprintf(`document.querySelector('tr[data-session="%s"] a').click()`, id), nil))
	require.NoError(t, p.WaitSelector("a[data-tab=apps]"))
	require.NoError(t, p.Click("a[data-tab=apps]"))
	tab, err := p.OpenApp(fmt.Sprint(webPort))
	tab = closed(t, tab, err)
	text, err := tab.Text("h1")
	require.NoError(t, err)
	assert.Equal(t, "served in the session", text)
	for _, r := range p.Requests() {
		assert.NotContains(t, r.URL, account.SecretKey)
	}

	require.NoError(t, p.Click(".account-button"))
	require.NoError(t, p.Click("[data-action=signout]"))
	require.NoError(t, p.WaitFormAlive())
	require.NoError(t, tab.Reload())
	require.NoError(t, tab.Wait(`document.querySelector("[data-page=signed_out]")`))
}

func TestSigningOutClosesApps(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "user", "ERR_INCOMPLETE_CHUNKED_ENCODING") // the stream of events ends, too

	appsOf(t, p)
	tab, err := p.OpenApp(fmt.Sprint(webPort))
	tab = closed(t, tab, err)
	require.NoError(t, p.Click("#session-drawer .drawer-tools button:last-child"))
	require.NoError(t, p.Click(".account-button"))
	require.NoError(t, p.Click("[data-action=signout]"))
	require.NoError(t, p.WaitFormAlive())
	require.NoError(t, tab.Reload())
	require.NoError(t, tab.Wait(`document.querySelector("[data-page=signed_out]")`))
	assertAccessible(t, tab, "the page in the app's place")
}

func TestTheEndOfItsSessionIsSaidInTheAppsPlace(t *testing.T) {
	world := enter(t)
	d := driverOf(t, "user")
	id, err := d.CreateWebApp(t.Context(), "ends-with-its-app", webPort)
	require.NoError(t, err)
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.OpenApps(id))
	tab, err := p.OpenApp(fmt.Sprint(webPort))
	tab = closed(t, tab, err)
	require.NoError(t, d.Destroy(t.Context(), "ends-with-its-app"))
	deadline := time.Now().Add(waitTimeout)
	for {
		require.NoError(t, tab.Reload())
		ended, err := tab.Exists("[data-page=ended]")
		require.NoError(t, err)
		if ended || time.Now().After(deadline) {
			assert.True(t, ended)
			break
		}
	}
}

func TestNobodyElseOpensASessionsApps(t *testing.T) {
	world := enter(t)
	id := webAppSession(t)
	for _, role := range []string{"admin", "superadmin"} {
		t.Run(role, func(t *testing.T) {
			p := signedIn(t, world.own, role, "404 (Not Found)")
			require.NoError(t, p.Open("/sessions?session="+id+"&panel=apps"))
			require.NoError(t, p.WaitDrawer(id))
			offered, err := p.Exists(".apps")
			require.NoError(t, err)
			assert.False(t, offered, "what the manager refuses is not offered")
			var status int
			require.NoError(t, p.Eval(fmt.Sprintf(`fetch("/server/apps", {method: "POST", body: JSON.stringify({session: %s, app: "%d"})}).then(r => r.status)`, quote(id), webPort), &status))
			assert.Equal(t, 404, status, "and it is refused when it is forced")
		})
	}
}

func TestSSHShowsWhatToRun(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "user")
	appsOf(t, p)
	require.NoError(t, p.Click(appTile("sshd")))
	require.NoError(t, p.Wait(fmt.Sprintf(`document.querySelector("[data-command=tunnel]")?.innerText.includes(%s)`, quote("baiui tunnel --endpoint "+world.own.Manager))))
	assertAccessible(t, p, "the commands for SSH")
	var saved string
	require.NoError(t, p.Eval(`(() => { window.saved = ""; const was = URL.createObjectURL; URL.createObjectURL = b => { b.text().then(t => window.saved = t); return was.call(URL, b); }; })()`, nil))
	require.NoError(t, p.Click("[data-action=key]"))
	require.NoError(t, p.Wait("window.saved !== ''"))
	require.NoError(t, p.Eval("window.saved", &saved))
	assert.True(t, strings.HasPrefix(saved, "-----BEGIN "), "the key that lies in the session's home")
	require.NoError(t, p.Click("[data-action=close-opening]"))
	require.NoError(t, p.WaitGone("[data-command]"))
}

// hostOf is the host name of an address, without the port.
func hostOf(address string) string {
	name, _, _ := strings.Cut(hostPort(address), ":")
	return name
}
