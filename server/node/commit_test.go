//go:build linux

package node

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tools makes a directory of language tools of the machine.
func tools(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(publicDir(t), "tools")
	for name, content := range map[string]string{"lib/packages/old/a": "a", "lib/packages/gone": "gone", "bin/tool": "#!/bin/sh\necho tool 1\n"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755))
	}
	return dir
}

// openTools opens a node with tools that kernels can change; nil where there
// are no overlays.
func openTools(t *testing.T, dir string) *Local {
	t.Helper()
	l := openNode(t, Options{ReadOnly: []string{dir}})
	if !l.Info().Overlay {
		t.Log("this machine has no overlays")
		return nil
	}
	return l
}

func TestWhatAKernelChangedBeginsAnother(t *testing.T) {
	dir := tools(t)
	l := openTools(t, dir)
	if l == nil {
		return
	}
	customise := shell("k1", `set -e; cd `+dir+`; echo 'echo tool 2' >> bin/tool; rm lib/packages/gone; rm -r lib/packages/old
		mkdir lib/packages/old; echo b > lib/packages/old/b; ln -s packages lib/link; cp /bin/sh bin/sh; chmod 4755 bin/sh; mkfifo bin/pipe
		mkdir -p /usr/local/new/dir; echo x > /usr/local/new/dir/file; echo kept > ~/home; echo done`)
	customise.Overlay = true
	exit, log := runToEnd(t, l, customise)
	require.Zero(t, exit.Code, log)
	var layer, again bytes.Buffer
	var done int64
	require.NoError(t, l.Commit(t.Context(), "k1", &layer, 1<<30, func(n int64) { done = n }))
	require.NoError(t, l.Commit(t.Context(), "k1", &again, 1<<30, nil))
	assert.Equal(t, layer.Bytes(), again.Bytes(), "the same state, the same bytes")
	assert.Positive(t, done)
	require.ErrorIs(t, l.Commit(t.Context(), "k1", &again, 10, nil), ErrTooLarge)
	assert.FileExists(t, dir+"/lib/packages/gone", "the machine is as it was")
	assert.NoDirExists(t, "/usr/local/new")

	file := filepath.Join(publicDir(t), "layer.tar")
	require.NoError(t, os.WriteFile(file, layer.Bytes(), 0o600))
	look := `cd ` + dir + `; sh bin/tool; ls lib lib/packages lib/packages/old; stat -c %a bin/sh; ls bin; cat /usr/local/new/dir/file; ls ~; touch bin/more && echo goes on`
	from := shell("k2", look)
	from.Overlay, from.Layer = true, file
	exit, log = runToEnd(t, l, from)
	assert.Zero(t, exit.Code)
	assert.Equal(t, "tool 1\ntool 2\nlib:\nlink\npackages\n\nlib/packages:\nold\n\nlib/packages/old:\nb\n755\nsh\ntool\nx\ngoes on\n", log)

	plain := shell("k3", `cd `+dir+`; sh bin/tool; ls lib/packages; touch bin/more || echo read-only`)
	_, log = runToEnd(t, l, plain)
	assert.Contains(t, log, "tool 1\ngone\nold\n", "others have the machine's")
	assert.Contains(t, log, "read-only")
	require.ErrorIs(t, l.Commit(t.Context(), "k3", &again, 1, nil), ErrNoOverlay)

	require.NoError(t, l.Restart(t.Context(), "k2"), "changes outlive a restart")
	waitEnd(t, l, "k2")
	for _, id := range []string{"k1", "k2", "k3"} {
		require.NoError(t, l.Remove(t.Context(), id))
	}
}
