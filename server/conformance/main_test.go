//go:build python

package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/e2e"
)

// shared is what the tests share; each works with names of its own.
type shared struct {
	server   *e2e.Server
	client   *Client
	home     string
	accounts map[string]e2e.Account // by role
}

var world shared

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir, err := os.MkdirTemp("", "baiui-python-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	world.home = filepath.Join(dir, "home")
	if err := os.Mkdir(world.home, 0o700); err != nil {
		return 0, err
	}
	if world.client, err = StartClient(ctx, world.home); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, world.client.Close()) }()
	if world.server, err = e2e.StartServer(ctx, filepath.Join(dir, "data")); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, world.server.Stop()) }()
	if world.accounts, err = world.server.Accounts(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, world.server.EndSessions(ctx, world.accounts["superadmin"])) }()
	return m.Run(), nil
}

// cli runs commands of `backend.ai` for one account.
type cli struct {
	t       *testing.T
	account Account
	dir     string
}

// as runs commands with the key pair of a role, in a folder of their own.
func as(t *testing.T, role string) cli {
	return cli{t, ByKeyPair(world.server.Manager, world.accounts[role]), t.TempDir()}
}

func (c cli) run(stdin string, args ...string) Result {
	c.t.Helper()
	result, err := world.client.Run(c.account, Command{Args: args, Dir: c.dir, Stdin: stdin})
	require.NoError(c.t, err)
	return result
}

// ok runs a command that must succeed, and returns what it wrote.
func (c cli) ok(args ...string) string {
	c.t.Helper()
	return c.typed("", args...)
}

// typed is ok for a command that asks questions.
func (c cli) typed(stdin string, args ...string) string {
	c.t.Helper()
	result := c.run(stdin, args...)
	require.Zero(c.t, result.Code, "backend.ai %s\n%s", strings.Join(args, " "), result.Out)
	return result.Out
}

// rows are the items of a list.
func (c cli) rows(args ...string) []map[string]any {
	c.t.Helper()
	text := c.ok(append([]string{"--output", "json"}, args...)...)
	var answer struct{ Items []map[string]any }
	require.NoError(c.t, json.Unmarshal([]byte(text), &answer), text)
	return answer.Items
}

// eventually waits until a condition holds that a real process brings about. It
// asks on the test's goroutine, so that the condition may run commands.
func eventually(t *testing.T, holds func() bool, what string) {
	t.Helper()
	limit := time.After(20 * time.Second)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-limit:
			require.Fail(t, "it did not come about: "+what)
		}
	}
}

// file writes a file into the commands' folder.
func (c cli) file(name, text string) {
	c.t.Helper()
	require.NoError(c.t, os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600))
}

// take reads one that a command has fetched, and removes it.
func (c cli) take(name string) string {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	text, err := os.ReadFile(path)
	require.NoError(c.t, err)
	require.NoError(c.t, os.Remove(path))
	return string(text)
}

// session starts an interactive session that ends with the test.
func (c cli) session(name string, args ...string) {
	c.t.Helper()
	c.ok(append([]string{"session", "create", "-t", name, "-r", "cpu=1", "-r", "mem=256m"}, append(args, "bash")...)...)
	c.t.Cleanup(func() { c.run("", "session", "destroy", "--forced", name) }) // the test may have ended it
}
