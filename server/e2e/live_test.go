//go:build e2e

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// aSecond is how long after an event the page shows what happened; a little
// more, because this machine runs the manager, the server and the browser.
const aSecond = 1500 * time.Millisecond

// streaming opens the list as a user and waits until it hears of changes.
func streaming(t *testing.T, site *Server, expected ...string) *Page {
	t.Helper()
	p := signedIn(t, site, "user", expected...)
	require.NoError(t, p.WaitStreaming(1, waitTimeout))
	return p
}

func TestAChangeOfAnotherClientIsSeenWithinASecond(t *testing.T) {
	world := enter(t)
	for name, site := range map[string]*Server{"the embedded manager": world.own, "a manager elsewhere": world.relayed} {
		t.Run(name, func(t *testing.T) {
			p, d := streaming(t, site), driverOf(t, "user")
			for _, name := range []string{"seen-at-once-1", "seen-at-once-2"} {
				id := createSession(t, "user", name)
				require.NoError(t, p.WaitSession(id, "RUNNING", aSecond))
				require.NoError(t, d.Destroy(t.Context(), name))
				require.NoError(t, d.WaitStatus(t.Context(), id, model.StatusTerminated))
				require.NoError(t, p.WaitNoSession(id, aSecond), "it disappears by itself")
			}
		})
	}
}

func TestAChangeIsSeenInAPIModeToo(t *testing.T) {
	world := enter(t)
	p := newPage(t, world.own)
	require.NoError(t, p.Open("/sessions"))
	require.NoError(t, p.WaitFormAlive())
	account := world.accounts["user"]
	require.NoError(t, p.SubmitKeyPair(world.own.Manager, account.AccessKey, account.SecretKey))
	require.NoError(t, p.WaitRows())
	require.NoError(t, p.WaitStreaming(1, waitTimeout))
	id := createSession(t, "user", "seen-with-a-key")
	require.NoError(t, p.WaitSession(id, "RUNNING", aSecond))
}

func TestAnOpenListAsksNoMoreThanItDid(t *testing.T) {
	world := enter(t)
	endTheRest(t)
	p := streaming(t, world.own)
	p.ResetRequests()
	const watched = 11 * time.Second
	require.Never(t, func() bool {
		times, _ := p.Asked()
		return times > 3
	}, watched, 100*time.Millisecond, "every five seconds")
	times, bytes := p.Asked()
	made, _ := p.Streams()
	assert.Zero(t, made, "the stream stays")
	t.Logf("an idle list: %.0f requests and %.1f kB a minute",
		float64(times)*time.Minute.Seconds()/watched.Seconds(), float64(bytes)/1000*time.Minute.Seconds()/watched.Seconds())
}

func TestABusyClusterMakesNoMoreRequests(t *testing.T) {
	world := enter(t)
	others := signedIn(t, world.own, "superadmin")
	require.NoError(t, others.WaitStreaming(1, waitTimeout))
	mine := streaming(t, world.own)
	d := driverOf(t, "user")
	others.ResetRequests()
	mine.ResetRequests()
	began, last := time.Now(), ""
	for n := 0; time.Since(began) < 11*time.Second; n++ {
		id, err := d.CreateBatch(t.Context(), fmt.Sprintf("busy-%d", n), "true")
		require.NoError(t, err)
		if n%4 == 3 {
			require.NoError(t, d.WaitStatus(t.Context(), id, model.StatusTerminated))
		}
		last = id
	}
	byInterval := int(time.Since(began)/(5*time.Second)) + 2
	times, _ := others.Asked()
	assert.LessOrEqual(t, times, byInterval, "the events of other people's sessions are no more requests")
	times, _ = mine.Asked()
	assert.LessOrEqual(t, times, byInterval+6, "those of one's own are a few, and then no more")
	require.NoError(t, d.WaitStatus(t.Context(), last, model.StatusTerminated))
	require.NoError(t, others.WaitNoSession(last, waitTimeout))
}

func TestANetworkThatComesBack(t *testing.T) {
	world := enter(t)
	p := streaming(t, world.own, "ERR_INTERNET_DISCONNECTED", "Failed to load resource")
	require.NoError(t, p.Offline(true))
	id := createSession(t, "user", "made-in-the-dark")
	rows, err := p.Rows()
	require.NoError(t, err)
	assert.NotEmpty(t, rows, "the rows stay")

	require.NoError(t, p.Offline(false))
	require.NoError(t, p.WaitSession(id, "RUNNING", 5*time.Second))
	require.NoError(t, p.WaitStreaming(2, waitTimeout))
	id = createSession(t, "user", "made-in-the-light")
	require.NoError(t, p.WaitSession(id, "RUNNING", aSecond))
}

