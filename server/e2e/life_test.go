//go:build e2e

package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/launcher"
)

// startedIn is how long the page may take to show that a session runs: a manager
// plans every few seconds, and a busy machine starts it slowly.
const startedIn = 2 * time.Minute

// launcherOf opens the launcher as the user, in one of the modes.
func launcherOf(t *testing.T, mode model.ConnectionMode) *Page {
	t.Helper()
	world := worldOf(t)
	if mode == model.ModeSession {
		return atLauncher(t, "user")
	}
	p, account := newPage(t, world.own), world.accounts["user"]
	require.NoError(t, p.Open(launcher.Path))
	require.NoError(t, p.SubmitKeyPair(world.own.Manager, account.AccessKey, account.SecretKey))
	require.NoError(t, p.Wait(launcherAlive))
	return p
}

// launched launches a form and waits until the list shows, by itself, that its
// session runs.
func launched(t *testing.T, p *Page, f launcher.Form) (id string) {
	t.Helper()
	require.NoError(t, p.OpenForm(launcher.StepReview, f))
	require.NoError(t, p.Launch(false))
	ended(t, "user", f.Name)
	require.NoError(t, p.WaitFor(`[...document.querySelectorAll("tr[data-session]")].some(r => r.innerText.includes(`+quote(f.Name)+`))`, startedIn))
	ids, err := p.Launched(f.Name)
	require.NoError(t, err)
	require.Len(t, ids, 1)
	require.NoError(t, p.WaitSession(ids[0], "RUNNING", startedIn))
	return ids[0]
}

func TestTheLifeOfASessionInThePage(t *testing.T) {
	enter(t)
	for _, mode := range []model.ConnectionMode{model.ModeSession, model.ModeAPI} {
		t.Run(string(mode), func(t *testing.T) {
			name := "life-" + strings.ToLower(string(mode))
			p := launcherOf(t, mode)
			id := launched(t, p, form(t, func(f *launcher.Form) { f.Name = name }))
			require.NoError(t, p.OpenSession(id))
			var cut bool
			require.NoError(t, p.Eval(`[...document.querySelectorAll("#session-drawer *")].some(e => e.children.length === 0 && e.textContent.trim() === "d")`, &cut))
			assert.False(t, cut, "the project has its whole name")
			restart, err := p.Exists(Drawer + ` [data-verb="restart"]`)
			require.NoError(t, err)
			assert.True(t, !restart || driverOf(t, "user").Client.Supports(client.FeatureRestart), "what the manager has not is not offered")

			require.NoError(t, p.Verb("rename"))
			require.NoError(t, p.Fill(DialogField, name+"-2"))
			require.NoError(t, p.Press("\r"))
			require.NoError(t, p.Wait(`document.querySelector("#session-title").textContent === `+quote(name+"-2")))
			require.NoError(t, p.Wait(`document.querySelector('tr[data-session="`+id+`"]').innerText.includes(`+quote(name+"-2")+`)`))
			t.Cleanup(func() { endAsCleanup(t, "user", name+"-2") })

			require.NoError(t, p.Verb("terminate"))
			require.NoError(t, p.Submit())
			require.NoError(t, p.WaitNoSession(id, startedIn))
			waitStatus(t, "user", id, model.StatusTerminated)
		})
	}
}
