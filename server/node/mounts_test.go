//go:build linux

package node

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/pid1"
)

// folder makes a private folder of the server with a private file in it.
func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(publicDir(t), "folder")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "sub"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), []byte("from outside\n"), 0o600))
	return dir
}

const useFolder = `cat data/file; echo changed > data/file; echo new > data/new; mkdir data/sub/dir; stat -c %U data/file data/new; cat /mnt/look/file; echo no > /mnt/look/file`

func assertFolderUsed(t *testing.T, dir, log string, owner int) {
	t.Helper()
	assert.Regexp(t, "^from outside\nwork\nwork\nchanged\n[^\n]*Read-only file system\n$", log)
	for name, content := range map[string]string{"file": "changed\n", "new": "new\n"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, content, string(data))
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.EqualValues(t, owner, info.Sys().(*syscall.Stat_t).Uid, name)
	}
	assert.DirExists(t, filepath.Join(dir, "sub", "dir"))
}

func TestAMountedFolderIsTheKernelsAndStaysTheServers(t *testing.T) {
	atEachLevel(t, Options{}, func(t *testing.T, l *Local) {
		dir := folder(t)
		spec := shell("k1", useFolder)
		spec.Mounts = []Mount{{Source: dir, Target: "/home/work/data"}, {Source: dir, Target: "/mnt/look", ReadOnly: true}}
		_, log := runToEnd(t, l, spec)
		assertFolderUsed(t, dir, log, os.Getuid())
	})
}

func TestAFolderIsGivenAwayWhereItCannotBeMapped(t *testing.T) {
	l := openNode(t, Options{})
	if !l.root {
		return // the kernels' user is the server's
	}
	dir := folder(t)
	outside := filepath.Join(filepath.Dir(dir), "outside")
	require.NoError(t, os.WriteFile(outside, []byte("secret"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "link")))
	require.NoError(t, l.handOver(pid1.Bind{Source: dir, Folder: true}))
	for path, owner := range map[string]int{dir: l.workUID(), dir + "/file": l.workUID(), dir + "/sub": l.workUID(), outside: 0} {
		var stat unix.Stat_t
		require.NoError(t, unix.Lstat(path, &stat))
		assert.EqualValues(t, owner, stat.Uid, path)
	}
}

func TestAMountCannotBeLedAstray(t *testing.T) {
	l := openNode(t, Options{})
	dir := folder(t)
	require.NoError(t, os.Symlink("/etc", filepath.Join(dir, "link")))
	require.NoError(t, os.Symlink("sub", filepath.Join(dir, "near")))
	require.NoError(t, os.Symlink(dir, filepath.Join(filepath.Dir(dir), "alias")))
	for _, test := range []struct {
		name  string
		mount Mount
		want  string
	}{
		{"a link in the folder", Mount{Source: dir, Subpath: "link", Target: "/mnt/a"}, "symbolic links"},
		{"a link within the folder", Mount{Source: dir, Subpath: "near", Target: "/mnt/a"}, "symbolic links"},
		{"a folder that is a link", Mount{Source: filepath.Join(filepath.Dir(dir), "alias"), Target: "/mnt/a"}, "not a directory"},
		{"a file", Mount{Source: filepath.Join(dir, "file"), Target: "/mnt/a"}, "not a directory"},
		{"what does not exist", Mount{Source: dir, Subpath: "none", Target: "/mnt/a"}, "no such file"},
		{"a way out of the folder", Mount{Source: dir, Subpath: "../folder", Target: "/mnt/a"}, "clean relative"},
		{"a relative source", Mount{Source: "folder", Target: "/mnt/a"}, "not an absolute path"},
		{"a relative target", Mount{Source: dir, Target: "data"}, "clean absolute"},
		{"a winding target", Mount{Source: dir, Target: "/mnt/../etc"}, "clean absolute"},
		{"the system", Mount{Source: dir, Target: "/usr/local/lib"}, "place of the system"},
		{"the processes", Mount{Source: dir, Target: "/proc"}, "place of the system"},
		{"the root", Mount{Source: dir, Target: "/"}, "hide the home"},
		{"the home", Mount{Source: dir, Target: "/home/work"}, "hide the home"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.ErrorContains(t, l.Create(t.Context(), Spec{ID: "k1", Mounts: []Mount{test.mount}}), test.want)
			assert.Empty(t, l.Kernels())
		})
	}
	twice := []Mount{{Source: dir, Target: "/mnt/a"}, {Source: dir, Target: "/mnt/a/b"}}
	require.ErrorContains(t, l.Create(t.Context(), Spec{ID: "k1", Mounts: twice}), "in each other's way")
}

func TestALinkInTheHomeDoesNotMoveAMount(t *testing.T) {
	l := openNode(t, Options{})
	dir := folder(t)
	spec := shell("k1", "ln -s /etc etc; echo up; exec sleep 1000")
	spec.Mounts = []Mount{{Source: dir, Subpath: "sub", Target: "/home/work/made/for/it"}}
	require.NoError(t, l.Create(t.Context(), spec))
	waitLog(t, l, "k1", "up")
	k, err := l.find("k1")
	require.NoError(t, err)
	k.spec.Mounts[0].Target = "/home/work/etc/ssl"
	require.ErrorContains(t, l.Restart(t.Context(), "k1"), "not a directory")
	assert.Equal(t, StateEnded, l.Kernels()[0].State)
}

func TestWithoutIsolationThereAreNoMounts(t *testing.T) {
	l := openNode(t, Options{Isolation: IsolationNone})
	require.ErrorIs(t, l.Create(t.Context(), Spec{ID: "k1", Mounts: []Mount{{Source: "/tmp", Target: "/mnt/a"}}}), ErrNoMounts)
	assert.Empty(t, l.Kernels())
}