func TestAManagerThatIsRestarted(t *testing.T) {
	world := enter(t)
	p := streaming(t, world.relayed, "502", "503", "504", "ERR_INCOMPLETE_CHUNKED_ENCODING", "net::ERR")
	require.NoError(t, world.counter.Close())
	id := createSession(t, "user", "made-meanwhile")
	require.NoError(t, world.counter.Reopen(t.Context()))
	require.NoError(t, p.WaitStreaming(2, waitTimeout))
	require.NoError(t, p.WaitSession(id, "RUNNING", aSecond), "what happened meanwhile is read once")
	id = createSession(t, "user", "made-afterwards")
	require.NoError(t, p.WaitSession(id, "RUNNING", aSecond))
}

func TestTwoTabsShareAStreamAndASignOut(t *testing.T) {
	world := enter(t)
	// A tab that asks at the very moment of the sign-out is refused.
	first := streaming(t, world.own, "status of 401")
	second, err := world.browser.NewTab(first)
	require.NoError(t, err)
	t.Cleanup(second.Close)
	third, err := world.browser.NewTab(first)
	require.NoError(t, err)
	t.Cleanup(third.Close)
	for _, p := range []*Page{second, third} {
		require.NoError(t, p.Open("/sessions"))
		require.NoError(t, p.WaitRows())
	}
	id := createSession(t, "user", "seen-in-all-tabs")
	for _, p := range []*Page{first, second, third} {
		require.NoError(t, p.WaitSession(id, "RUNNING", aSecond))
	}
	for _, p := range []*Page{second, third} {
		made, _ := p.Streams()
		assert.Zero(t, made, "one tab listens for all")
	}

	require.NoError(t, first.Open("/logs")) // the same program, loaded anew: it stands in line now
	require.Eventually(t, func() bool {
		_, inSecond := second.Streams()
		_, inThird := third.Streams()
		return inSecond+inThird == 1
	}, waitTimeout, waitEvery, "another tab listens")
	id = createSession(t, "user", "seen-in-the-rest")
	for _, p := range []*Page{second, third} {
		require.NoError(t, p.WaitSession(id, "RUNNING", aSecond))
	}

	require.NoError(t, first.Eval("history.back()", nil)) // the browser may have kept the page
	require.NoError(t, first.WaitSession(id, "RUNNING", waitTimeout))
	id = createSession(t, "user", "seen-by-who-came-back")
	for _, p := range []*Page{first, second, third} {
		require.NoError(t, p.WaitSession(id, "RUNNING", waitTimeout))
	}

	require.NoError(t, second.Click(".account-button"))
	require.NoError(t, second.Click("[data-action=signout]"))
	for _, p := range []*Page{first, second, third} {
		require.NoError(t, p.WaitFormAlive(), "the sign-out holds in all tabs")
	}
}

// fakeDesktop stands for what a browser without a screen does not have.
const fakeDesktop = `
	window.told = []; window.asked = 0;
	let permission = "default", away = false;
	window.Notification = class {
		constructor(title, options) { window.told.push({title, body: options.body, tag: options.tag}); window.last = this; }
		static get permission() { return permission; }
		static async requestPermission() { window.asked++; permission = window.answer || "granted"; return permission; }
		close() { this.onclose?.(); }
	};
	Object.defineProperty(document, "visibilityState", {get: () => away ? "hidden" : "visible"});
	window.lookAway = (value) => { away = value; document.dispatchEvent(new Event("visibilitychange", {bubbles: true})); };`

