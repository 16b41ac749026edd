//go:build e2e

package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// openPalette presses the palette's keys, as the browser reports them.
func openPalette(t *testing.T, p *Page) {
	t.Helper()
	require.NoError(t, p.Eval(`(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", {key: "k", ctrlKey: true, bubbles: true, cancelable: true}))`, nil))
	require.NoError(t, p.WaitSelector("#palette-input"))
}

func TestTheCommandPalette(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "admin")
	t.Run("finds a session by name, and opens it", func(t *testing.T) {
		openPalette(t, p)
		require.NoError(t, p.Wait(`document.activeElement.id === "palette-input"`))
		assertAccessible(t, p, "the palette")
		require.NoError(t, p.Fill("#palette-input", nameOf("user")))
		require.NoError(t, p.Wait(`document.querySelector("#palette-0")?.innerText.includes("`+nameOf("user")+`")`))
		require.NoError(t, p.Press(kb.Enter))
		require.NoError(t, p.Wait(`new URLSearchParams(location.search).get("session")`))
		require.NoError(t, p.WaitGone("#palette-input"))
		require.NoError(t, p.Press(kb.Escape))
		require.NoError(t, p.Wait(`!new URLSearchParams(location.search).get("session")`))
	})
	t.Run("moves with the arrows and says where it is", func(t *testing.T) {
		openPalette(t, p)
		require.NoError(t, p.Fill("#palette-input", "tab"))
		require.NoError(t, p.Wait(`document.querySelectorAll("#palette-list [role=option]").length === 7`))
		require.NoError(t, p.Press(kb.ArrowDown))
		require.NoError(t, p.Wait(`document.querySelector("#palette-input").getAttribute("aria-activedescendant") === "palette-1"`))
		require.NoError(t, p.Press(kb.Enter))
		require.NoError(t, p.WaitSelector("a[data-tab=finished][aria-current]"))
	})
	t.Run("goes to other pages, and works there", func(t *testing.T) {
		openPalette(t, p)
		require.NoError(t, p.Fill("#palette-input", "error log"))
		require.NoError(t, p.Press(kb.Enter))
		require.NoError(t, p.Wait(`location.pathname === "/logs"`))
		openPalette(t, p)
		require.NoError(t, p.Press(kb.Escape))
		require.NoError(t, p.WaitGone("#palette-input"))
	})
	t.Run("acts on the selection", func(t *testing.T) {
		require.NoError(t, p.Open("/sessions"))
		require.NoError(t, p.WaitRows())
		require.NoError(t, p.Click("tr[data-session] [data-select]"))
		openPalette(t, p)
		require.NoError(t, p.Wait(`document.querySelector("#palette-0").innerText.includes("(1)")`))
		require.NoError(t, p.Fill("#palette-input", "clear"))
		require.NoError(t, p.Press(kb.Enter))
		require.NoError(t, p.WaitGone(".bulk"))
	})
}

func TestKeysOfTheList(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "superadmin")
	focused := `document.activeElement.closest("tr[data-session]")?.getAttribute("aria-rowindex")`
	require.NoError(t, p.Press("j"))
	require.NoError(t, p.Wait(focused+` === "2"`))
	require.NoError(t, p.Press("j"))
	require.NoError(t, p.Wait(focused+` === "3"`))
	require.NoError(t, p.Press("k"))
	require.NoError(t, p.Wait(focused+` === "2"`))
	require.NoError(t, p.Press("x"))
	require.NoError(t, p.Wait(selectedText+` === "1 selected"`))
	// As the browser does it: the driver would type the character, too, though
	// the page says that it is none.
	require.NoError(t, p.Eval(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true, cancelable: true}))`, nil))
	require.NoError(t, p.Wait(`document.activeElement.id === "sessions-filter"`))
	require.NoError(t, p.Press("x"))
	require.NoError(t, p.Wait(`document.querySelector("#sessions-filter").value === "x"`), "who types, types")
	require.NoError(t, p.Press(kb.Backspace))
	require.NoError(t, p.Wait(selectedText+` === "1 selected"`))
	require.NoError(t, p.WaitRows())
	require.NoError(t, p.Eval(`document.activeElement.blur()`, nil))
	require.NoError(t, p.Press(kb.Escape))
	require.NoError(t, p.WaitGone(".bulk"))
	require.NoError(t, p.Press("?"))
	require.NoError(t, p.WaitSelector("#sessions-help dl"))
	assertAccessible(t, p, "the list of keys")
	require.NoError(t, p.Press(kb.Escape))
	require.NoError(t, p.WaitGone("#sessions-help dl"))
	require.NoError(t, p.Press("j"))
	require.NoError(t, p.Wait(focused))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.Wait(`new URLSearchParams(location.search).get("session")`))
}

func TestColumnsAreRemembered(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "superadmin")
	require.NoError(t, p.Click("[data-action=columns]"))
	require.NoError(t, p.WaitSelector("#sessions-columns li"))
	assertAccessible(t, p, "the choice of columns")
	require.NoError(t, p.Click("#sessions-columns [data-column=usage] input[type=checkbox]"))
	require.NoError(t, p.Click("#sessions-columns [data-column=agent] [data-move='-1']"))
	require.NoError(t, p.Eval(`(() => {
		const range = document.querySelector("#sessions-columns [data-column=status] input[type=range]");
		range.value = 240;
		range.dispatchEvent(new Event("change", {bubbles: true}));
	})()`, nil))
	require.NoError(t, p.Press(kb.Escape))
	check := func(what string) {
		require.NoError(t, p.WaitRows())
		require.NoError(t, p.Wait(`!document.querySelector("th[data-col=usage]")`), what)
		require.NoError(t, p.Wait(`Math.round(document.querySelector("th[data-col=status]").getBoundingClientRect().width) === 240`), what)
		columns, err := p.Columns()
		require.NoError(t, err)
		assert.Equal(t, []string{"agent", "reserved"}, columns[len(columns)-2:], what)
	}
	check("at once")
	require.NoError(t, p.Reload())
	check("after a reload")

	require.NoError(t, p.Click("[data-action=columns]"))
	require.NoError(t, p.Click("[data-action=reset-columns]"))
	require.NoError(t, p.WaitSelector("th[data-col=usage]"))
	require.NoError(t, p.Reload())
	require.NoError(t, p.WaitRows())
	require.NoError(t, p.WaitSelector("th[data-col=usage]"))
}

func TestGaugesOfTheResources(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.Click("[data-action=room]"))
	require.NoError(t, p.WaitSelector(".room [role=meter]"))
	assertAccessible(t, p, "the gauges")
	require.NoError(t, p.Reload())
	require.NoError(t, p.WaitSelector(".room [role=meter]"))
	require.NoError(t, p.Click("[data-action=room]"))
	require.NoError(t, p.WaitGone(".room"))
}
