//go:build linux

package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHostIDsForKernelsMustExistInTheServersNamespace(t *testing.T) {
	const all, container = "         0          0 4294967295\n", "0 100000 65536\n100000 1 1\n"
	assert.True(t, mapped(all, 524288))
	assert.True(t, mapped(container, 65535))
	assert.False(t, mapped(container, 65536))
	assert.True(t, mapped(container, 100000))
	assert.False(t, mapped(container, 524288))
	assert.False(t, mapped("", 0))
	base, err := chooseIDs(4711)
	require.NoError(t, err)
	assert.Equal(t, 4711, base, "what the operator asks for")
}

func TestToolsOutsideTheSystemAreShownToKernels(t *testing.T) {
	home := t.TempDir()
	for _, dir := range []string{".pyenv/shims", ".pyenv/bin", ".nvm/versions/node/v20/bin", ".local/bin", ".ssh"} {
		require.NoError(t, os.MkdirAll(filepath.Join(home, dir), 0o755))
	}
	path := strings.Join([]string{
		home + "/.pyenv/shims", home + "/.pyenv/bin", home + "/.nvm/versions/node/v20/bin", home + "/.local/bin",
		home + "/.rbenv/bin", "/usr/bin", "", ".ssh",
	}, ":")
	trees := ToolTrees(path)
	assert.Contains(t, trees, home+"/.pyenv")
	assert.Contains(t, trees, home+"/.nvm")
	assert.NotContains(t, trees, home+"/.rbenv", "it does not exist")
	for _, tree := range trees {
		assert.NotContains(t, tree, ".local", "it holds private things")
	}
	assert.Equal(t,
		home+"/.pyenv/shims:"+home+"/.pyenv/bin:"+home+"/.nvm/versions/node/v20/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		kernelPath(path, trees))
}

func TestVirtualEnvironmentsAreTools(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "venv", "bin"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "private", "bin"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "venv", "pyvenv.cfg"), nil, 0o644))
	path := dir + "/venv/bin:" + dir + "/private/bin:venv/bin"
	trees := ToolTrees(path)
	assert.Contains(t, trees, dir+"/venv")
	assert.NotContains(t, trees, dir+"/private")
	assert.NotContains(t, trees, "venv", "a relative entry is nobody's")
	assert.True(t, strings.HasPrefix(kernelPath(path, trees), dir+"/venv/bin:/usr/local/sbin:"))
}

func TestADirectoryThatOthersCannotPassThroughIsNamed(t *testing.T) {
	open := publicDir(t)
	require.NoError(t, passable(open))
	closed := filepath.Join(open, "closed")
	require.NoError(t, os.MkdirAll(filepath.Join(closed, "inner"), 0o755))
	require.NoError(t, os.Chmod(closed, 0o700))
	require.ErrorContains(t, passable(filepath.Join(closed, "inner")), "cannot pass through "+closed)
}

func TestTheMachineIsDescribed(t *testing.T) {
	l := openNode(t, Options{})
	info := l.Info()
	assert.True(t, strings.HasPrefix(info.ID, "i-"))
	assert.Contains(t, []string{"x86_64", "aarch64"}, info.Architecture)
	assert.NotEmpty(t, info.Slots["cpu"])
	assert.NotEmpty(t, info.Slots["mem"])
	assert.Contains(t, []string{"cgroup1", "cgroup2", "watchdog"}, info.Limits)
	assert.Equal(t, info.Limits == "watchdog", info.LimitsReason != "")
}

func TestANodeThatCannotBeOpenedSaysWhy(t *testing.T) {
	_, err := Open(Options{})
	require.ErrorContains(t, err, "needs a directory")
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = Open(Options{Dir: file})
	require.Error(t, err)
	_, err = Open(Options{Dir: t.TempDir(), Binary: "/no/such/program"})
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = Open(Options{Dir: t.TempDir(), Binary: "/bin/true"})
	require.ErrorContains(t, err, "cannot run kernels", "a program that does not call MaybeInit")
}
