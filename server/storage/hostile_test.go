//go:build unix

package storage

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func mkfifo(t *testing.T, path string) { require.NoError(t, unix.Mkfifo(path, 0o644)) }

// dig makes a chain of directories that no path can name.
func dig(t *testing.T, top string, depth int) {
	fd, err := unix.Open(top, unix.O_DIRECTORY|unix.O_RDONLY, 0)
	require.NoError(t, err)
	for range depth {
		require.NoError(t, unix.Mkdirat(fd, "d", 0o755))
		next, err := unix.Openat(fd, "d", unix.O_DIRECTORY|unix.O_RDONLY, 0)
		require.NoError(t, err)
		require.NoError(t, unix.Close(fd))
		fd = next
	}
	require.NoError(t, unix.Close(fd))
}

func TestATreeOfAnyDepthIsDeleted(t *testing.T) {
	w := newWorld(t, Quota{})
	dig(t, w.Path(w.id), 2500) // more than a path may have, and than files may be open
	_, err := w.Usage(t.Context(), w.id)
	assert.Equal(t, KindUnsupported, KindOf(err), "measuring it ends")
	assert.Equal(t, KindUnsupported, KindOf(w.Clone(t.Context(), w.id, w.folder(), nil)), "so does copying it")
	require.NoError(t, w.Remove(t.Context(), w.id, []string{"d"}, true))
	require.NoError(t, w.EmptyTrash(t.Context()))
	left, err := os.ReadDir(filepath.Join(w.Dir, trashName))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestLockedDirectoriesAreDeleted(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("a/b/c", "1")
	require.NoError(t, os.Chmod(filepath.Join(w.Path(w.id), "a/b"), 0))
	require.NoError(t, os.Chmod(filepath.Join(w.Path(w.id), "a"), 0o500))
	require.NoError(t, w.Remove(t.Context(), w.id, []string{"a"}, true))
	require.NoError(t, w.EmptyTrash(t.Context()))
	left, err := os.ReadDir(filepath.Join(w.Dir, trashName))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestDeletingALinkLeavesItsTarget(t *testing.T) {
	w := newWorld(t, Quota{})
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "kept"), nil, 0o600))
	w.write("a/x", "")
	require.NoError(t, os.Symlink(outside, filepath.Join(w.Path(w.id), "a", "link")))
	require.NoError(t, w.Remove(t.Context(), w.id, []string{"a"}, true))
	require.NoError(t, w.EmptyTrash(t.Context()))
	assert.FileExists(t, filepath.Join(outside, "kept"))
}

func TestNoChangeReachesThroughALinkToTheOutside(t *testing.T) {
	w := newWorld(t, Quota{})
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "kept"), []byte("kept"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(w.Path(w.id), "out")))
	w.write("a", "")
	for name, err := range map[string]error{
		"list":              listed(w, "out"),
		"make":              w.Mkdir(t.Context(), w.id, "out/new", true, true),
		"rename":            w.Rename(w.id, "out/kept", "taken"),
		"move out":          w.Move(t.Context(), w.id, "a", "out/a"),
		"move in":           w.Move(t.Context(), w.id, "out/kept", "b"),
		"remove":            w.Remove(t.Context(), w.id, []string{"out/kept"}, true),
		"remove what is in": w.Remove(t.Context(), w.id, []string{"out/../kept"}, true),
		"mount":             w.CheckSubpath(w.id, "out"),
	} {
		assert.Error(t, err, name)
	}
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	assert.Len(t, left, 1)
}

func listed(w *world, dir string) error {
	_, err := w.List(w.Context(), w.id, dir)
	return err
}

func TestOnlyDirectoriesReachedWithoutLinksAreMounted(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("a/b/file", "")
	require.NoError(t, os.Symlink("a", filepath.Join(w.Path(w.id), "link")))
	assert.NoError(t, w.CheckSubpath(w.id, "."))
	assert.NoError(t, w.CheckSubpath(w.id, "a/b"))
	for path, want := range map[string]Kind{"link": KindInvalid, "link/b": KindInvalid, "a/b/file": KindInvalid, "none": KindNotFound, "../x": KindInvalid} {
		assert.Equal(t, want, KindOf(w.CheckSubpath(w.id, path)), path)
	}
}

