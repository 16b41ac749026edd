//go:build linux

package node

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/node/procfs"
)

func containsLine(log, line string) bool { return slices.Contains(strings.Split(log, "\n"), line) }

func TestTheExitOfACommandIsReported(t *testing.T) {
	l := openNode(t, Options{})
	for i, test := range []struct {
		script string
		code   int
	}{
		{"exit 0", 0},
		{"exit 7", 7},
		{"kill -KILL $$", 137},
		{"kill -TERM $$", 143},
		{"kill -PIPE $$", 141},
		{"sleep 1000 & exit 3", 3},
	} {
		t.Run(test.script, func(t *testing.T) {
			exit, _ := runToEnd(t, l, shell(fmt.Sprintf("k%d", i), test.script))
			assert.Equal(t, test.code, exit.Code)
			assert.Equal(t, EndSelf, exit.Reason)
			assert.WithinDuration(t, time.Now(), exit.At, time.Minute)
			assert.NotEmpty(t, exit.Stats["cpu_used"].Current)
		})
	}
	assert.Len(t, l.Kernels(), 6)
}

func TestACommandFindsItsHomeItsNameAndItsEnvironment(t *testing.T) {
	l := openNode(t, Options{})
	spec := shell("k1", `id -un; pwd; echo $HOME; hostname; echo "$GREETING"; echo $$ > file && cat file; df --output=size -B1 /dev/shm | tail -1 | tr -d ' '; ulimit -c; echo again > /dev/stdout; tail -1 /etc/passwd | cut -d: -f1`)
	spec.Hostname, spec.Env, spec.Shm = "sub1", map[string]string{"GREETING": "hello, 세계"}, 1<<20
	exit, log := runToEnd(t, l, spec)
	assert.Zero(t, exit.Code)
	lines := strings.Split(strings.TrimSpace(log), "\n")
	require.Len(t, lines, 10, log)
	assert.Equal(t, []string{"work", "/home/work", "/home/work", "sub1", "hello, 세계"}, lines[:5])
	assert.Equal(t, []string{"1048576", "0", "again", "nobody"}, lines[6:])
}

func TestSecretsOfTheEnvironmentAreNotInTheInitProcess(t *testing.T) {
	l := openNode(t, Options{})
	spec := shell("k1", "echo up; exec sleep 1000")
	spec.Env = map[string]string{"TOKEN": "do-not-show"}
	require.NoError(t, l.Create(t.Context(), spec))
	waitLog(t, l, "k1", "up")
	k, err := l.find("k1")
	require.NoError(t, err)
	assert.False(t, procfs.HasEnv(k.record.PID, "TOKEN", "do-not-show"))
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", k.record.PID))
	require.NoError(t, err)
	assert.NotContains(t, string(line), "do-not-show")
}

func TestAKernelWithoutACommandLivesUntilItIsDestroyed(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1"}))
	assert.Equal(t, StateRunning, l.Kernels()[0].State)
	started := time.Now()
	exit, err := l.Destroy(t.Context(), "k1", time.Minute)
	require.NoError(t, err)
	assert.Less(t, time.Since(started), 10*time.Second, "nothing had to be waited for")
	assert.Equal(t, EndDestroyed, exit.Reason)
	assert.Zero(t, exit.Code)
	again, err := l.Destroy(t.Context(), "k1", time.Minute)
	require.NoError(t, err)
	assert.Equal(t, exit, again, "destroying twice tells the same")
}

func TestDestroyGivesTheCommandTimeToFinish(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), shell("k1", `trap 'echo saved; exit 5' TERM; echo up; while :; do sleep 0.02; done`)))
	waitLog(t, l, "k1", "up")
	exit, err := l.Destroy(t.Context(), "k1", time.Minute)
	require.NoError(t, err)
	assert.Equal(t, 5, exit.Code)
	assert.Equal(t, EndDestroyed, exit.Reason)
	assert.Contains(t, logOf(t, l, "k1"), "saved")
}

func TestDestroyEndsDaemonsThatHideAndRefuse(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), shell("k1",
		`trap '' TERM; (setsid sh -c 'trap "" TERM HUP INT; (sleep 1000 & sleep 1000 & wait) & while :; do sleep 1; done' &) ; echo up; while :; do sleep 1; done`)))
	waitLog(t, l, "k1", "up")
	eventually(t, "the daemons are there", func() bool { return len(processesOf(t, "k1")) >= 4 })
	exit, err := l.Destroy(t.Context(), "k1", 50*time.Millisecond)
	require.NoError(t, err)
	assert.Equal(t, 137, exit.Code)
	assert.Equal(t, EndDestroyed, exit.Reason)
	assert.Empty(t, processesOf(t, "k1"), "nothing survives")
}

func TestRestartRunsTheCommandAgainInTheSameHome(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), shell("k1", `echo x >> runs; echo "run $(wc -l < runs)"; exec sleep 1000`)))
	waitLog(t, l, "k1", "run 1")
	require.NoError(t, l.Restart(t.Context(), "k1"))
	waitLog(t, l, "k1", "run 2")
	assert.Equal(t, StateRunning, l.Kernels()[0].State)
	// A process has no environment for a moment while it becomes another program.
	eventually(t, "one command runs", func() bool { return len(processesOf(t, "k1")) == 1 })
	_, err := l.Destroy(t.Context(), "k1", 0)
	require.NoError(t, err)
	require.NoError(t, l.Restart(t.Context(), "k1"), "also after its end")
	waitLog(t, l, "k1", "run 3")
	select {
	case event := <-l.Events():
		assert.Fail(t, "a restart is not an end", "%+v", event)
	default:
	}
}

