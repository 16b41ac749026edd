//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// failed is how Chromium reports answers and connections that a fault spoiled.
var failed = []string{"Failed to load resource", "net::ERR"}

// eachMode opens the list as a user in both modes, at a manager whose network the
// test spoils.
func eachMode(t *testing.T, f func(*testing.T, *Page)) {
	world := worldOf(t)
	t.Run("in SESSION mode", func(t *testing.T) {
		t.Cleanup(func() { world.counter.Through(nil) })
		f(t, streaming(t, world.relayed, failed...))
	})
	t.Run("in API mode", func(t *testing.T) {
		t.Cleanup(func() { world.counter.Through(nil) })
		p := newPage(t, world.relayed, failed...)
		signInWithKeys(t, p)
		require.NoError(t, p.WaitRows())
		require.NoError(t, p.WaitStreaming(1, waitTimeout))
		f(t, p)
	})
}

func signInWithKeys(t *testing.T, p *Page) {
	t.Helper()
	world := worldOf(t)
	require.NoError(t, p.Open("/sessions"))
	account := world.accounts["user"]
	require.NoError(t, p.SubmitKeyPair(world.counter.URL, account.AccessKey, account.SecretKey))
}

// waitTrouble waits until the list says that it could not be refreshed, and why;
// the rows are still there.
func waitTrouble(t *testing.T, p *Page, kind string) (said string) {
	t.Helper()
	require.NoError(t, p.WaitSelector(`[data-list-error=`+kind+`]`))
	said, err := p.Text(`[data-list-error]`)
	require.NoError(t, err)
	rows, err := p.Rows()
	require.NoError(t, err)
	assert.NotEmpty(t, rows, "the rows stay")
	var times int
	require.NoError(t, p.Eval(`document.querySelectorAll(".notice.error, .toast").length`, &times))
	assert.Equal(t, 1, times, "it is said once")
	return said
}

func TestTheVersionIsAskedForOnceAndSigned(t *testing.T) {
	world := enter(t)
	world.counter.Reset()
	eachMode(t, func(t *testing.T, p *Page) {
		require.Eventually(t, func() bool { return len(world.counter.Queries()) > 2 }, waitTimeout, waitEvery, "until the list was refreshed")
		asked := 0
		for _, call := range world.counter.Calls() {
			if call.Path == "/" && call.Method == http.MethodGet {
				asked++
				assert.True(t, call.Signed, "what is not is counted by address, which many people share")
			}
		}
		assert.Equal(t, 1, asked)
		world.counter.Reset()
	})
}

func TestTooManyRequestsAreToldAndWaitedFor(t *testing.T) {
	world := enter(t)
	// pause is the time from the last refusal to what was asked next.
	pause := func(t *testing.T) (time.Duration, bool) {
		var refused time.Time
		for _, call := range world.counter.Queries() {
			if call.Status == http.StatusTooManyRequests {
				refused = call.Began
			} else if !refused.IsZero() {
				return call.Began.Sub(refused), true
			}
		}
		return 0, false
	}
	// Timers of browsers may go off a little early.
	const early = 50 * time.Millisecond
	eachMode(t, func(t *testing.T, p *Page) {
		world.counter.Reset()
		world.counter.Through(TooMany(7 * time.Second))
		said := waitTrouble(t, p, "rate_limit")
		world.counter.Through(nil)
		assert.Contains(t, said, "refreshes more slowly")
		assert.Contains(t, said, "Next try at")
		id := createSession(t, "user", "made-while-refused")
		require.NoError(t, p.WaitSession(id, "RUNNING", waitTimeout), "it goes on by itself")
		waited, again := pause(t)
		assert.True(t, again)
		assert.GreaterOrEqual(t, waited, 7*time.Second-early, "and no earlier than it was told, whatever happens")
		require.NoError(t, p.WaitGone(ListError))
	})
	t.Run("without a word for how long", func(t *testing.T) {
		p := streaming(t, world.relayed, failed...)
		t.Cleanup(func() { world.counter.Through(nil) })
		world.counter.Reset()
		world.counter.Through(TooMany(0))
		assert.Contains(t, waitTrouble(t, p, "rate_limit"), "refreshes more slowly")
		world.counter.Through(nil)
		require.NoError(t, p.WaitGone(ListError), "it goes on by itself")
		waited, again := pause(t)
		assert.True(t, again)
		assert.GreaterOrEqual(t, waited, 10*time.Second-early, "twice its rhythm and more")
	})
}

// movableClock lets a test move the clock of the page.
const movableClock = `
	window.ahead = 0;
	const Real = Date;
	window.Date = class extends Real {
		constructor(...args) { args.length ? super(...args) : super(Real.now() + window.ahead); }
		static now() { return Real.now() + window.ahead; }
	};`

