//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node/census"
)

// checkDatabase looks through the database as the killed server has left it.
func (c *crashRun) checkDatabase() {
	c.t.Helper()
	path := filepath.Join(c.data, databaseFile)
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return // killed before it was made
	}
	_, err := store.Snapshot(c.t.Context(), path, filepath.Join(c.t.TempDir(), databaseFile))
	if err != nil && strings.Contains(err.Error(), "not a database of this program") && len(c.sessions) == 0 {
		return // killed while it was made
	}
	require.NoError(c.t, err)
}

// session is what the manager says of one.
type crashSession struct {
	ID, Name, Status string
	Containers       []struct{ ID string }
}

func (c *crashRun) list(client *crashClient) map[string]crashSession {
	c.t.Helper()
	var answer struct {
		List struct{ Items []crashSession } `json:"compute_session_list"`
	}
	client.query(c.t, "{ compute_session_list(limit: 100000, offset: 0) { items { id name status containers { id } } } }", &answer)
	found := map[string]crashSession{}
	for _, s := range answer.List.Items {
		found[s.ID] = s
	}
	return found
}

// check compares what was promised with what is there after a restart.
func (c *crashRun) check(client *crashClient) {
	c.t.Helper()
	found := c.list(client)
	for id, name := range c.sessions {
		assert.Equal(c.t, name, found[id].Name, "a session that was accepted")
	}
	for _, u := range c.uploads {
		c.checkUpload(client, u)
	}
	for name := range c.folders {
		_, ok := client.ask(c.t.Context(), http.MethodGet, "/folders/"+name, "")
		assert.True(c.t, ok, "a folder that was made: %s", name)
	}
	// What runs is what is said to run, as soon as all is taken up.
	require.Eventually(c.t, func() bool { return c.truthful(client) }, patience, 50*time.Millisecond)
}

// truthful reports whether every running session has its process, every process
// its running session, and every end that was accepted has come.
func (c *crashRun) truthful(client *crashClient) bool {
	self, err := os.Executable()
	require.NoError(c.t, err)
	processes, err := census.Server{Binary: self, Data: c.data}.Kernels()
	require.NoError(c.t, err)
	running := map[string]bool{}
	for _, arguments := range processes {
		if len(arguments) == 3 && arguments[0] == "baiui-kernel" {
			running[arguments[2]] = true
		}
	}
	delete(running, "-")
	for id, s := range c.list(client) {
		live := s.Status == "RUNNING"
		if !live && s.Status != "PENDING" && s.Status != "TERMINATED" && s.Status != "CANCELLED" || live && c.ended[id] {
			return false
		}
		for _, k := range s.Containers {
			if live != running[k.ID] {
				return false
			}
			delete(running, k.ID)
		}
	}
	return len(running) == 0
}

// checkUpload looks that an upload stands where it was acknowledged to be, or
// further, and that a complete one is in its folder.
func (c *crashRun) checkUpload(client *crashClient, u *promisedUpload) {
	c.t.Helper()
	if u.acknowledged < len(u.content) {
		q, err := http.NewRequestWithContext(c.t.Context(), http.MethodHead, client.manager+"/storage/upload?token="+url.QueryEscape(u.token), nil)
		require.NoError(c.t, err)
		response, err := http.DefaultClient.Do(q)
		require.NoError(c.t, err)
		require.NoError(c.t, response.Body.Close())
		if response.StatusCode == http.StatusOK {
			offset, err := strconv.Atoi(response.Header.Get("Upload-Offset"))
			require.NoError(c.t, err)
			assert.GreaterOrEqual(c.t, offset, u.acknowledged, "bytes that were acknowledged")
			u.acknowledged = offset
			if offset < len(u.content) {
				assert.True(c.t, client.proceed(c.t.Context(), u), "it goes on from there")
			} else {
				// All is there but the file does not have its name yet: an empty piece ends it.
				_, ok := client.send(c.t.Context(), http.MethodPatch, client.manager+"/storage/upload?token="+url.QueryEscape(u.token), "", http.Header{
					"Tus-Resumable": {"1.0.0"}, "Upload-Offset": {strconv.Itoa(offset)}, "Content-Type": {"application/offset+octet-stream"}})
				assert.True(c.t, ok, "it can be finished")
			}
		}
	}
	u.acknowledged = len(u.content) // the upload is over, so the file must be there
	answer, ok := client.ask(c.t.Context(), http.MethodPost, "/folders/"+u.folder+"/request-download", fmt.Sprintf(`{"path": %q}`, u.path))
	var t ticket
	require.True(c.t, ok, "%s", answer)
	require.NoError(c.t, json.Unmarshal(answer, &t))
	got, ok := client.send(c.t.Context(), http.MethodGet, t.address(), "", http.Header{})
	assert.True(c.t, ok, "%s: %.100s", u.path, got)
	assert.True(c.t, u.content == string(got), "%s: the bytes that were sent", u.path)
}

// last ends everything, and the server as it should be ended.
func (c *crashRun) last() {
	p := startProgram(c.t, c.data)
	client := c.clients(p, 1)[0]
	c.check(client)
	for id, s := range c.list(client) {
		if s.Status != "TERMINATED" && s.Status != "CANCELLED" {
			client.ask(c.t.Context(), http.MethodDelete, "/session/"+id+"?forced=true", "")
		}
	}
	require.Eventually(c.t, func() bool {
		for _, s := range c.list(client) {
			if s.Status != "TERMINATED" && s.Status != "CANCELLED" {
				return false
			}
		}
		return true
	}, patience, 50*time.Millisecond)
	require.NoError(c.t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.kill()
		require.Fail(c.t, "the server does not stop")
	}
	c.checkDatabase()
}
