package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newSession asks for a session and returns its id.
func (p person) newSession(name string, command string) (id string) {
	p.t.Helper()
	kind := `"type": "interactive"`
	if command != "" {
		kind = fmt.Sprintf(`"type": "batch", "startupCommand": %q`, command)
	}
	var created struct {
		SessionID string `json:"sessionId"`
	}
	image, architecture := p.image()
	p.call(http.MethodPost, "/session", fmt.Sprintf(`{"name": %q, "image": %q, "architecture": %q, %s, "group": "default", "domain": "default",
		"config": {"scaling_group": "default", "resources": {"cpu": 0.2, "mem": "128m"}}, "enqueueOnly": true}`, name, image, architecture, kind), &created)
	require.NotEmpty(p.t, created.SessionID)
	return created.SessionID
}

// image is the environment that sessions of tests use.
func (p person) image() (reference, architecture string) {
	p.t.Helper()
	var answer struct {
		Data struct {
			Images []struct {
				Registry, Name, Tag, Architecture string
				Aliases                           []string
			}
		}
	}
	p.call(http.MethodPost, "/admin/gql", `{"query": "{ images(is_installed: true) { registry name tag architecture aliases } }"}`, &answer)
	for _, image := range answer.Data.Images {
		if strings.HasSuffix(image.Name, "bash") {
			return image.Registry + "/" + image.Name + ":" + image.Tag, image.Architecture
		}
	}
	require.Fail(p.t, "no shell on this machine")
	return "", ""
}

// becomes waits until a session has one of the statuses.
func (p person) becomes(name string, statuses ...string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		status := demoStatuses(p.t, p.ui, p.cookie)[name]
		for _, wanted := range statuses {
			if status == wanted {
				return true
			}
		}
		return false
	}, patience, 20*time.Millisecond, "%s %v", name, statuses)
}

func TestABackupOfARunningServerBringsEverythingBack(t *testing.T) {
	data := t.TempDir()
	r := start(t, "--data", data)
	p := r.as(data, "user")
	p.call(http.MethodPost, "/folders", `{"name": "data"}`, nil)
	content := strings.Repeat("not lost ", 50_000)
	p.upload("data", "dir/file", content, 1<<20)
	p.newSession("finished", "echo what it wrote")
	p.becomes("finished", "TERMINATED")
	id := p.newSession("running", "")
	p.becomes("running", "RUNNING")

	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	var out, errOut bytes.Buffer
	require.Zero(t, run([]string{"backup", "--data", data, "--to", file}, nil, &out, &errOut), errOut.String())
	assert.Contains(t, out.String(), file)
	p.call(http.MethodDelete, "/session/"+id, "", nil)
	p.becomes("running", "TERMINATED")
	require.NoError(t, r.stop())

	restored := filepath.Join(t.TempDir(), "restored")
	require.Zero(t, run([]string{"restore", "--data", restored, "--from=" + file}, nil, &out, &errOut), errOut.String())
	again := start(t, "--data", restored)
	p = again.as(restored, "user")
	response, got := p.download("data", "dir/file")
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.Equal(t, content, got)
	// What ran when the backup was made does not run in its copy.
	p.becomes("running", "TERMINATED", "ERROR")
	assert.Equal(t, "TERMINATED", demoStatuses(t, p.ui, p.cookie)["finished"])
	p.newSession("newer", "true")
	p.becomes("newer", "TERMINATED")
}

func TestAFolderThatWasDeletedDuringTheBackupComesBackEmpty(t *testing.T) {
	data := t.TempDir()
	r := start(t, "--data", data)
	p := r.as(data, "user")
	p.call(http.MethodPost, "/folders", `{"name": "gone"}`, nil)
	require.NoError(t, r.stop())
	volume := filepath.Join(data, foldersFolder)
	entries, err := os.ReadDir(volume)
	require.NoError(t, err)
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") {
			require.NoError(t, os.RemoveAll(filepath.Join(volume, entry.Name())))
		}
	}
	require.NoError(t, addMissingFolders(context.Background(), data))
	again := start(t, "--data", data)
	p = again.as(data, "user")
	p.upload("gone", "file", "x", 1)
	_, got := p.download("gone", "file")
	assert.Equal(t, "x", got)
}

func TestBackupAndRestoreSayWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	notes := filepath.Join(dir, "notes")
	require.NoError(t, os.WriteFile(notes, []byte("notes"), 0o600))
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no file to write":          {[]string{"backup", "--data", dir}, exitUsage, "needs --to FILE"},
		"no file to read":           {[]string{"restore", "--data", dir, "--from"}, exitUsage, "needs --from FILE"},
		"the other one's flag":      {[]string{"backup", "--data", dir, "--from", "x", "--to", "y"}, exitUsage, "from"},
		"nothing to keep":           {[]string{"backup", "--data", filepath.Join(dir, "none"), "--to", filepath.Join(dir, "x")}, exitFailure, "no backup was made"},
		"no backup":                 {[]string{"restore", "--data", filepath.Join(dir, "new"), "--from", notes}, exitFailure, "not a backup"},
		"a folder that is not free": {[]string{"restore", "--data", dir, "--from", notes}, exitFailure, "not empty"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errOut bytes.Buffer
			assert.Equal(t, test.code, run(test.args, nil, &out, &errOut))
			assert.Contains(t, errOut.String(), test.want)
		})
	}
}
