//go:build e2e

package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// hangul is the condition that the page's heading is written in Korean.
const hangul = `/[\uac00-\ud7a3]/.test(document.querySelector("h1").innerText)`

func TestTheLanguageChangesWithoutReloading(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.Eval("window.sameDocument = true", nil))
	switchLanguage(t, p, "ko")
	require.NoError(t, p.Wait(hangul))
	require.NoError(t, p.Wait(`document.documentElement.lang === "ko"`))
	require.NoError(t, p.Wait("window.sameDocument"), "the page was not loaded again")

	require.NoError(t, p.Reload())
	require.NoError(t, p.Wait(hangul), "the choice is kept")
	require.NoError(t, p.WaitRows())
	saveScreenshot(t, p, "list-korean")
	switchLanguage(t, p, "en")
	require.NoError(t, p.Wait("!("+hangul+")"))
}

// switchLanguage uses the page's language switch, whether it is a list or a
// button.
func switchLanguage(t *testing.T, p *Page, lang string) {
	t.Helper()
	list, err := p.Exists("select[data-action=language]")
	require.NoError(t, err)
	if list {
		require.NoError(t, p.Choose("select[data-action=language]", lang))
		return
	}
	require.NoError(t, p.Click("[data-action=language]"))
}

func TestTheThemeFollowsTheSystemAndTheSwitch(t *testing.T) {
	world := enter(t)
	const ground = "getComputedStyle(document.documentElement).backgroundColor"
	background := func(p *Page) string {
		var colour string
		require.NoError(t, p.Eval(ground, &colour))
		return colour
	}
	p := newPage(t, world.own)
	require.NoError(t, p.Open("/"))
	require.NoError(t, p.WaitFormAlive())
	light := background(p)
	require.NoError(t, p.PreferDark(true))
	require.NoError(t, p.Wait(ground+" !== "+quote(light)), "without a choice the system's is followed")
	dark := background(p)

	require.NoError(t, p.PreferDark(false))
	require.NoError(t, p.Wait(ground+" === "+quote(light)))
	// The switch goes through: as the system, light, dark.
	require.NoError(t, p.Click("[data-action=theme]"))
	require.NoError(t, p.WaitSelector("html[data-theme=light]"))
	require.NoError(t, p.Click("[data-action=theme]"))
	require.NoError(t, p.Wait(ground+" === "+quote(dark)))
	require.NoError(t, p.Reload())
	require.NoError(t, p.WaitFormAlive())
	assert.Equal(t, dark, background(p), "the choice is kept")
}

func TestWhatIsPrinted(t *testing.T) {
	world := enter(t)
	id, err := driverOf(t, "user").CreateBatch(t.Context(), "printed", "seq 60")
	require.NoError(t, err)
	p := signedIn(t, world.own, "user")
	printed := func(what string, hidden ...string) {
		t.Helper()
		require.NoError(t, p.WaitSelector(what))
		require.NoError(t, p.Run(emulation.SetEmulatedMedia().WithMedia("print")))
		require.NoError(t, p.Wait(visible(what)))
		for _, selector := range hidden {
			require.NoError(t, p.WaitGone(selector), "that is not for paper")
		}
	}
	printed("tr[data-session]", "header.top", "nav.side", ".toolbar", "[data-action=refresh]", "[data-action=start]")
	require.NoError(t, p.Run(emulation.SetEmulatedMedia().WithMedia("")))
	require.NoError(t, p.Open(PanelPath(id, "logs")))
	require.NoError(t, p.WaitLog("\n60\n"))
	printed(Drawer+" .logview-row", "tr[data-session]", ".drawer .btn", ".drawer .tabs", ".logview-search")
	require.NoError(t, p.Wait(`[...document.querySelectorAll(".drawer, .logview-scroll")].every(e => e.scrollHeight <= e.clientHeight + 1)`), "nothing is cut off")
}

func TestADeadProgramIsSaid(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "user", "exit code", "panic", "goroutine", "boom", "Go program has already exited", "console: ")
	visibleNow, err := p.Exists("#dead-notice")
	require.NoError(t, err)
	assert.False(t, visibleNow)
	// An exception of the browser in the middle of drawing is a panic in Go.
	require.NoError(t, p.Eval(`Node.prototype.appendChild = Node.prototype.insertBefore = Node.prototype.replaceChild = Element.prototype.setAttribute = () => { throw new Error("boom"); }`, nil))
	require.NoError(t, p.Eval(`document.querySelector("a[data-tab=finished]").click()`, nil))
	require.NoError(t, p.WaitSelector("#dead-notice"))
	require.NoError(t, p.Eval("window.sameDocument = true", nil))
	require.NoError(t, p.Click("#dead-notice button, #dead-notice a"))
	require.NoError(t, p.Wait("!window.sameDocument"))
	require.NoError(t, p.WaitSelector("a[data-tab=finished][aria-current]"), "the page lives again, where it was")
	require.NoError(t, p.WaitSelector("[data-updated]"))
}

func TestTheLogPageShowsWhatFailed(t *testing.T) {
	world := enter(t)
	p := newPage(t, world.own, unauthorized)
	require.NoError(t, p.Open("/"))
	require.NoError(t, p.SubmitPassword(world.accounts["user"].Email, "wrong"))
	require.NoError(t, p.WaitSelector(SignInFailure))
	require.NoError(t, p.SubmitPassword(world.accounts["user"].Email, world.accounts["user"].Password))
	require.NoError(t, p.WaitRows())
	require.NoError(t, p.Click("a[href='/logs']"))
	require.NoError(t, p.WaitSelector("table[data-list=logs]"))
	var text string
	require.NoError(t, p.Eval("document.querySelector('main').innerText", &text))
	assert.NotContains(t, text, world.accounts["user"].Password)
}
