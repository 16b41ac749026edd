//go:build e2e

package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestTheDrawerWithAKeyPairInTheBrowser(t *testing.T) {
	world := enter(t)
	id := createSession(t, "user", "key-drawer")
	t.Cleanup(func() { endAsCleanup(t, "user", "key-renamed") })
	p := withKeyPair(t, world.own, "/sessions?session="+id)
	require.NoError(t, p.WaitDrawer(id))

	t.Run("rename", func(t *testing.T) {
		require.NoError(t, p.Verb("rename"))
		require.NoError(t, p.Fill(DialogField, "key-renamed"))
		require.NoError(t, p.Press(kb.Enter))
		require.NoError(t, p.Wait(`document.querySelector("#session-title").textContent === "key-renamed"`))
	})
	t.Run("commit", func(t *testing.T) {
		require.NoError(t, p.Verb("commit"))
		require.NoError(t, p.Fill(DialogField, "key-image"))
		require.NoError(t, p.Submit())
		require.NoError(t, p.Wait(`document.querySelector("#session-dialog .notice.success, #session-dialog .notice.error")`))
		require.NoError(t, p.CloseWithEscape())
		require.NoError(t, p.WaitGone(SessionDialog))
	})
	t.Run("terminate", func(t *testing.T) {
		require.NoError(t, p.Verb("terminate"))
		require.NoError(t, p.Submit())
		require.NoError(t, p.WaitSelector(UndoButton))
		waitStatus(t, "user", id, model.StatusTerminated)
		require.NoError(t, p.Wait(`document.querySelector("#session-why")?.textContent.includes("on request")`))
	})
}
