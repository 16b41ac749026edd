//go:build e2e

package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// logPage opens the log of a session.
func logPage(t *testing.T, session string, expected ...string) *Page {
	t.Helper()
	world := worldOf(t)
	p := newPage(t, world.own, expected...)
	require.NoError(t, p.CaptureDownloads())
	require.NoError(t, p.SignIn(PanelPath(session, "logs"), world.accounts["user"]))
	require.NoError(t, p.WaitSelector(".logview"))
	return p
}

func TestALogOfAMillionLinesIsShownSearchedAndDownloadedWhole(t *testing.T) {
	enter(t)
	const lines = 1_000_000
	var whole []byte
	for i := 1; i <= lines; i++ {
		whole = append(strconv.AppendInt(whole, int64(i), 10), '\n')
	}
	id, err := driverOf(t, "user").CreateBatch(t.Context(), "log-of-a-million", "seq "+strconv.Itoa(lines))
	require.NoError(t, err)
	p := logPage(t, id)
	require.NoError(t, p.WaitLog("\n1000000\n"), "the end is in sight")
	require.NoError(t, p.Wait(`document.querySelector(".logview-facts").textContent.includes("1,000,000 lines, 6,888,896 bytes")`))
	var rows int
	require.NoError(t, p.Eval(`document.querySelectorAll(".logview-row").length`, &rows))
	assert.Less(t, rows, 120, "only what is in sight is in the document")

	require.NoError(t, p.Click(".logview [data-action=download]"))
	size, sum, err := p.DownloadDigest()
	require.NoError(t, err)
	want := sha256.Sum256(whole)
	assert.EqualValues(t, len(whole), size)
	assert.Equal(t, hex.EncodeToString(want[:]), sum)

	t.Run("search", func(t *testing.T) {
		require.NoError(t, p.Fill("#logview-query", "77777"))
		require.NoError(t, p.Wait(`document.querySelector(".logview-search [role=status]").textContent === "1 of 19"`))
		require.NoError(t, p.WaitLog("\n77777\n"))
		require.NoError(t, p.Press(kb.Enter))
		require.NoError(t, p.WaitLog("\n177777\n"))
		require.NoError(t, p.WaitSelector(".logview mark.current"))
		require.NoError(t, p.Click(".logview [data-action=previous]"))
		require.NoError(t, p.Click(".logview [data-action=previous]"))
		require.NoError(t, p.WaitLog("\n977777\n"), "round at the ends")
	})
	t.Run("any place can be scrolled to", func(t *testing.T) {
		require.NoError(t, p.Eval(`document.getElementById("logview-scroll").scrollTo(0, 0)`, nil))
		require.NoError(t, p.WaitLog("\n1\n2\n3\n"))
		require.NoError(t, p.Eval(`(() => { const box = document.getElementById("logview-scroll"); box.scrollTo(0, box.scrollHeight); })()`, nil))
		require.NoError(t, p.WaitLog("\n999999\n1000000\n"))
	})
	t.Run("axe", func(t *testing.T) { assertAccessible(t, p, "a log") })
}

func TestALogIsDrawnAsItWouldBeInATerminal(t *testing.T) {
	enter(t)
	d := driverOf(t, "user")
	id, err := d.CreateBatch(t.Context(), "log-in-colours", `printf '\033[31mred\033[0m and \033[38;2;1;2;3mown\033[0m 한글\n10%%\r100%%\nbad \377 byte\n'; printf '%5000d\n' 7; sleep 60`)
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Destroy(context.Background(), "log-in-colours") })
	p := logPage(t, id, "net::ERR", "Failed to load", "network error")
	require.NoError(t, p.WaitLog("\nred and own 한글\n100%\nbad \uFFFD byte\n"))
	require.NoError(t, p.Wait(`(e => e.scrollHeight <= e.clientHeight)(document.querySelector("#session-drawer"))`), "the log takes the room there is")
	var colors []string
	require.NoError(t, p.Eval(`[...document.querySelectorAll(".logview-row[data-line='1'] [class^=ansi]")].map(e => getComputedStyle(e).color)`, &colors))
	require.Len(t, colors, 2)
	assert.Equal(t, "rgb(1, 2, 3)", colors[1])
	require.NoError(t, p.WaitSelector(".logview-cut"))
	require.NoError(t, p.Click(".logview [data-action=raw]"))
	require.NoError(t, p.WaitLog("10%␍100%"))
	require.NoError(t, p.Click(".logview [data-action=wrap]"))
	require.NoError(t, p.Wait(`document.querySelectorAll(".logview-row[data-line='4']").length > 10`))
	const atEnd = `(b => b.scrollHeight > b.clientHeight && b.scrollHeight - b.clientHeight - b.scrollTop < 3)(document.getElementById("logview-scroll"))`
	require.NoError(t, p.Wait(atEnd))
	require.NoError(t, p.Size(1280, 560))
	require.NoError(t, p.Wait(atEnd), "the end stays in sight in a lower window")
	require.NoError(t, p.Size(1280, 800))

	require.NoError(t, p.Block("*/logs*"))
	require.NoError(t, p.Click(".logview [data-action=refresh]"))
	require.NoError(t, p.WaitSelector(".logview [data-action=retry]"), "a failure is said")
	var rows int
	require.NoError(t, p.Eval(`document.querySelectorAll(".logview-row[data-line='4']").length`, &rows))
	assert.Greater(t, rows, 10, "and what was there stays")
	assertAccessible(t, p, "a log that could not be refreshed")
	require.NoError(t, p.Block())
	require.NoError(t, p.Click(".logview [data-action=retry]"))
	require.NoError(t, p.WaitFor(`document.querySelector(".logview").dataset.state === "ready"`, 20*time.Second))
}

func TestALogWithAKeyPairInTheBrowser(t *testing.T) {
	world := enter(t)
	id, err := driverOf(t, "user").CreateBatch(t.Context(), "key-log", "seq 5000")
	require.NoError(t, err)
	p := withKeyPair(t, world.own, PanelPath(id, "logs"))
	require.NoError(t, p.WaitSelector(".logview"))
	require.NoError(t, p.WaitLog("\n5000\n"))
}
