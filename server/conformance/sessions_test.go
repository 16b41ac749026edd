//go:build python

package conformance

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestASessionsLifeByCommands(t *testing.T) {
	user := as(t, "user")
	user.session("life-a")
	rows := user.rows("session", "list", "--filter", `name == "life-a"`, "--format", "name,status,type,image,group_name")
	require.Len(t, rows, 1)
	assert.Equal(t, "life-a", rows[0]["name"])
	assert.Equal(t, "RUNNING", rows[0]["status"])
	assert.Equal(t, "default", rows[0]["group_name"])

	user.file("note.txt", "hello\n")
	user.ok("session", "upload", "life-a", "note.txt")
	assert.Contains(t, user.ok("session", "ls", "life-a"), "note.txt")
	user.take("note.txt")
	user.ok("session", "download", "life-a", "note.txt")
	assert.Equal(t, "hello\n", user.take("note.txt"))

	user.ok("session", "rename", "life-a", "life-b")
	assert.Contains(t, user.ok("apps", "life-b"), "ttyd")
	assert.Contains(t, user.ok("session", "abuse-history", "life-b"), "{}")
	assert.Contains(t, user.ok("ps"), "life-b")
	user.ok("session", "restart", "life-b")
	user.ok("session", "destroy", "life-b")
	eventually(t, func() bool {
		ended := user.rows("session", "list", "-s", "TERMINATED", "--filter", `name == "life-b"`, "--format", "status_info")
		return len(ended) == 1 && ended[0]["status_info"] == "user-requested"
	}, "the session ends")
}

func TestABatchSessionEndsWithItsResultAndLog(t *testing.T) {
	user := as(t, "user")
	user.ok("session", "create", "-t", "batch-a", "--type", "batch", "--startup-command", "echo from-the-batch; exit 3",
		"-r", "cpu=1", "-r", "mem=256m", "bash")
	eventually(t, func() bool {
		ended := user.rows("session", "list", "-s", "TERMINATED", "--filter", `name == "batch-a"`, "--format", "result")
		return len(ended) == 1 && ended[0]["result"] == "FAILURE"
	}, "the batch session fails")
	id := user.rows("session", "list", "-s", "TERMINATED", "--filter", `name == "batch-a"`, "--format", "session_id")[0]["session_id"].(string)
	assert.Contains(t, user.ok("session", "logs", "batch-a"), "from-the-batch")
	assert.Contains(t, user.ok("task-logs", id), "from-the-batch")
	assert.Contains(t, user.ok("session", "info", id), "batch-a")
}

// text is a value as JSON.
func text(t *testing.T, value any) string {
	t.Helper()
	out, err := json.Marshal(value)
	require.NoError(t, err)
	return string(out)
}

// TestTheTerminalThroughTheLocalProxy is what people do with `backend.ai app`:
// ttyd's own protocol over a websocket, through the manager's tunnel.
func TestTheTerminalThroughTheLocalProxy(t *testing.T) {
	user := as(t, "user")
	user.session("term-a")
	address := user.proxy("term-a", "ttyd")

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	c, _, err := websocket.Dial(ctx, "ws://"+address+"/ws", &websocket.DialOptions{Subprotocols: []string{"tty"}})
	require.NoError(t, err)
	defer func() { _ = c.CloseNow() }()
	require.NoError(t, c.Write(ctx, websocket.MessageBinary, []byte(`{"AuthToken":"","columns":80,"rows":24}`)))
	require.NoError(t, c.Write(ctx, websocket.MessageBinary, []byte("0echo $((6*7))-here\n")))
	var seen strings.Builder
	for !strings.Contains(seen.String(), "42-here") {
		_, data, err := c.Read(ctx)
		require.NoError(t, err, seen.String())
		if len(data) > 0 && data[0] == '0' {
			seen.Write(data[1:])
		}
	}
}

// proxy starts `backend.ai app` and returns the address that it listens at.
func (c cli) proxy(session, app string) string {
	c.t.Helper()
	program, err := Python("backend.ai")
	require.NoError(c.t, err)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(c.t, err)
	address := free.Addr().String()
	require.NoError(c.t, free.Close())

	cmd := exec.Command(program, "app", session, app, "-b", address)
	cmd.Env = append(os.Environ(), Environment(world.home)...)
	for name, value := range c.account {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.StdoutPipe()
	require.NoError(c.t, err)
	cmd.Stderr = cmd.Stdout
	require.NoError(c.t, cmd.Start())
	c.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	scanner := bufio.NewScanner(out)
	var said strings.Builder
	for scanner.Scan() {
		said.WriteString(scanner.Text() + "\n")
		if strings.Contains(scanner.Text(), address) {
			go func() {
				for scanner.Scan() { // so that the proxy never waits for us
				}
			}()
			return address
		}
	}
	require.Fail(c.t, "the local proxy did not start", said.String())
	return ""
}

func TestASessionIsKeptAsAnImage(t *testing.T) {
	user := as(t, "user")
	user.session("keep-a")
	user.ok("session", "convert-to-image", "keep-a", "kept")
	assert.Contains(t, text(t, user.rows("image", "list", "--customized")), "kept")
}