func TestNotifications(t *testing.T) {
	world := enter(t)
	endTheRest(t)
	p := newPage(t, world.own)
	require.NoError(t, p.Before(fakeDesktop))
	require.NoError(t, p.SignIn("/sessions", world.accounts["user"]))
	require.NoError(t, p.WaitStreaming(1, waitTimeout))
	d := driverOf(t, "user")

	require.NoError(t, p.Press("]"))
	require.NoError(t, p.WaitSelector(BellList))
	assertAccessible(t, p, "the empty list of notifications")
	require.NoError(t, p.Press(kb.Escape))
	require.NoError(t, p.WaitGone(BellList))
	require.NoError(t, p.Wait(`document.activeElement.matches("`+BellButton+`")`), "the focus comes back")

	id := createSession(t, "user", "told-of")
	require.NoError(t, p.WaitNotice(id, "notices.session.running"))
	failing, err := d.CreateBatch(t.Context(), "told-of-failing", "exit 3")
	require.NoError(t, err)
	require.NoError(t, p.WaitNotice(failing, "notices.session.failed_code"))
	require.NoError(t, p.Wait(`document.querySelector("`+BellButton+`").dataset.unread === "2"`))
	require.NoError(t, p.WaitSelector(".toast.error"), "what failed stands until it is read")

	require.NoError(t, p.Click(BellButton))
	require.NoError(t, p.WaitGone(".toast"))
	text, err := p.Text(`[data-notice="session ` + failing + `"]`)
	require.NoError(t, err)
	assert.Contains(t, text, "told-of-failing has failed with exit code 3")
	assertAccessible(t, p, "the list of notifications")
	saveScreenshot(t, p, "notices")

	require.NoError(t, p.Click(`[data-notice="session `+id+`"] .notices-title`))
	require.NoError(t, p.Wait(`location.search.includes("session=`+id+`")`))
	require.NoError(t, p.WaitGone(BellList))
	require.NoError(t, p.Wait(`document.querySelector("`+BellButton+`").dataset.unread === "0"`))

	require.NoError(t, p.Reload())
	require.NoError(t, p.WaitNotice(failing, "notices.session.failed_code"), "the list survives a reload")
}

func TestDesktopNotificationsAreAskedForByAClick(t *testing.T) {
	world := enter(t)
	p := newPage(t, world.own)
	require.NoError(t, p.Before(fakeDesktop))
	require.NoError(t, p.SignIn("/sessions", world.accounts["user"]))
	require.NoError(t, p.WaitStreaming(1, waitTimeout))
	d := driverOf(t, "user")
	counted := func(expression string) (n int) {
		require.NoError(t, p.Eval(expression, &n))
		return n
	}
	require.NoError(t, p.Click(BellButton))
	assert.Zero(t, counted("asked"), "nobody was asked yet")
	require.NoError(t, p.Click("#notices-desktop"))
	require.NoError(t, p.Wait("asked === 1 && document.getElementById('notices-desktop').checked"))
	require.NoError(t, p.Press(kb.Escape))

	finish := func(name, command string) string {
		id, err := d.CreateBatch(t.Context(), name, command)
		require.NoError(t, err)
		require.NoError(t, d.WaitStatus(t.Context(), id, model.StatusTerminated))
		return id
	}
	id := finish("seen-on-the-page", "true")
	require.NoError(t, p.WaitNotice(id, "notices.session.finished"))
	assert.Zero(t, counted("told.length"), "who looks at the page needs no more")

	require.NoError(t, p.Eval("lookAway(true)", nil))
	id = finish("seen-on-the-desktop", "exit 4")
	require.NoError(t, p.Wait(`told.some(n => n.title.includes("seen-on-the-desktop has failed with exit code 4"))`))
	require.NoError(t, p.Eval("lookAway(false); last.onclick()", nil))
	require.NoError(t, p.Wait(`location.search.includes("session=`+id+`")`), "it leads to the session")

	require.NoError(t, p.Eval(`answer = "denied"`, nil))
	require.NoError(t, p.Reload())
	require.NoError(t, p.WaitRows())
	require.NoError(t, p.Click(BellButton))
	require.NoError(t, p.Wait("!document.getElementById('notices-desktop').checked"), "what the browser no longer allows is off")
	assert.Zero(t, counted("asked"))
}

func TestNotificationsOnEverySize(t *testing.T) {
	world := enter(t)
	p, d := streaming(t, world.own), driverOf(t, "user")
	failing, err := d.CreateBatch(t.Context(), "pictured-failing", "exit 2")
	require.NoError(t, err)
	id := createSession(t, "user", "pictured-running")
	require.NoError(t, p.WaitNotice(id, "notices.session.running"))
	require.NoError(t, p.WaitNotice(failing, "notices.session.failed_code"))
	saveScreenshot(t, p, "notices-toasts")
	for _, lang := range []string{"en", "ko"} {
		require.NoError(t, p.Size(1280, 740))
		switchLanguage(t, p, lang)
		require.NoError(t, p.Click(BellButton))
		for _, dark := range []bool{false, true} {
			require.NoError(t, p.PreferDark(dark))
			name := "notices-" + lang + map[bool]string{true: "-dark"}[dark]
			for _, size := range []struct {
				name  string
				width int64
			}{{"", 1280}, {"-360", 360}, {"-320", 320}} {
				require.NoError(t, p.Size(size.width, 740))
				require.NoError(t, p.Frames(2))
				require.NoError(t, p.Wait("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the window")
				saveScreenshot(t, p, name+size.name)
			}
			assertAccessible(t, p, name)
		}
		require.NoError(t, p.Press(kb.Escape))
	}
}
