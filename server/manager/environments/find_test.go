package environments

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program writes a script that answers with text.
func program(t *testing.T, dir, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(fmt.Sprintf("#!/bin/sh\necho '%s'\n", text)), 0o755))
}

func TestFindDescribesWhatIsInstalled(t *testing.T) {
	dir := t.TempDir()
	program(t, dir, "python3", "Python 3.11.2 /opt/python/bin/python3.11")
	program(t, dir, "python3.11", "Python 3.11.2 /usr/bin/python3.11")
	program(t, dir, "python3.9", "Python 3.9.18 /usr/bin/python3.9 notebook jupyterlab")
	program(t, dir, "node", "v20.1.0")
	program(t, dir, "go", "who knows")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bash"), []byte("#!/bin/sh\nexit 1\n"), 0o755))

	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	distro := distribution("/etc/os-release")
	search := Search{Path: "relative:" + dir + ":/nonexistent:/bin", Architecture: "x86_64", Now: now, Patience: time.Minute}
	images, silent := Find(t.Context(), search)
	assert.Empty(t, silent, "nonsense is an answer, too")
	var names []string
	for _, i := range images {
		names = append(names, i.Reference())
	}
	assert.Equal(t, []string{"local/native/node:20-" + distro, "local/native/python:3.11-" + distro, "local/native/python:3.9-" + distro}, names)
	python := images[1]
	assert.Equal(t, []string{"python"}, python.Aliases)
	assert.Empty(t, images[2].Aliases)
	assert.Equal(t, "/opt/python/bin/python3.11", python.Labels["ai.backend.runtime-path"])
	assert.Equal(t, "64m", python.Resources["mem"].Min)
	assert.True(t, python.Installed)
	assert.Empty(t, python.Labels["ai.backend.service-ports"])
	assert.Equal(t, "jupyter:http:8091,jupyterlab:http:8090", images[2].Labels["ai.backend.service-ports"])

	search.Path = dir + ":/bin"
	again, _ := Find(t.Context(), search)
	assert.Equal(t, images, again, "the same machine has the same images")
}

func TestAProgramThatDoesNotAnswerInTimeIsNamed(t *testing.T) {
	dir := t.TempDir()
	tail, err := exec.LookPath("tail")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "python3"), []byte("#!/bin/sh\nexec "+tail+" -f /dev/null\n"), 0o755))
	images, silent := Find(t.Context(), Search{Path: dir, Architecture: "x86_64", Patience: 50 * time.Millisecond})
	assert.Empty(t, images)
	assert.Equal(t, []string{"python"}, silent)
}

func TestDistribution(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"with quotes":  {"ID=debian\nVERSION_ID=\"12\"\n", "debian12"},
		"with a point": {"ID=ubuntu\nVERSION_ID=\"24.04\"\n", "ubuntu24.04"},
		"odd letters":  {"ID=\"Red Hat/1:2\"\n", "redhat12"},
		"empty":        {"", "linux"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "os-release")
			require.NoError(t, os.WriteFile(file, []byte(test.text), 0o600))
			assert.Equal(t, test.want, distribution(file))
		})
	}
	assert.Equal(t, "linux", distribution("/nonexistent"))
}
