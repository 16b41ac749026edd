package life

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

func TestAnInterruptEndsABootstrapScriptAndNotItsSession(t *testing.T) {
	// A test that runs in the background may have been told to ignore interrupts,
	// and its children with it; as the server does, it listens.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGINT)
	t.Cleanup(func() { signal.Stop(heard) })

	s := &store.Session{Type: model.TypeInteractive, BootstrapScript: "echo ready; exec sleep 3600"}
	argv := commandOf(s, &store.Kernel{ClusterRole: roleMain})
	c := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	ready := make([]byte, len("ready\n"))
	_, err = io.ReadFull(out, ready)
	require.NoError(t, err)

	require.NoError(t, syscall.Kill(-c.Process.Pid, syscall.SIGINT))
	told := func() string {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
		require.NoError(t, err)
		return string(text)
	}
	require.Eventually(t, func() bool { return strings.Contains(told(), "Name:\ttail\n") }, 10*time.Second, time.Millisecond,
		"the script is over, and the kernel waits for apps")
	_, after, _ := strings.Cut(told(), "SigIgn:")
	ignored, err := strconv.ParseUint(strings.Fields(after)[0], 16, 64)
	require.NoError(t, err)
	assert.NotZero(t, ignored&(1<<(syscall.SIGINT-1)), "which no further interrupt ends")
	require.NoError(t, syscall.Kill(-c.Process.Pid, syscall.SIGTERM))
	var exit *exec.ExitError
	require.ErrorAs(t, c.Wait(), &exit)
	assert.Equal(t, syscall.SIGTERM, exit.Sys().(syscall.WaitStatus).Signal())
}
