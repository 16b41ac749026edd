//go:build linux

package node

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/node/pid1"
	"github.com/baiui/baiui/server/node/procfs"
)

// TestMain lets the test binary be the init process of the kernels it starts,
// and the helper programs of some tests.
func TestMain(m *testing.M) {
	MaybeInit()
	if helper, known := helpers()[os.Getenv("NODE_TEST_HELPER")]; known {
		helper()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// helpers are programs that tests run in other processes, by the value of
// NODE_TEST_HELPER.
func helpers() map[string]func() {
	return map[string]func(){"escape": tryToEscape, "server": serveUntilKilled, "echo": echoOnAPort, "attack": attack, "watch": watchAll}
}

// patienceOfTests bounds every wait for something real.
const patienceOfTests = 20 * time.Second

// isolationOfTests is the environment variable with the only isolation level to
// test; empty: the strongest.
const isolationOfTests = "NODE_TEST_ISOLATION"

// openNode opens a node of its own for a test and leaves no kernel behind.
func openNode(t *testing.T, options Options) *Local {
	t.Helper()
	if options.Dir == "" {
		// Not below the private parent that t.TempDir has: kernels without
		// isolation run as another user.
		options.Dir = filepath.Join(publicDir(t), "data")
	}
	if options.Isolation == "" {
		options.Isolation = Isolation(os.Getenv(isolationOfTests))
	}
	if options.SampleEvery == 0 {
		options.SampleEvery = 50 * time.Millisecond
	}
	l, err := Open(options)
	require.NoError(t, err)
	t.Cleanup(func() {
		for _, k := range l.Kernels() {
			_, _ = l.Destroy(context.Background(), k.ID, 0)
		}
		require.NoError(t, l.Close())
	})
	return l
}

// atEachLevel runs a test at every isolation level that keeps kernels apart here.
// Bubblewrap is among them where it is installed and the tests do not run as root.
func atEachLevel(t *testing.T, options Options, test func(t *testing.T, l *Local)) {
	t.Helper()
	for _, level := range openNode(t, Options{}).Info().Levels {
		if level.Isolation == IsolationNone || level.Reason != "" {
			continue
		}
		t.Run(string(level.Isolation), func(t *testing.T) {
			options := options
			options.Isolation = level.Isolation
			l := openNode(t, options)
			require.Equal(t, level.Isolation, l.Info().Isolation)
			test(t, l)
		})
	}
}

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, patienceOfTests, 5*time.Millisecond, what)
}

// waitEnd waits for the event that says how a kernel ended.
func waitEnd(t *testing.T, l *Local, id string) Exit {
	t.Helper()
	deadline := time.After(patienceOfTests)
	for {
		select {
		case event, open := <-l.Events():
			require.True(t, open, "the node was closed")
			if event.KernelID == id {
				return event.Exit
			}
		case <-deadline:
			require.FailNow(t, "the kernel did not end", id)
		}
	}
}

// shell makes a spec that runs a shell script.
func shell(id, script string) Spec {
	return Spec{ID: id, Command: []string{"/bin/sh", "-c", script}, CPU: 1, Memory: 512 << 20}
}

// runToEnd runs a script in a new kernel and gives how it ended and its log.
func runToEnd(t *testing.T, l *Local, spec Spec) (Exit, string) {
	t.Helper()
	require.NoError(t, l.Create(t.Context(), spec))
	exit := waitEnd(t, l, spec.ID)
	return exit, logOf(t, l, spec.ID)
}

func logOf(t *testing.T, l *Local, id string) string {
	t.Helper()
	log, _, err := l.Log(t.Context(), id, 0)
	require.NoError(t, err)
	return string(log)
}

// waitLog waits until the log of a kernel holds a text.
func waitLog(t *testing.T, l *Local, id, text string) {
	t.Helper()
	eventually(t, "log of "+id+" holds "+text, func() bool { return containsLine(logOf(t, l, id), text) })
}

// processesOf lists the host's process IDs of a kernel's processes, except its
// init process, by the mark in their environment.
func processesOf(t *testing.T, id string) []int {
	t.Helper()
	all, err := procfs.Processes()
	require.NoError(t, err)
	var pids []int
	for _, process := range all {
		if process.State != 'Z' && procfs.HasEnv(process.PID, pid1.MarkVariable, id) {
			pids = append(pids, process.PID)
		}
	}
	return pids
}

// ownBinary copies the test binary to a place every user can reach.
func ownBinary(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("/proc/self/exe")
	require.NoError(t, err)
	path := filepath.Join(publicDir(t), "node.test")
	require.NoError(t, os.WriteFile(path, data, 0o755))
	return path
}

// publicDir makes a directory for a test that every user can reach.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "node-test")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, removeAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755))
	return dir
}
