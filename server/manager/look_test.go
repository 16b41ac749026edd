package manager

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

func TestAnEnvironmentStaysWhileItsProgramOnlyTakesItsTime(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), store.LoseOnPowerCut())
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	tools := t.TempDir()
	python, runtime := filepath.Join(tools, "python3"), filepath.Join(tools, "python3.11")
	answers := []byte("#!/bin/sh\necho Python 3.11.2 " + runtime + "\n")
	require.NoError(t, os.WriteFile(python, answers, 0o755))
	require.NoError(t, os.WriteFile(runtime, answers, 0o755))
	o := Options{Store: s, Log: slog.New(slog.DiscardHandler), Now: time.Now, Path: tools}
	seen := func(patience time.Duration) (all bool, aliases []string) {
		all, err := look(t.Context(), o, "x86_64", patience)
		require.NoError(t, err)
		installed := true
		images, _, err := s.Images(t.Context(), store.ImageQuery{Installed: &installed})
		require.NoError(t, err)
		for _, i := range images {
			aliases = append(aliases, i.Aliases...)
		}
		return all, aliases
	}
	all, offer := seen(time.Minute)
	assert.True(t, all)
	assert.Equal(t, []string{"python"}, offer)

	tail, err := exec.LookPath("tail")
	require.NoError(t, err)
	busy := []byte("#!/bin/sh\nexec " + tail + " -f /dev/null\n")
	require.NoError(t, os.WriteFile(python, busy, 0o755))
	require.NoError(t, os.WriteFile(runtime, busy, 0o755))
	all, offer = seen(50 * time.Millisecond)
	assert.False(t, all)
	assert.Equal(t, []string{"python"}, offer)

	require.NoError(t, os.Remove(runtime))
	_, offer = seen(50 * time.Millisecond)
	assert.Empty(t, offer, "it is gone")
}
