package machine

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

const (
	stat = `cpu  1000 10 500 90000 700 0 20 5 300 0
cpu0 500 5 250 45000 350 0 10 0 0 0
cpu1 500 5 250 45000 350 0 10 5 0 0
intr 12345 0 0
`
	meminfo = "MemTotal:        8000000 kB\nMemFree:          100000 kB\nMemAvailable:    6000000 kB\n"
	netDev  = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 5000 1 0 0 0 0 0 0 5000 1 0 0 0 0 0 0
  eth0: 1000 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0
`
)

// proc is a /proc that a test writes.
func proc(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "net"), 0o700))
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

func TestRatesAreOfTheTimeBetweenTwoMeasurements(t *testing.T) {
	dir := proc(t, map[string]string{"stat": stat, "meminfo": meminfo, "net/dev": netDev})
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	m := New(Options{AgentID: "i-1", Proc: dir, Now: func() time.Time { return now }})
	assert.Nil(t, m.NodeMetrics("i-2"))

	now = now.Add(10 * time.Second)
	// One of the two processors worked for five seconds of ten.
	busier := "cpu  1400 10 600 90000 700 0 20 5 300 0\ncpu0 1 1 1 1\ncpu1 1 1 1 1\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "stat"), []byte(busier), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "net/dev"), []byte("  eth0: 3500 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0\n"), 0o600))
	want := model.Metrics{
		"cpu_util": {Current: "5000", Capacity: "20000", Pct: "25", UnitHint: "msec"},
		"mem":      {Current: "2048000000", Capacity: "8192000000", Pct: "25", UnitHint: "bytes", Max: "2048000000"},
		"net_rx":   {Current: "250", Capacity: "0", Pct: "0.00", UnitHint: "bps"},
		"net_tx":   {Current: "0", Capacity: "0", Pct: "0.00", UnitHint: "bps"},
	}
	assert.Equal(t, want, m.NodeMetrics("i-1"))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "meminfo"), []byte("MemTotal: 8000000 kB\nMemAvailable: 7000000 kB\n"), 0o600))
	now = now.Add(time.Second)
	assert.Equal(t, want, m.NodeMetrics("i-1"), "not measured again so soon")
	now = now.Add(time.Second)
	got := m.NodeMetrics("i-1")
	assert.Equal(t, "1024000000", got["mem"].Current)
	assert.Equal(t, "2048000000", got["mem"].Max)
	assert.Equal(t, "0", got["cpu_util"].Current)

	require.NoError(t, os.Remove(filepath.Join(dir, "stat")))
	now = now.Add(time.Minute)
	assert.Nil(t, m.NodeMetrics("i-1"))
}

func TestThisMachineIsMeasured(t *testing.T) {
	m := New(Options{AgentID: "i-1", Disk: t.TempDir()})
	metrics := m.NodeMetrics("i-1")
	if _, err := os.Stat("/proc/stat"); err != nil {
		assert.Nil(t, metrics)
		return
	}
	for _, name := range []string{"cpu_util", "mem", "disk", "net_rx", "net_tx"} {
		assert.Contains(t, metrics, name)
	}
	assert.NotEqual(t, "0", metrics["mem"].Capacity)
	assert.NotEqual(t, "0", metrics["disk"].Capacity)
}

func TestWithoutProcThereAreNoMetrics(t *testing.T) {
	assert.Nil(t, New(Options{AgentID: "i-1", Proc: t.TempDir()}).NodeMetrics("i-1"))
}

func TestStatThatTellsNothing(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "no processors": "cpu 1 2 3 4\n", "no sum": "cpu0 1 2 3 4\n",
		"no numbers": "cpu a b c d\ncpu0 1 2 3 4\n", "too much": "cpu 9223372036854775807 1 1 1\ncpu0 1 2 3 4\n"} {
		_, ok := parseStat(text)
		assert.False(t, ok, name)
	}
}

func TestDecimals(t *testing.T) {
	for want, n := range map[string]float64{"0": 0, "100": 100, "33.333": 100.0 / 3, "0.5": 0.5, "0.001": 0.0009999} {
		assert.Equal(t, want, decimal(n, 3))
	}
}

func FuzzProc(f *testing.F) {
	f.Add(stat)
	f.Add(meminfo)
	f.Add(netDev)
	f.Fuzz(func(t *testing.T, text string) {
		cpu, _ := parseStat(text)
		assert.GreaterOrEqual(t, cpu.busy, time.Duration(0))
		assert.GreaterOrEqual(t, parseMeminfo(text).used(), int64(0))
		rx, tx := parseNetDev(text)
		assert.GreaterOrEqual(t, min(rx, tx), int64(0))
	})
}
