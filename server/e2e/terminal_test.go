//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// terminalPage opens a terminal of a session in a browser tab of its own.
func terminalPage(t *testing.T, site *Server, session, name string, expected ...string) *Page {
	t.Helper()
	world := worldOf(t)
	p := newPage(t, site, expected...)
	require.NoError(t, p.WithoutTerminalGuide())
	require.NoError(t, p.Open(TerminalPath(session, name)))
	require.NoError(t, p.SubmitPassword(world.accounts["user"].Email, world.accounts["user"].Password))
	require.NoError(t, p.WaitTerminal("open"))
	return p
}

// withKeyPair opens a path of a site and signs in as the user with the key pair,
// which stays in the browser.
func withKeyPair(t *testing.T, site *Server, path string, expected ...string) *Page {
	t.Helper()
	world := worldOf(t)
	p := newPage(t, site, expected...)
	require.NoError(t, p.WithoutTerminalGuide())
	require.NoError(t, p.Open(path))
	account := world.accounts["user"]
	require.NoError(t, p.SubmitKeyPair(world.own.Manager, account.AccessKey, account.SecretKey))
	return p
}

// runIn types a command into the terminal.
func runIn(t *testing.T, p *Page, command string) {
	t.Helper()
	require.NoError(t, p.Type(command+kb.Enter))
}

func TestACommandTypedIntoATerminalAnswers(t *testing.T) {
	world := enter(t)
	id := createRunning(t, "user", "terminal-types")
	p := terminalPage(t, world.own, id, "")
	runIn(t, p, "echo $((6*7)) is the answer")
	require.NoError(t, p.WaitScreen("42 is the answer"))
	shown, err := p.Screen()
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(shown, "42 is the answer"))

	t.Run("Korean, composed", func(t *testing.T) {
		require.NoError(t, p.Type("echo '"))
		require.NoError(t, p.Compose("ㅎ", "하", "한"))
		require.NoError(t, p.WaitScreen("echo '한"))
		require.NoError(t, p.Compose("ㄱ", "그", "글"))
		// Made-up events follow one another faster than an input method's, and
		// xterm.js reads what was composed a moment after its end.
		require.NoError(t, p.WaitScreen("echo '한글"))
		require.NoError(t, p.Type("' | sed s/^/읽음:/ | tail -c 16"+kb.Enter))
		require.NoError(t, p.WaitScreen("읽음:한글"))
	})

	t.Run("a paste that says that it ends", func(t *testing.T) {
		require.NoError(t, p.Type("echo "))
		require.NoError(t, p.WaitScreen("$ echo\n"), "the shell reads a line, and takes a paste as one")
		require.NoError(t, p.PasteInTerminal("pasted\x1b[201~\recho broke $((1+1)) out\r"))
		require.NoError(t, p.WaitScreen("echo pasted"))
		require.NoError(t, p.Hold("c", "KeyC", 67, input.ModifierCtrl))
		runIn(t, p, "echo still $((3*3)) here")
		require.NoError(t, p.WaitScreen("still 9 here"))
		shown, err := p.Screen()
		require.NoError(t, err)
		assert.NotContains(t, shown, "broke 2 out")
	})

	t.Run("a search finds and counts", func(t *testing.T) {
		require.NoError(t, p.Hold("F", "KeyF", 70, input.ModifierCtrl, input.ModifierShift))
		require.NoError(t, p.Wait(`document.activeElement.id === "terminal-search"`))
		require.NoError(t, p.Type("answer"))
		require.NoError(t, p.Wait(`/[1-9] of [1-9]/.test(document.querySelector(".terminal-search [role=status]").textContent)`))
		require.NoError(t, p.Press(kb.Enter))
		require.NoError(t, p.Press(kb.Escape))
		require.NoError(t, p.WaitGone(".terminal-search"))
		require.NoError(t, p.Wait(`document.activeElement.closest(".terminal-screen")`))
	})

	t.Run("the focus can leave", func(t *testing.T) {
		require.NoError(t, p.Press(kb.Tab))
		require.NoError(t, p.Wait(`document.activeElement.closest(".terminal-screen")`), "Tab is the shell's")
		require.NoError(t, p.Hold("F6", "F6", 117, input.ModifierCtrl))
		require.NoError(t, p.Wait(`document.activeElement.closest(".terminal-bar")`))
	})

	t.Run("axe", func(t *testing.T) { assertAccessible(t, p, "a terminal") })
}

