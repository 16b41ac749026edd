//go:build linux

package procfs

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStatLinesAreRead(t *testing.T) {
	tail := " S 1 7 7 0 -1 4194560 9 8 0 0 10 20 30 40 20 0 3 0 555 9000000 77 18446744073709551615"
	want := Process{PID: 42, Parent: 1, State: 'S', CPUTicks: 100, Threads: 3, StartTicks: 555, RSSPages: 77}
	for name, line := range map[string]string{
		"a plain name":                 "42 (sh)" + tail,
		"a name with blanks":           "42 (a b c)" + tail,
		"a name that looks like stats": "42 (x) S 9 (y))" + tail,
		"a line with an end":           "42 (sh)" + tail + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseStat(line)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
	for _, line := range []string{"", "42", "42 (sh", "x (sh)" + tail, "42 (sh) S 1 2", "42 (sh) SS" + tail[2:], "42 (sh)" + strings.Replace(tail, " 555 ", " x ", 1)} {
		_, err := ParseStat(line)
		require.Error(t, err, line)
	}
}

func FuzzParseStat(f *testing.F) {
	line, err := os.ReadFile("/proc/self/stat")
	require.NoError(f, err)
	f.Add(string(line))
	f.Add("1 (a) b) R 0")
	f.Fuzz(func(t *testing.T, line string) {
		process, err := ParseStat(line)
		if err == nil {
			assert.GreaterOrEqual(t, process.Parent, 0)
			assert.GreaterOrEqual(t, process.RSSPages, int64(0))
		}
	})
}

func TestThisProcessIsFoundInTheTreeOfItsParent(t *testing.T) {
	all, err := Processes()
	require.NoError(t, err)
	self, err := Read(os.Getpid())
	require.NoError(t, err)
	assert.Equal(t, os.Getppid(), self.Parent)
	assert.Positive(t, self.StartTicks)
	assert.Positive(t, self.RSSPages)
	var pids []int
	for _, process := range Tree(all, os.Getppid()) {
		pids = append(pids, process.PID)
	}
	assert.Contains(t, pids, os.Getpid())
	assert.Empty(t, Tree(all, -1))
	_, err = Read(1 << 30)
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.Positive(t, Threads(os.Getuid()))
}

func TestTheEnvironmentOfAProcessIsMatchedExactly(t *testing.T) {
	name, value, found := strings.Cut(os.Environ()[0], "=")
	require.True(t, found)
	assert.True(t, HasEnv(os.Getpid(), name, value))
	assert.False(t, HasEnv(os.Getpid(), name, value+"x"))
	assert.False(t, HasEnv(os.Getpid(), name+"x", value))
	assert.False(t, HasEnv(1<<30, name, value))
}

func TestUsageFilesAreRead(t *testing.T) {
	read, written := parseIO(strings.NewReader("rchar: 1\nwchar: 2\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 9\nnonsense\n"))
	assert.EqualValues(t, 4096, read)
	assert.EqualValues(t, 8192, written)
	received, sent := parseNet(strings.NewReader(`Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    1000      10    0    0    0     0          0         0     1000      10    0    0    0     0       0          0
  eth0:     300       3    0    0    0     0          0         0       70       1    0    0    0     0       0          0
  eth1:      11       1    0    0    0     0          0         0        5       1    0    0    0     0       0          0
`))
	assert.EqualValues(t, 311, received)
	assert.EqualValues(t, 75, sent)
	_, _, err := Net(1 << 30)
	require.Error(t, err)
	IO(1 << 30)
}