func TestAKernelThatCannotStartLeavesNothing(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), Spec{ID: "taken"}))
	for _, test := range []struct {
		name string
		spec Spec
		want string
	}{
		{"its command does not exist", Spec{ID: "k1", Command: []string{"no-such-program"}}, "cannot find the command"},
		{"its command is not a program", Spec{ID: "k1", Command: []string{"/etc/passwd"}}, "permission denied"},
		{"its name is taken", Spec{ID: "taken"}, "exists already"},
		{"its name is a path", Spec{ID: "../k1"}, "only letters"},
		{"its name is empty", Spec{}, "only letters"},
		{"its host name is not one", Spec{ID: "k1", Hostname: "a b"}, "host name"},
		{"a limit is negative", Spec{ID: "k1", Memory: -1}, "negative"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.ErrorContains(t, l.Create(t.Context(), test.spec), test.want)
			assert.Len(t, l.Kernels(), 1)
			entries, err := os.ReadDir(l.dir)
			require.NoError(t, err)
			assert.Len(t, entries, 1)
		})
	}
	require.ErrorIs(t, l.Create(t.Context(), Spec{ID: "taken"}), ErrExists)
}

func TestAKernelWithTooLittleMemoryToStartSaysSo(t *testing.T) {
	l := openNode(t, Options{})
	if l.groups == nil {
		return // the watchdog ends it later
	}
	require.ErrorContains(t, l.Create(t.Context(), Spec{ID: "k1", Memory: 100 << 10}), "before it was ready")
	assert.Empty(t, l.Kernels())
}

func TestRemoveDeletesOnlyWhatHasEnded(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), shell("k1", `mkdir -p locked/inner; echo secret > locked/inner/file; chmod 0 locked; echo up; exec sleep 1000`)))
	waitLog(t, l, "k1", "up")
	require.ErrorIs(t, l.Remove(t.Context(), "k1"), ErrRunning)
	_, err := l.Destroy(t.Context(), "k1", 0)
	require.NoError(t, err)
	require.NoError(t, l.Remove(t.Context(), "k1"))
	require.NoError(t, l.Remove(t.Context(), "k1"), "removing twice is no error")
	assert.Empty(t, l.Kernels())
	assert.NoDirExists(t, l.dir+"/k1")
	_, err = l.Destroy(t.Context(), "k1", 0)
	require.ErrorIs(t, err, ErrUnknown)
	_, _, err = l.Log(t.Context(), "k1", 0)
	require.ErrorIs(t, err, ErrUnknown)
	assert.Nil(t, l.Stats("k1"))
}

func TestALogIsComplete(t *testing.T) {
	l := openNode(t, Options{})
	exit, log := runToEnd(t, l, shell("k1", "seq 1 300000; seq 1 10 >&2"))
	assert.Zero(t, exit.Code)
	var want strings.Builder
	for i := range 300000 {
		fmt.Fprintln(&want, i+1)
	}
	for i := range 10 {
		fmt.Fprintln(&want, i+1)
	}
	assert.True(t, want.String() == log, "every byte, in order: %d of %d", len(log), want.Len())
	end, cut, err := l.Log(t.Context(), "k1", 3)
	require.NoError(t, err)
	assert.Equal(t, "10\n", string(end))
	assert.True(t, cut)
}

func TestALongLogKeepsItsEndAndLittleDisk(t *testing.T) {
	l := openNode(t, Options{LogLimit: 256 << 10})
	require.NoError(t, l.Create(t.Context(), shell("k1", "seq 1 1000000")))
	waitEnd(t, l, "k1")
	log, cut, err := l.Log(t.Context(), "k1", 0)
	require.NoError(t, err)
	assert.True(t, cut)
	assert.Len(t, log, 256<<10)
	assert.True(t, strings.HasSuffix(string(log), "\n999999\n1000000\n"))
	assert.NotContains(t, string(log), "\x00")
	k, err := l.find("k1")
	require.NoError(t, err)
	assert.Less(t, diskUse(k.path(fileLog), 1), int64(2<<20), "of 6.9 MB written")
}

func TestStatisticsAreMeasuredWhileAKernelRuns(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), shell("k1", `head -c 3000000 /dev/zero > file; sync file; while :; do :; done`)))
	eventually(t, "CPU time and disk use are seen", func() bool {
		stats := l.Stats("k1")
		return stats != nil && len(stats["cpu_used"].Current) >= 3 && len(stats["io_write"].Current) == 7
	})
	stats := l.Stats("k1")
	assert.Len(t, stats, 8)
	assert.Equal(t, "msec", stats["cpu_used"].UnitHint)
	assert.Equal(t, "1000", stats["cpu_util"].Capacity)
	assert.Equal(t, fmt.Sprint(512<<20), stats["mem"].Capacity)
	assert.NotEqual(t, "0", stats["mem"].Current)
	assert.Equal(t, "0", stats["net_rx"].Current, "there is no network")
}