func TestATerminalGoesOnAfterTheNetworkWasCut(t *testing.T) {
	world := enter(t)
	id := createRunning(t, "user", "terminal-cut")
	cutter, err := StartCutter(world.own.UI)
	require.NoError(t, err)
	t.Cleanup(func() { _ = cutter.Close() })
	p := terminalPage(t, &Server{UI: cutter.URL}, id, "cut", "WebSocket connection", "net::ERR", "Failed to load", "network error")
	runIn(t, p, "unset TMUX; for i in $(seq 1 400); do echo line-$i; sleep 0.01; done; echo all is done")
	require.NoError(t, p.Wait(`/^line-\d/m.test(`+screenText+`)`), "some of it has come")
	cutter.Cut()
	require.NoError(t, p.WaitTerminal("reconnecting"))
	require.NoError(t, p.Type("echo typed mean"+"while"+kb.Enter))
	require.NoError(t, p.WaitSelector(".terminal-state.warning"))
	cutter.Restore()
	require.NoError(t, p.WaitTerminal("open"))
	require.NoError(t, p.WaitScreen("all is done"))
	require.NoError(t, p.WaitScreen("\ntyped meanwhile"))
	shown, err := p.Screen()
	require.NoError(t, err)
	lines := strings.Split(shown, "\n")
	last := 0
	for _, line := range lines {
		var n int
		if count, _ := fmt.Sscanf(line, "line-%d", &n); count == 1 {
			assert.True(t, last == 0 || n == last+1, "line %d follows line %d", n, last)
			last = n
		}
	}
	assert.Equal(t, 400, last)
	assert.Equal(t, 1, strings.Count(shown, "\ntyped meanwhile"))
}

func TestAFloodDoesNotFreezeThePage(t *testing.T) {
	world := alone(t)
	id := createRunning(t, "user", "terminal-flood")
	p := terminalPage(t, world.own, id, "")
	runIn(t, p, "yes this is a flood")
	require.NoError(t, p.WaitScreen("this is a flood\nthis is a flood"))
	var longest float64
	require.NoError(t, p.Eval(`(async () => {
		let longest = 0;
		for (let i = 0; i < 60; i++) {
			const before = performance.now();
			await new Promise(requestAnimationFrame);
			longest = Math.max(longest, performance.now() - before);
		}
		return longest;
	})()`, &longest))
	assert.Less(t, longest, 1000.0, "ms between two frames")
	require.NoError(t, p.Hold("c", "KeyC", 67, input.ModifierCtrl))
	runIn(t, p, "clear; echo it is $((1+1)) quiet")
	require.NoError(t, p.WaitScreen("it is 2 quiet"))
}

