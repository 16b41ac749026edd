//go:build e2e

package e2e

import (
	"fmt"
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

func TestAClusterIsLaunchedWithAllItsContainers(t *testing.T) {
	p := atLauncher(t, "user")
	id := launched(t, p, form(t, func(f *launcher.Form) {
		f.Name, f.ClusterMode, f.ClusterSize = "two-of-a-kind", "single-node", 2
	}))
	require.NoError(t, p.OpenSession(id))
	require.NoError(t, p.Wait(fmt.Sprintf(`document.querySelectorAll("%s tr[data-kernel]").length === 2`, Drawer)))
}

func TestASessionThatDoesNotFitWaitsExplainedAndIsCancelled(t *testing.T) {
	require.NoError(t, world.own.EndSessions(t.Context(), world.accounts["superadmin"], nameOf("user"), nameOf("admin"), nameOf("superadmin")))
	d := driverOf(t, "user")
	room, err := d.Client.Room(t.Context(), "default", "default")
	require.NoError(t, err)
	order := func(name, cpu string) client.CreateRequest {
		r := client.CreateRequest{
			Name: name, Image: d.image, Project: "default", Domain: "default", EnqueueOnly: true,
			Config: client.CreateConfig{ScalingGroup: "default", Resources: map[string]any{"cpu": cpu, "mem": "512m"}},
		}
		t.Cleanup(func() { endAsCleanup(t, "user", name) })
		return r
	}
	// Whether it runs or waits itself, it holds up those behind it.
	_, err = d.Client.Sessions().Create(t.Context(), order("takes-all-cores", fmt.Sprint(room.Groups["default"].Remaining["cpu"])))
	require.NoError(t, err)
	first, err := d.Client.Sessions().Create(t.Context(), order("waits-first", "1"))
	require.NoError(t, err)
	second, err := d.Client.Sessions().Create(t.Context(), order("waits-second", "1"))
	require.NoError(t, err)

	p := signedIn(t, world.own, "user")
	for _, id := range []string{first.ID, second.ID} {
		// A manager may put one that it cannot place to and fro between two statuses.
		require.NoError(t, p.WaitFor(`["PENDING", "DEPRIORITIZING"].includes(document.querySelector('tr[data-session="`+id+`"]')?.dataset.status)`, startedIn))
	}
	require.NoError(t, p.OpenSession(second.ID))
	require.NoError(t, p.WaitSelector(Drawer+" #session-why"))
	why, err := p.Text(Drawer + " #session-why")
	require.NoError(t, err)
	assert.Regexp(t, "queue|wait", why)
	require.NoError(t, p.Verb("terminate"))
	require.NoError(t, p.Submit())
	require.NoError(t, p.WaitNoSession(second.ID, startedIn))
	waitStatus(t, "user", second.ID, model.StatusCancelled)

	require.NoError(t, d.Destroy(t.Context(), "takes-all-cores"))
	require.NoError(t, p.WaitSession(first.ID, "RUNNING", startedIn), "it starts by itself when there is room")
}
