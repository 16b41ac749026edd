//go:build linux

package node

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestATreeOfAnyDepthIsRemoved(t *testing.T) {
	dir := filepath.Join(publicDir(t), "tree")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "locked", "inner"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "locked", "inner", "file"), nil, 0o600))
	outside := filepath.Join(filepath.Dir(dir), "outside")
	require.NoError(t, os.Mkdir(outside, 0o500))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "link")))
	for _, name := range []string{"locked/inner", "locked"} {
		require.NoError(t, os.Chmod(filepath.Join(dir, name), 0))
	}
	const depth = 3000
	at, err := unix.Open(dir, unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	require.NoError(t, err)
	for range depth {
		require.NoError(t, unix.Mkdirat(at, "d", 0o700))
		file, err := unix.Openat(at, "file", unix.O_CREAT|unix.O_WRONLY|unix.O_CLOEXEC, 0o400)
		require.NoError(t, err)
		unix.Close(file)
		next, err := unix.Openat(at, "d", unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		require.NoError(t, err)
		unix.Close(at)
		at = next
	}
	unix.Close(at)

	var had unix.Rlimit
	require.NoError(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &had))
	require.NoError(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 1000, Max: had.Max}))
	err = removeAll(dir)
	require.NoError(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &had))
	require.NoError(t, err)
	assert.NoDirExists(t, dir)
	info, err := os.Stat(outside)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o500), info.Mode().Perm(), "what a link leads to is left alone")
	require.NoError(t, removeAll(dir), "nothing is no error")
}
