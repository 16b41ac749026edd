//go:build e2e && cluster

package e2e

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/launcher"
)

// These tests need more cores than a small machine has.

func TestAClusterIsLaunchedWithAllItsContainers(t *testing.T) {
	enter(t)
	p := atLauncher(t, "user")
	id := launched(t, p, form(t, func(f *launcher.Form) {
		f.Name, f.ClusterMode, f.ClusterSize = "two-of-a-kind", "single-node", 2
	}))
	require.NoError(t, p.OpenSession(id))
	require.NoError(t, p.Wait(fmt.Sprintf(`document.querySelectorAll("%s tr[data-kernel]").length === 2`, Drawer)))
}

func TestASessionThatDoesNotFitWaitsExplainedAndIsCancelled(t *testing.T) {
	world := enter(t)
	endTheRest(t)
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
	all, err := d.Client.Sessions().Create(t.Context(), order("takes-all-cores", fmt.Sprint(room.Groups["default"].Remaining["cpu"])))
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
	if d.Client.Supports(client.FeatureDryRun) { // the embedded manager: its order is known
		assert.Contains(t, why, "Sessions before it, of those that you may see: 1.")
	}
	require.NoError(t, p.Verb("terminate"))
	require.NoError(t, p.Submit())
	require.NoError(t, p.WaitNoSession(second.ID, startedIn))
	waitStatus(t, "user", second.ID, model.StatusCancelled)

	// Manager 26.9 may forget the end of a session whose containers are being made.
	require.NoError(t, p.WaitSession(all.ID, "RUNNING", startedIn))
	require.NoError(t, d.Destroy(t.Context(), "takes-all-cores"))
	require.NoError(t, p.WaitSession(first.ID, "RUNNING", startedIn), "it starts by itself when there is room")
}
