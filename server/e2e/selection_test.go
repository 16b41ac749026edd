//go:build e2e

package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// manyWaiting is the number of waiting sessions in a long list's server.
const manyWaiting = 300

// selectedText is the expression for what the bar says.
const selectedText = `(document.querySelector(".bulk-count")?.innerText ?? "")`

func TestSessionsAreSelectedAcrossALongList(t *testing.T) {
	enter(t)
	site, _ := manySessions(t)
	accounts, err := site.Accounts()
	require.NoError(t, err)
	p := newPage(t, site)
	require.NoError(t, p.Before(`const make = URL.createObjectURL.bind(URL); URL.createObjectURL = b => { window.saved = b; return make(b); };`))
	require.NoError(t, p.SignIn("/sessions?order=name", accounts["superadmin"]))
	require.NoError(t, p.Wait(loadedAt(5)))

	t.Run("a selection is by id, and survives scrolling and filtering", func(t *testing.T) {
		require.NoError(t, p.Click("tr[aria-rowindex='3'] [data-select]"))
		require.NoError(t, p.Wait(selectedText+` === "1 selected"`))
		require.NoError(t, p.Eval(`scrollTo(0, 8000)`, nil))
		require.NoError(t, p.Wait(loadedAt(205)))
		require.NoError(t, p.Wait(selectedText+` === "1 selected"`))
		require.NoError(t, p.Eval(`document.querySelector("tr[data-session][aria-rowindex='206'] [data-select]").click()`, nil))
		require.NoError(t, p.Wait(selectedText+` === "2 selected"`))
		require.NoError(t, p.Fill("[name=filter]", "wait-12"))
		require.NoError(t, p.Wait(`document.querySelectorAll("tr[data-session]").length === 11`))
		require.NoError(t, p.Wait(selectedText+` === "2 selected"`))
		require.NoError(t, p.Eval(`document.querySelector("[name=filter]").select()`, nil))
		require.NoError(t, p.Press(kb.Backspace))
		require.NoError(t, p.Wait(`document.querySelector("tr[aria-rowindex='3'] [data-select]")?.checked`))
		require.NoError(t, p.Click("[data-action=clear-selection]"))
		require.NoError(t, p.WaitGone(".bulk"))
	})
	t.Run("a range, with the shift key", func(t *testing.T) {
		require.NoError(t, p.Click("tr[aria-rowindex='3'] [data-select]"))
		require.NoError(t, p.Eval(`document.querySelector("tr[aria-rowindex='7'] [data-select]").dispatchEvent(new MouseEvent("click", {shiftKey: true, bubbles: true, cancelable: true}))`, nil))
		require.NoError(t, p.Wait(selectedText+` === "5 selected"`))
		require.NoError(t, p.Eval(`document.activeElement.blur()`, nil))
		require.NoError(t, p.Press(kb.Escape))
		require.NoError(t, p.WaitGone(".bulk"))
	})
	t.Run("all that match, with the true count", func(t *testing.T) {
		require.NoError(t, p.Click("th [data-select=page]"))
		require.NoError(t, p.Click("[data-action=select-all]"))
		require.NoError(t, p.Wait(selectedText+` === "300 selected"`))
		assertAccessible(t, p, "the list with a selection")
	})
	t.Run("a command is for all of them", func(t *testing.T) {
		require.NoError(t, p.Click("[data-action=terminate]"))
		require.NoError(t, p.Wait(`document.querySelector("dialog:modal")?.innerText.includes("300")`))
		require.NoError(t, p.Press(kb.Escape))
		require.NoError(t, p.WaitGone("dialog:modal"))
		require.NoError(t, p.Wait(selectedText+` === "300 selected"`))
	})
	t.Run("their values are exported", func(t *testing.T) {
		require.NoError(t, p.Click("[data-action=csv-selected]"))
		require.NoError(t, p.Wait("window.saved"))
		var file struct {
			Mark []int
			Text string
		}
		require.NoError(t, p.Eval(`saved.arrayBuffer().then(async b => ({Mark: [...new Uint8Array(b).slice(0, 3)], Text: await saved.text()}))`, &file))
		assert.Equal(t, []int{0xEF, 0xBB, 0xBF}, file.Mark, "spreadsheet programs read it as UTF-8")
		lines := strings.Split(strings.TrimSpace(file.Text), "\r\n")
		require.Len(t, lines, manyWaiting+1)
		assert.Contains(t, lines[0], "id,name,type,image")
		assert.Contains(t, file.Text, ",wait-300,BATCH,")
	})
	t.Run("an export of everything can be cancelled", func(t *testing.T) {
		require.NoError(t, p.Delay(100*time.Millisecond), "it is not over before it is cancelled")
		require.NoError(t, p.Click("[data-action=csv]"))
		require.NoError(t, p.Wait(`/of 100,\d+/.test(document.querySelector(".bulk")?.innerText)`))
		assertAccessible(t, p, "the list while it exports")
		require.NoError(t, p.Click("[data-action=cancel-job]"))
		require.NoError(t, p.WaitGone("[data-action=cancel-job]"))
	})
}
