//go:build unix

package backup

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestPipesAreLeftOutAndNotWaitedFor(t *testing.T) {
	data := makeData(t)
	require.NoError(t, unix.Mkfifo(filepath.Join(data, "folders/owner/aa/data/pipe"), 0o600))
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	result, err := Write(t.Context(), data, file, Options{})
	require.NoError(t, err)
	assert.EqualValues(t, 1, result.LeftOut)
}

func TestAFullDiskIsToldFromOtherFailures(t *testing.T) {
	full := &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	require.ErrorIs(t, noRoom(full), ErrNoRoom)
	require.ErrorIs(t, noRoom(full), syscall.ENOSPC)
	other := &os.PathError{Op: "write", Path: "x", Err: syscall.EIO}
	require.NotErrorIs(t, noRoom(other), ErrNoRoom)
	require.NoError(t, noRoom(nil))
}