// A session that swaps a directory for a link at the wrong moment gains nothing.
func TestSwappingADirectoryForALinkGainsNothing(t *testing.T) {
	w := newWorld(t, Quota{})
	outside := t.TempDir()
	dir := filepath.Join(w.Path(w.id), "dir")
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			_ = os.RemoveAll(dir)
			_ = os.Symlink(outside, dir)
			_ = os.Remove(dir)
			_ = os.Mkdir(dir, 0o755)
		}
	}()
	for i := range 200 {
		_ = w.Mkdir(t.Context(), w.id, fmt.Sprintf("dir/made-%d", i), true, true)
		w.patch(w.begin(fmt.Sprintf("dir/sent-%d", i), 1), 0, "x")
		_ = w.Remove(t.Context(), w.id, []string{"dir"}, true)
	}
	close(stop)
	<-stopped
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestSpecialFilesAreListedAndNeverOpened(t *testing.T) {
	w := newWorld(t, Quota{})
	mkfifo(t, filepath.Join(w.Path(w.id), "pipe"))
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	require.NoError(t, err)
	defer func() { require.NoError(t, unix.Close(fd)) }()
	t.Chdir(w.Path(w.id)) // socket addresses are short
	require.NoError(t, unix.Bind(fd, &unix.SockaddrUnix{Name: "socket"}))
	entries, err := w.List(t.Context(), w.id, ".")
	require.NoError(t, err)
	require.Len(t, entries, 2)
	assert.Equal(t, "prw-r--r--", entries[0].ModeText())
	assert.True(t, strings.HasPrefix(entries[1].ModeText(), "s"))
	assert.Equal(t, TypeFile, entries[0].Type)
	done := make(chan error, 1)
	go func() {
		done <- w.Clone(t.Context(), w.id, w.folder(), nil)
	}()
	select {
	case err := <-done:
		assert.NoError(t, err, "special files are left out")
	case <-time.After(10 * time.Second):
		t.Fatal("the pipe was opened")
	}
	assert.Equal(t, http.StatusBadRequest, w.fetch("socket", "").Code)
}

func TestDevicesAreDescribedAsLsDoes(t *testing.T) {
	for want, mode := range map[string]os.FileMode{
		"crw-rw-rw-": os.ModeDevice | os.ModeCharDevice | 0o666,
		"brw-rw----": os.ModeDevice | 0o660,
		"drwxrwxrwt": os.ModeDir | os.ModeSticky | 0o777,
		"-rwxr-Sr-x": os.ModeSetgid | 0o745,
	} {
		assert.Equal(t, want, Entry{Mode: mode}.ModeText())
	}
}

func TestNamesThatSessionsMadeCanBeHandled(t *testing.T) {
	w := newWorld(t, Quota{})
	for _, name := range []string{"line\nbreak", "-rf", " ", strings.Repeat("n", 255), "quo\"te", "tab\t"} {
		w.write(name, "x")
		assert.Equal(t, []string{name}, w.names("."))
		got := w.fetch(name, "")
		assert.Equal(t, http.StatusOK, got.Code, name)
		assert.NotContains(t, got.Header().Get("Content-Disposition"), "\n")
		require.NoError(t, w.Rename(w.id, name, "plain"))
		require.NoError(t, w.Remove(t.Context(), w.id, []string{"plain"}, false))
	}
}

func TestTheVolumeKeepsOthersOut(t *testing.T) {
	w := newWorld(t, Quota{})
	old := syscall.Umask(0)
	syscall.Umask(old)
	for path, want := range map[string]os.FileMode{w.Dir: 0o700, filepath.Join(w.Dir, secretName): 0o600, w.Path(w.id): 0o755} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, want&^os.FileMode(old), info.Mode().Perm(), path)
	}
}
