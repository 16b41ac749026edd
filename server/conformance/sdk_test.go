//go:build python

package conformance

import (
	"context"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheSDK runs the scenarios of sdk.py, each for the role that may do it.
func TestTheSDK(t *testing.T) {
	script, err := filepath.Abs("sdk.py")
	require.NoError(t, err)
	python, err := Python("python")
	require.NoError(t, err)
	for _, scenario := range []struct{ role, name string }{
		{"user", "batch"},
		{"user", "interactive"},
		{"user", "code"},
		{"user", "events"},
		{"user", "folders"},
		{"user", "keep"},
		{"user", "settings"},
		{"superadmin", "lists"},
	} {
		t.Run(scenario.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
			defer cancel()
			cmd := exec.CommandContext(ctx, python, script, scenario.name)
			cmd.Dir = t.TempDir()
			cmd.Env = append(cmd.Environ(), Environment(world.home)...)
			for name, value := range ByKeyPair(world.server.Manager, world.accounts[scenario.role]) {
				cmd.Env = append(cmd.Env, name+"="+value)
			}
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}
