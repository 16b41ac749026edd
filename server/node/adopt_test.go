//go:build linux

package node

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/node/pid1"
	"github.com/baiui/baiui/server/node/procfs"
)

func TestALaterServerFindsTheKernelsAsTheyAre(t *testing.T) {
	atEachLevel(t, Options{}, func(t *testing.T, l *Local) { laterServerFinds(t, l.Info().Isolation) })
}

func laterServerFinds(t *testing.T, level Isolation) {
	dir := t.TempDir()
	options := Options{Dir: dir, Isolation: level}
	first, err := Open(options)
	require.NoError(t, err)
	gate := filepath.Join(dir, "kernels", "ends", dirHome, "gate")
	require.NoError(t, first.Create(t.Context(), shell("stays", "echo up; exec sleep 1000")))
	require.NoError(t, first.Create(t.Context(), shell("ends", "while ! test -e gate; do sleep 0.01; done; echo bye; exit 9")))
	require.NoError(t, first.Create(t.Context(), shell("ended", "exit 4")))
	require.NoError(t, first.Create(t.Context(), shell("killed", "exec sleep 1000")))
	waitEnd(t, first, "ended")
	waitLog(t, first, "stays", "up")
	init := first.kernels["killed"].record.PID
	_, err = Open(options)
	require.ErrorIs(t, err, ErrInUse)
	require.NoError(t, first.Close())
	require.NoError(t, first.Close(), "closing twice is no error")
	require.ErrorIs(t, first.Create(t.Context(), Spec{ID: "late"}), ErrClosed)

	require.NoError(t, os.WriteFile(gate, nil, 0o644))
	require.NoError(t, syscall.Kill(init, syscall.SIGKILL))
	record := filepath.Join(dir, "kernels", "ends", fileInit)
	eventually(t, "the one that ends has written its record", func() bool {
		info, err := os.Stat(record)
		return err == nil && info.Size() > 0
	})

	second := openNode(t, options)
	kernels := map[string]Kernel{}
	for _, k := range second.Kernels() {
		kernels[k.ID] = k
	}
	require.Len(t, kernels, 4)
	assert.Equal(t, StateRunning, kernels["stays"].State)
	assert.Equal(t, 4, kernels["ended"].Exit.Code)
	eventually(t, "all others are known to have ended", func() bool {
		return second.kernels["ends"].ended() != nil && second.kernels["killed"].ended() != nil
	})
	ends, killed := second.kernels["ends"].ended(), second.kernels["killed"].ended()
	assert.Equal(t, 9, ends.Code)
	assert.Equal(t, EndSelf, ends.Reason)
	assert.Equal(t, EndLost, killed.Reason)
	assert.Equal(t, -1, killed.Code)
	assert.Contains(t, logOf(t, second, "ends"), "bye")

	eventually(t, "an adopted kernel is measured", func() bool { return second.Stats("stays") != nil })
	exit, err := second.Destroy(t.Context(), "stays", 0)
	require.NoError(t, err)
	assert.Equal(t, EndDestroyed, exit.Reason)
	assert.Empty(t, processesOf(t, "stays"))
}

func TestAProcessThatOnlyHasTheSameIDIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	innocent := exec.Command("sleep", "1000")
	require.NoError(t, innocent.Start())
	defer func() { _ = innocent.Process.Kill(); _ = innocent.Wait() }()
	stat, err := procfs.Read(innocent.Process.Pid)
	require.NoError(t, err)
	boot, err := bootID()
	require.NoError(t, err)
	for name, now := range map[string]record{
		"other-start": {BootID: boot, PID: stat.PID, StartTicks: stat.StartTicks - 1, StartedAt: time.Now(), Created: true},
		"other-boot":  {BootID: "another", PID: stat.PID, StartTicks: stat.StartTicks, StartedAt: time.Now(), Created: true},
		"destroyed":   {BootID: boot, Created: true, Ending: EndDestroyed},
		"not-begun":   {BootID: boot},
	} {
		home := filepath.Join(dir, "kernels", name)
		require.NoError(t, os.MkdirAll(home, 0o700))
		require.NoError(t, save(filepath.Join(home, fileState), now, false))
		require.NoError(t, save(filepath.Join(home, fileSpec), Spec{ID: name}, false))
	}
	for _, name := range []string{"empty", "damaged"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "kernels", name), 0o700))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "kernels", "damaged", fileState), nil, 0o600))
	l := openNode(t, Options{Dir: dir})
	require.Len(t, l.Kernels(), 4, "but those that were never begun")
	for _, k := range l.Kernels() {
		require.NotNil(t, k.Exit, k.ID)
		if k.ID == "destroyed" {
			assert.Equal(t, EndDestroyed, k.Exit.Reason)
		} else {
			assert.Equal(t, EndLost, k.Exit.Reason, k.ID)
		}
		_, err := l.Destroy(t.Context(), k.ID, 0)
		require.NoError(t, err)
		require.NoError(t, l.Remove(t.Context(), k.ID))
	}
	entries, err := os.ReadDir(l.dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
	require.NoError(t, innocent.Process.Signal(syscall.Signal(0)), "still there")
	now, err := procfs.Read(stat.PID)
	require.NoError(t, err)
	assert.NotEqual(t, byte('Z'), now.State)
}

// serveUntilKilled is a helper program: a server that makes and ends kernels
// without pause.
func serveUntilKilled() {
	l, err := Open(Options{Dir: os.Getenv("NODE_TEST_DIR")})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("open")
	for i := 0; ; i++ {
		id := fmt.Sprintf("%s-%d", os.Getenv("NODE_TEST_PREFIX"), i)
		if err := l.Create(context.Background(), shell(id, "(setsid sleep 1000 &); exec sleep 1000")); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if i%3 == 2 {
			_, _ = l.Destroy(context.Background(), id, 0)
		}
	}
}

func TestAServerKilledAtAnyPointLeavesNothingUnaccounted(t *testing.T) {
	dir := t.TempDir()
	t.Cleanup(func() { openNode(t, Options{Dir: dir}) }) // also ends what a failure leaves
	run := fmt.Sprintf("%d", os.Getpid())
	for round := range 8 {
		prefix := fmt.Sprintf("r%s-%d", run, round)
		server := exec.Command("/proc/self/exe")
		server.Env = append(os.Environ(), "NODE_TEST_HELPER=server", "NODE_TEST_DIR="+dir, "NODE_TEST_PREFIX="+prefix)
		output, err := server.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, server.Start())
		line := make([]byte, 5)
		_, err = output.Read(line)
		require.NoError(t, err)
		require.Equal(t, "open\n", string(line))
		<-time.After(time.Duration(rand.Int64N(int64(120 * time.Millisecond)))) // any point
		require.NoError(t, server.Process.Kill())
		_ = server.Wait()
	}
	l := openNode(t, Options{Dir: dir})
	for _, k := range l.Kernels() {
		_, err := l.Destroy(t.Context(), k.ID, 0)
		require.NoError(t, err)
		require.NoError(t, l.Remove(t.Context(), k.ID))
	}
	all, err := procfs.Processes()
	require.NoError(t, err)
	for _, process := range all {
		environ, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", process.PID))
		assert.NotContains(t, string(environ), pid1.MarkVariable+"=r"+run+"-", process)
	}
	assertNoGroups(t, l)
	entries, err := os.ReadDir(l.dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}
