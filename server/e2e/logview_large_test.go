//go:build e2e

package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestALogOfAHundredMegabytesLeavesThePageAlive(t *testing.T) {
	world := alone(t)
	const size = 100_000_000
	log := make([]byte, 0, size+200)
	lines := 0
	for ; len(log) < size; lines++ {
		log = fmt.Appendf(log, "\x1b[32m%08d\x1b[0m epoch %d of a training that writes a lot, loss 0.%06d\n", lines+1, lines/100, lines%1_000_000)
	}
	giver, err := StartCounter(world.own.Manager)
	require.NoError(t, err)
	t.Cleanup(func() { _ = giver.Close() })
	giver.Through(Logged(log))
	site, err := StartServer(t.Context(), t.TempDir(), "--manager", giver.URL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = site.Stop() })
	id, err := driverOf(t, "user").CreateBatch(t.Context(), "log-of-100-mb", "true")
	require.NoError(t, err)
	p := newPage(t, site)
	require.NoError(t, p.WatchPauses())
	require.NoError(t, p.SignIn("/sessions", world.accounts["user"]))
	_, err = p.LongestPause()
	require.NoError(t, err)

	// The address changes as a click on a panel changes it: nothing is loaded anew.
	require.NoError(t, p.Eval(fmt.Sprintf(`(() => { const a = document.createElement("a"); a.href = %s; document.body.append(a); a.click(); a.remove(); })()`, quote(PanelPath(id, "logs"))), nil))
	last := fmt.Sprintf("%08d", lines)
	const patience = 2 * time.Minute
	require.NoError(t, p.WaitFor(`document.querySelector(".logview")?.dataset.state === "ready" && `+logText+`.includes(`+quote(last)+`)`, patience))
	frozen, err := p.LongestPause()
	require.NoError(t, err)
	t.Logf("%d lines, %d bytes: the page stood still for %s at most while they came", lines, len(log), frozen)
	assert.Less(t, frozen, 2*time.Second)

	require.NoError(t, p.Fill("#logview-query", "00000042 "))
	require.NoError(t, p.WaitFor(`document.querySelector(".logview-search [role=status]").textContent === "1 of 1" && `+logText+`.includes("00000042")`, patience))
	frozen, err = p.LongestPause()
	require.NoError(t, err)
	t.Logf("and for %s while all of it was searched", frozen)
	assert.Less(t, frozen, 2*time.Second)

	require.NoError(t, p.Eval(`(() => { const box = document.getElementById("logview-scroll"); box.scrollTo(0, box.scrollHeight); })()`, nil))
	require.NoError(t, p.Wait(logText+`.includes(`+quote(last)+`)`))
}
