package node

import (
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func rat(t *testing.T, text string) *big.Rat {
	t.Helper()
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("not a number: %s", text)
	}
	return value
}

func TestNumbersAreRoundedAsTheManagerRounds(t *testing.T) {
	for _, test := range []struct{ current, capacity, wantCurrent, wantPct string }{
		{"1", "3", "1", "33.33"},
		{"0", "1000", "0", "0"},
		{"999.9999", "1000", "1000", "100"},
		{"0.0004", "1000", "0", "0"},
		{"2.5", "1000", "2.5", "0.25"},
		{"0.125", "1000", "0.125", "0.01"},
		{"5", "0", "5", "0.00"},
		{"123456.789", "1000", "123456.789", "12345.68"},
		{"153.247", "1000", "153.247", "15.32"},
		{"1073741824", "4294967296", "1073741824", "25"},
		{"20480", "12288", "20480", "166.67"},
		{"12.5", "980", "12.5", "1.28"},
		{"1.0005", "100", "1", "1"},
		{"1.0015", "100", "1.002", "1"},
		{"-1.0015", "100", "-1.002", "-1"},
		{"100", "100", "100", "100"},
	} {
		t.Run(test.current+" of "+test.capacity, func(t *testing.T) {
			got := metric(rat(t, test.current), rat(t, test.capacity), "bytes")
			assert.Equal(t, test.wantCurrent, got.Current)
			assert.Equal(t, test.wantPct, got.Pct)
		})
	}
}

func TestASeriesOfMeasurementsBecomesMetrics(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var s series
	first := s.add(sample{
		at: start, cpu: 100 * time.Millisecond, memory: 1 << 20, read: 4096, rx: 980, scratch: 12288,
	}, 4<<20)
	assert.Equal(t, "100", first["cpu_util"].Current, "the first rate is the raw value")
	assert.Equal(t, "980", first["net_rx"].Current)
	assert.Equal(t, "0", first["io_read"].Rate)
	assert.Equal(t, "25", first["mem"].Pct)

	second := s.add(sample{
		at: start.Add(2 * time.Second), cpu: 1100 * time.Millisecond, memory: 2 << 20,
		read: 4096, write: 1 << 20, rx: 1005, scratch: 20480,
	}, 4<<20)
	assert.Equal(t, "1100", second["cpu_used"].Current)
	assert.Equal(t, "100", second["cpu_used"].Capacity, "the first measurement")
	assert.Equal(t, "500", second["cpu_util"].Current, "milliseconds of CPU in a second")
	assert.Equal(t, "1000", second["cpu_util"].Capacity)
	assert.Equal(t, "600", second["cpu_util"].Avg, "over the raw values")
	assert.Equal(t, "1100", second["cpu_util"].Max)
	assert.Equal(t, "50", second["mem"].Pct)
	assert.Equal(t, "2097152", second["mem"].Max)
	assert.Equal(t, "524288", second["io_write"].Rate)
	assert.Equal(t, "0.00", second["io_write"].Pct)
	assert.Equal(t, "12.5", second["net_rx"].Current)
	assert.Equal(t, "1.28", second["net_rx"].Pct)
	assert.Equal(t, "166.67", second["io_scratch_size"].Pct)

	third := s.add(sample{at: start.Add(4 * time.Second), cpu: time.Second}, 4<<20)
	assert.Equal(t, "1100", third["cpu_used"].Current, "a counter never goes back")
	assert.Equal(t, "0", third["cpu_util"].Current)
	assert.Equal(t, "2097152", third["mem"].Max)
	assert.Equal(t, "0", third["mem"].Current)
}
