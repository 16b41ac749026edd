//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestASessionIsReachedBySSHThroughTheServer takes the way a person does: the key
// from the session's files, the app's port through the tunnel, OpenSSH's client.
func TestASessionIsReachedBySSHThroughTheServer(t *testing.T) {
	data := t.TempDir()
	r := start(t, "--demo", "--data", data)
	kept, err := readAccounts(filepath.Join(data, accountsFile))
	require.NoError(t, err)
	owner := kept[0]
	for _, demo := range demoSessions() {
		for _, account := range kept {
			if demo.name == "demo-shell" && account.Role == demo.owner {
				owner = account
			}
		}
	}
	cookie := signIn(t, r.ui, owner)
	require.Eventually(t, func() bool { return demoStatuses(t, r.ui, cookie)["demo-shell"] == "RUNNING" }, patience, 100*time.Millisecond)

	p, key := request(t, http.DefaultClient, "POST", r.ui+"/func/session/demo-shell/download_single", `{"file": "id_container"}`,
		http.Header{"Cookie": {cookie}, "Content-Type": {"application/json"}})
	require.Equal(t, http.StatusOK, p.StatusCode, key)
	identity := filepath.Join(t.TempDir(), "id_container")
	require.NoError(t, os.WriteFile(identity, []byte(key), 0o600))

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	port := appPort(ctx, t, r.ui+"/func/stream/session/demo-shell/tcpproxy?app=sshd", cookie)
	command := exec.CommandContext(ctx, "ssh", "-F", "none", "-i", identity, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-p", fmt.Sprint(port),
		"work@127.0.0.1", "echo $BACKENDAI_SESSION_NAME in $PWD as $(whoami)")
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
	assert.Equal(t, "demo-shell in /home/work as work\n", string(output))

	require.NoError(t, r.stop())
	assert.Zero(t, run([]string{"end", "--data", data}, nil, io.Discard, io.Discard))
}

// appPort is a port of this machine whose connections each go through a tunnel of
// their own.
func appPort(ctx context.Context, t *testing.T, url, cookie string) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			ws, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: http.Header{"Cookie": {cookie}}})
			if err != nil {
				near.Close() // the client says so
				continue
			}
			far := websocket.NetConn(ctx, ws, websocket.MessageBinary)
			go func() {
				_, _ = io.Copy(near, far)
				near.Close()
			}()
			go func() {
				_, _ = io.Copy(far, near)
				far.Close()
			}()
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}