func TestAClockThatIsOffIsExplained(t *testing.T) {
	world := enter(t)
	t.Run("the browser's, in API mode", func(t *testing.T) {
		p := newPage(t, world.relayed, failed...)
		require.NoError(t, p.Before(movableClock+"window.ahead = -20 * 60e3;"))
		signInWithKeys(t, p)
		require.NoError(t, p.WaitSelector(SignInFailure))
		said, err := p.Text(SignInFailure)
		require.NoError(t, err)
		assert.Regexp(t, "clock of this device is off by about (20|21) min", said)

		require.NoError(t, p.Eval("window.ahead = 0", nil))
		require.NoError(t, p.Fill("#signin [name=secret_key]", world.accounts["user"].SecretKey))
		require.NoError(t, p.Press("\r"))
		require.NoError(t, p.WaitRows())
		require.NoError(t, p.Eval("window.ahead = 30 * 60e3", nil))
		said = waitTrouble(t, p, "clock")
		assert.Contains(t, said, "It is 30 min ahead of the manager's.")
		require.NoError(t, p.Eval("window.ahead = 0", nil))
		require.NoError(t, p.Click("[data-action=retry]"))
		require.NoError(t, p.WaitGone(ListError))
	})
	t.Run("the server's, in SESSION mode", func(t *testing.T) {
		p := streaming(t, world.relayed, failed...)
		t.Cleanup(func() { world.counter.Through(nil) })
		world.counter.Through(ClockBehind(20 * time.Minute))
		said := waitTrouble(t, p, "server_clock")
		assert.Contains(t, said, "The server's is 20 min ahead of the manager's.")
		switchLanguage(t, p, "ko")
		require.NoError(t, p.Wait(`document.querySelector("[data-list-error]").innerText.includes("20분")`))
		require.NoError(t, p.Size(360, 740))
		require.NoError(t, p.Wait("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the window")
		assertAccessible(t, p, "a list whose server has a wrong clock")
		saveScreenshot(t, p, "list-clock-360-ko")
		require.NoError(t, p.Size(1280, 800))
		world.counter.Through(nil)
		require.NoError(t, p.Click("[data-action=retry]"))
		require.NoError(t, p.WaitGone(ListError))
	})
}

func TestARestartUnderAnOpenPage(t *testing.T) {
	world := enter(t)
	eachMode(t, func(t *testing.T, p *Page) {
		require.NoError(t, world.counter.Close())
		require.NoError(t, p.WaitSelector(ListError))
		var kind string
		require.NoError(t, p.Eval(`document.querySelector("[data-list-error]").dataset.listError`, &kind))
		assert.Contains(t, []string{"unreachable", "unavailable"}, kind)
		waitTrouble(t, p, kind)
		require.NoError(t, world.counter.Reopen(t.Context()))
		require.NoError(t, p.WaitStreaming(2, waitTimeout))
		require.NoError(t, p.WaitGone(ListError), "it recovers by itself")
		id := createSession(t, "user", "made-after-a-restart")
		require.NoError(t, p.WaitSession(id, "RUNNING", aSecond), "and hears what happens")
	})
}

func TestAnotherVersionUnderAnOpenPage(t *testing.T) {
	world := enter(t)
	restart := func(t *testing.T, f Fault) {
		require.NoError(t, world.counter.Close())
		world.counter.Through(f)
		require.NoError(t, world.counter.Reopen(t.Context()))
	}
	waitSaid := func(t *testing.T, p *Page, texts ...string) {
		for _, text := range texts {
			require.NoError(t, p.Wait(fmt.Sprintf("[...document.querySelectorAll('.toast')].some(e => e.innerText.includes(%q))", text)))
		}
	}
	eachMode(t, func(t *testing.T, p *Page) {
		older := new(Older)
		restart(t, older.Fault)
		waitSaid(t, p, "now version 23.09.11", "It can no longer do:", "the choice of an agent")
		saveScreenshot(t, p, "manager-changed")
		id := createSession(t, "user", "made-of-old")
		require.NoError(t, p.WaitSession(id, "RUNNING", waitTimeout), "the list goes on")
		require.NoError(t, p.OpenSession(id))
		require.NoError(t, p.WaitGone(ListError))
		assert.Empty(t, older.Asked(), "what this version does not know is not asked for")

		restart(t, nil)
		waitSaid(t, p, "it was 23.09.11")
	})
}

func TestErrorsInAnswersThatSucceed(t *testing.T) {
	world := enter(t)
	p := streaming(t, world.relayed, failed...)
	t.Cleanup(func() { world.counter.Through(nil) })
	world.counter.Through(Rewritten(queries, func(string) string {
		return `{"data":{"compute_session_list":null},"errors":[{"message":"the database has gone fishing","path":["compute_session_list"]}]}`
	}))
	waitTrouble(t, p, "graphql")
	world.counter.Through(Rewritten(queries, func(answer string) string {
		return strings.TrimSuffix(strings.TrimSpace(answer), "}") + `,"errors":[{"message":"one kernel could not be read"}]}`
	}))
	require.NoError(t, p.Click("[data-action=retry]"))
	waitTrouble(t, p, "graphql")
	world.counter.Through(Rewritten(queries, func(string) string { return `<html>a proxy's own page</html>` }))
	require.NoError(t, p.Click("[data-action=retry]"))
	waitTrouble(t, p, "bad_answer")
	world.counter.Through(nil)
	require.NoError(t, p.Click("[data-action=retry]"))
	require.NoError(t, p.WaitGone(ListError))
}

func TestStatusesThatNobodyKnows(t *testing.T) {
	world := enter(t)
	id := createSession(t, "user", "of-another-world")
	p := streaming(t, world.relayed, failed...)
	t.Cleanup(func() { world.counter.Through(nil) })
	require.NoError(t, p.WaitSession(id, "RUNNING", waitTimeout))
	for _, status := range []string{"DEPRIORITIZING", "LEVITATING"} {
		world.counter.Through(Rewritten(queries, func(answer string) string {
			return strings.NewReplacer(`"status":"RUNNING"`, `"status":"`+status+`"`, `"status": "RUNNING"`, `"status": "`+status+`"`).Replace(answer)
		}))
		require.NoError(t, p.WaitSession(id, status, waitTimeout))
		shown, err := p.Text(fmt.Sprintf(`tr[data-session=%q] .c-status`, id))
		require.NoError(t, err)
		assert.Contains(t, strings.ToUpper(shown), status, "as what it is")
		require.NoError(t, p.OpenSession(id))
		require.NoError(t, p.Press(kb.Escape))
		require.NoError(t, p.WaitGone(Drawer))
		require.NoError(t, p.WaitGone(ListError))
	}
}