func TestASessionHasSeveralTerminalsWithNames(t *testing.T) {
	world := enter(t)
	id := createRunning(t, "user", "terminal-names")
	p := terminalPage(t, world.own, id, "")
	runIn(t, p, "echo this is the $((0+1))st")
	require.NoError(t, p.WaitScreen("this is the 1st"))

	require.NoError(t, p.Click("[data-action=add]"))
	require.NoError(t, p.WaitSelector("[data-terminal=shell-2][aria-pressed=true]"))
	require.NoError(t, p.WaitTerminal("open"))
	require.NoError(t, p.Wait("!("+screenText+").includes('1st')"))
	runIn(t, p, "echo this is the $((1+1))nd")
	require.NoError(t, p.WaitScreen("this is the 2nd"))
	assert.Contains(t, address(t, p), "name=shell-2")

	require.NoError(t, p.Click("[data-action=rename]"))
	require.NoError(t, p.WaitSelector("#terminal-new-name"))
	require.NoError(t, p.Fill("#terminal-new-name", "build"))
	assertAccessible(t, p, "the dialog for a name")
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.WaitSelector("[data-terminal=build][aria-pressed=true]"))

	require.NoError(t, p.Click("[data-terminal=main]"))
	require.NoError(t, p.WaitScreen("this is the 1st"))
	require.NoError(t, p.Click("[data-terminal=build]"))
	require.NoError(t, p.WaitScreen("this is the 2nd"))

	require.NoError(t, p.Click("[data-action=close]"))
	require.NoError(t, p.WaitSelector("#terminal-close[open] .danger"))
	require.NoError(t, p.Click("#terminal-close .danger"))
	require.NoError(t, p.WaitTerminal("ended"))
	require.NoError(t, p.Click("[data-terminal=main]"))
	require.NoError(t, p.WaitScreen("this is the 1st"))
	require.NoError(t, p.WaitGone("[data-terminal=build]"))

	require.NoError(t, driverOf(t, "user").Destroy(t.Context(), "terminal-names"))
	require.NoError(t, p.Wait(`["over", "ended"].includes(document.querySelector(".terminal").dataset.phase)`))
}

func TestATerminalWithAKeyPairInTheBrowser(t *testing.T) {
	world := enter(t)
	id := createSession(t, "user", "terminal-key")
	cutter, err := StartCutter(world.own.UI)
	require.NoError(t, err)
	t.Cleanup(func() { _ = cutter.Close() })
	p := withKeyPair(t, &Server{UI: cutter.URL}, TerminalPath(id, ""), "WebSocket connection", "net::ERR", "Failed to load", "network error")
	require.NoError(t, p.WaitTerminal("open"))
	runIn(t, p, "echo $((6*7)) is the answer")
	require.NoError(t, p.WaitScreen("42 is the answer"))
	cutter.Cut()
	require.NoError(t, p.WaitTerminal("reconnecting"))
	cutter.Restore()
	require.NoError(t, p.WaitTerminal("open"))
	runIn(t, p, "echo $((5*5)) is another")
	require.NoError(t, p.WaitScreen("25 is another"))
}

func TestATerminalThatWasOpenedWithoutANetworkLoadsByItself(t *testing.T) {
	world := enter(t)
	id := createRunning(t, "user", "terminal-offline")
	p := signedIn(t, world.own, "user", "net::ERR", "Failed to load resource")
	require.NoError(t, p.WithoutTerminalGuide())
	require.NoError(t, p.WaitSession(id, "RUNNING", settledIn))
	require.NoError(t, p.OpenSession(id))
	require.NoError(t, p.Offline(true))
	require.NoError(t, p.Click(Drawer+` a[href*="panel=terminal"]`))
	require.NoError(t, p.WaitTerminal("failed"))
	require.NoError(t, p.Offline(false))
	require.NoError(t, p.WaitTerminal("open"))
}

func TestATerminalHasTheFocusAfterSigningInAgain(t *testing.T) {
	world := enter(t)
	id := createRunning(t, "user", "terminal-expired")
	p := newPage(t, world.own, unauthorized)
	require.NoError(t, p.WithoutTerminalGuide())
	require.NoError(t, p.SignIn(PanelPath(id, "terminal"), world.accounts["user"]))
	const focused = `document.activeElement.matches("#terminal-screen textarea")`
	require.NoError(t, p.WaitTerminal("open"))
	require.NoError(t, p.Wait(focused))
	require.NoError(t, p.Run(network.ClearBrowserCookies()))
	require.NoError(t, p.Eval(`dispatchEvent(new Event("online"))`, nil)) // the drawer asks, and nobody moves the focus
	require.NoError(t, p.WaitSelector("#signin"))
	require.NoError(t, p.Fill("#signin [name=password]", world.accounts["user"].Password))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.WaitGone("#signin"))
	require.NoError(t, p.WaitTerminal("open"))
	require.NoError(t, p.Wait(focused))
}
