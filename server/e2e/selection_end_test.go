//go:build e2e

package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// waitingSessions starts a manager with sessions that wait, and a server before it
// whose way to the manager refuses what it is told to.
func waitingSessions(t *testing.T, count int) (*Server, *Refuser, Account, *Driver) {
	t.Helper()
	behind, account, d := filled(t, Filling{Prefix: "wait", Count: count, Waiting: true})
	way, err := StartCounter(behind.Manager)
	require.NoError(t, err)
	t.Cleanup(func() { _ = way.Close() })
	refuser := new(Refuser)
	way.Through(refuser.Fault)
	site, err := StartServer(t.Context(), t.TempDir(), "--manager", way.URL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = site.Stop() })
	return site, refuser, account, d
}

// selectRow selects the session at a place of the list and returns its id.
func selectRow(t *testing.T, p *Page, place int) string {
	t.Helper()
	var id string
	require.NoError(t, p.Wait(loadedAt(place)))
	require.NoError(t, p.Eval(fmt.Sprintf(`(row => { row.querySelector("[data-select]").click(); return row.dataset.session; })(%s)`, loadedAt(place)), &id))
	return id
}

func TestEndingManySaysOfEachThatCouldNotBeEnded(t *testing.T) {
	enter(t)
	site, refuser, account, d := waitingSessions(t, 120)
	p := newPage(t, site, "403", "Failed to load", "404")
	require.NoError(t, p.SignIn("/sessions?order=name", account))

	ids := []string{selectRow(t, p, 2), selectRow(t, p, 3)}
	require.NoError(t, p.Eval(`scrollTo(0, document.body.scrollHeight)`, nil))
	ids = append(ids, selectRow(t, p, 119))
	require.NoError(t, p.Fill("[name=filter]", "wait-77"))
	require.NoError(t, p.Wait(`document.querySelectorAll("tr[data-session]").length === 1`))
	ids = append(ids, selectRow(t, p, 1))
	require.NoError(t, p.Wait(selectedText+` === "4 selected"`), "what scrolled away and was filtered out stays selected")

	refuser.Refuse(ids[0], "It is kept for an audit.")
	refuser.Refuse(ids[3], "Somebody else works on it.")
	require.NoError(t, p.Click("[data-action=terminate]"))
	require.NoError(t, p.WaitSelector(SessionDialog))
	_, err := d.Client.Sessions().Destroy(t.Context(), ids[1], client.DestroyRequest{})
	require.NoError(t, err, "one ends while the dialog is open")
	require.NoError(t, p.Submit())

	require.NoError(t, p.WaitSelector(".endings .failures"))
	said, err := p.Text(".endings .failures")
	require.NoError(t, err)
	for id, why := range map[string]string{ids[0]: "It is kept for an audit.", ids[3]: "Somebody else works on it."} {
		s, err := d.Client.Sessions().Show(t.Context(), id, model.RoleUser)
		require.NoError(t, err)
		assert.Equal(t, model.StatusPending, s.Status)
		assert.Contains(t, said, s.Name)
		assert.Contains(t, said, why)
	}
	notice, err := p.Text(".endings .notice")
	require.NoError(t, err)
	assert.Contains(t, notice, "2 sessions could not be ended")
	assert.Contains(t, notice, "The other 2 are ending or have ended.")
	for _, id := range ids[1:3] {
		require.NoError(t, d.WaitStatus(t.Context(), id, model.StatusCancelled))
	}
	assertAccessible(t, p, "what could not be ended")

	refuser.Refuse(ids[0], "")
	require.NoError(t, p.Click(".endings [data-batch]"))
	require.NoError(t, p.Wait(`document.querySelectorAll(".endings .failures li").length === 1`), "only what was refused is asked for again")
	require.NoError(t, d.WaitStatus(t.Context(), ids[0], model.StatusCancelled))
	require.NoError(t, p.Eval(`document.querySelector("[name=filter]").select()`, nil))
	require.NoError(t, p.Press(kb.Backspace))
	require.NoError(t, p.WaitNoSession(ids[0], settledIn))
}
