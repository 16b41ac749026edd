//go:build linux

package node

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/node/cgroup"
)

// limiters are the ways limits can be kept here.
func limiters(t *testing.T) map[string]Options {
	ways := map[string]Options{
		"the best there is":            {},
		"the watchdog":                 {ForbidControlGroups: true},
		"the watchdog, not isolated":   {ForbidControlGroups: true, Isolation: IsolationNone},
		"the best there, not isolated": {Isolation: IsolationNone},
	}
	for _, level := range openNode(t, Options{}).Info().Levels {
		if level.Isolation == IsolationBubblewrap && level.Reason == "" {
			ways["the watchdog, with bubblewrap"] = Options{ForbidControlGroups: true, Isolation: IsolationBubblewrap}
		}
	}
	return ways
}

func TestAMemoryHogEndsItsOwnKernelOnly(t *testing.T) {
	for name, options := range limiters(t) {
		t.Run(name, func(t *testing.T) {
			l := openNode(t, options)
			require.NoError(t, l.Create(t.Context(), shell("bystander", "echo up; exec sleep 1000")))
			hog := shell("hog", "tail /dev/zero")
			hog.Memory = 128 << 20
			exit, _ := runToEnd(t, l, hog)
			assert.Equal(t, EndMemory, exit.Reason)
			assert.Equal(t, 137, exit.Code)
			assert.Equal(t, StateRunning, l.Kernels()[0].State, "the other one")
			assert.Empty(t, processesOf(t, "hog"))
		})
	}
}

func TestAHogInTheBackgroundEndsTheKernelToo(t *testing.T) {
	l := openNode(t, Options{})
	hog := shell("hog", "tail /dev/zero & sleep 1000")
	hog.Memory = 128 << 20
	exit, _ := runToEnd(t, l, hog)
	assert.Equal(t, EndMemory, exit.Reason)
}

func TestAForkBombIsBounded(t *testing.T) {
	for name, options := range limiters(t) {
		t.Run(name, func(t *testing.T) {
			l := openNode(t, options)
			bomb := Spec{ID: "bomb", CPU: 1, Memory: 512 << 20}
			if l.groups != nil {
				// Not a shell's: shells that cannot multiply wait longer and longer.
				bomb.Command = []string{"perl", "-e", `$| = 1; print "up\n"; while (1) { my $child = fork; if (defined $child && !$child) { sleep 1000; exit } }`}
			} else {
				// Not the classic one: its processes end when they cannot multiply.
				bomb.Command = []string{"bash", "-c", `echo up; for i in {1..25}; do (while :; do sleep 1000 & done) & done 2>/dev/null; wait`}
			}
			bomb.Processes = 60
			require.NoError(t, l.Create(t.Context(), bomb))
			waitLog(t, l, "bomb", "up")
			most := 0
			eventually(t, "the bomb reaches the limit, or is ended at it before anybody looks", func() bool {
				most = max(most, len(processesOf(t, "bomb")))
				return most >= 30 || l.groups != nil && slices.ContainsFunc(l.Kernels(), func(k Kernel) bool { return k.State != StateRunning })
			})
			assert.LessOrEqual(t, most, 60+20)
			if l.groups != nil {
				assert.Equal(t, EndProcesses, waitEnd(t, l, "bomb").Reason)
			} else {
				exit, err := l.Destroy(t.Context(), "bomb", 0)
				require.NoError(t, err)
				assert.Equal(t, EndDestroyed, exit.Reason)
			}
			assert.Empty(t, processesOf(t, "bomb"))
		})
	}
}

func TestAHomeThatIsTooLargeEndsItsKernel(t *testing.T) {
	l := openNode(t, Options{})
	spec := shell("k1", "while :; do head -c 1000000 /dev/zero >> file; sleep 0.02; done")
	spec.Disk = 10 << 20
	exit, _ := runToEnd(t, l, spec)
	assert.Equal(t, EndDisk, exit.Reason)
	assert.Equal(t, 137, exit.Code)
}

func TestProcessorTimeIsLimited(t *testing.T) {
	l := openNode(t, Options{})
	if l.Info().Limits == "watchdog" {
		return // says in its documentation that it cannot
	}
	spec := shell("k1", `for i in 1 2 3; do (while :; do :; done) & done; wait`)
	spec.CPU = 0.5
	require.NoError(t, l.Create(t.Context(), spec))
	used := func() time.Duration {
		usage, err := l.kernels["k1"].record.Group.Usage()
		require.NoError(t, err)
		return usage.CPU
	}
	started, before := time.Now(), used()
	eventually(t, "some processor time is used", func() bool { return used() > before+400*time.Millisecond })
	spent, elapsed := used()-before, time.Since(started)
	assert.Less(t, spent, elapsed/2+200*time.Millisecond, "half a core and a period of the quota")
}

func TestAKernelHasTheProcessorsItIsToHaveOnceItIsReady(t *testing.T) {
	options := Options{Dir: t.TempDir()}
	first, err := Open(options)
	require.NoError(t, err)
	if first.Info().Limits == "watchdog" {
		require.NoError(t, first.Close())
		return // says in its documentation that it cannot
	}
	spec := shell("k1", "exec sleep 1000")
	spec.CPU = 0.25
	require.NoError(t, first.Create(t.Context(), spec))
	now := first.kernels["k1"].record
	assert.Equal(t, "25000", processorQuota(t, now.Group), "a quarter of a period of 100,000 µs")

	// A server that was killed before it could set the limit.
	require.NoError(t, now.Group.SetCPU(leastCPUToStart))
	require.NoError(t, first.Close())
	now.Created = false
	require.NoError(t, save(filepath.Join(options.Dir, "kernels", "k1", fileState), now, false))
	second := openNode(t, options)
	assert.Equal(t, "25000", processorQuota(t, second.kernels["k1"].record.Group))
}

// processorQuota is what a group may use of each period.
func processorQuota(t *testing.T, g *cgroup.Group) string {
	t.Helper()
	file := filepath.Join(g.Dirs["cpu"], "cpu.cfs_quota_us")
	if g.Version == cgroup.V2 {
		file = filepath.Join(g.Dirs[""], "cpu.max")
	}
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return strings.Fields(string(data))[0]
}

func TestWithoutIsolationAllProcessesStillEnd(t *testing.T) {
	l := openNode(t, Options{Isolation: IsolationNone})
	assert.Equal(t, IsolationNone, l.Info().Isolation)
	assert.Equal(t, "isolation is switched off", l.Info().Reason)
	require.NoError(t, l.Create(t.Context(), shell("k1",
		`(setsid sh -c 'trap "" TERM; (sleep 1000 &) ; while :; do sleep 1; done' &); touch mine; echo up; sleep 1000`)))
	waitLog(t, l, "k1", "up")
	eventually(t, "the daemons are there", func() bool { return len(processesOf(t, "k1")) >= 3 })
	exit, err := l.Destroy(t.Context(), "k1", 20*time.Millisecond)
	require.NoError(t, err)
	assert.Equal(t, EndDestroyed, exit.Reason)
	assert.Empty(t, processesOf(t, "k1"))

	require.NoError(t, l.Create(t.Context(), shell("k2", `(setsid sleep 1000 &); echo up; sleep 1000`)))
	waitLog(t, l, "k2", "up")
	l.kernels["k2"].life.process.kill()
	exit = waitEnd(t, l, "k2")
	assert.Equal(t, EndLost, exit.Reason)
	assert.Empty(t, processesOf(t, "k2"), "also when the init process was killed")
}
