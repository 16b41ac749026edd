package machine

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/baiui/baiui/client/model"
)

// every is the least time between two measurements. Asked more often, the last
// one is the answer.
const every = 2 * time.Second

// Options are what a machine is measured by.
type Options struct {
	AgentID string // whose machine this is
	Disk    string // a folder on the disk that counts; empty: no disk metric
	// Proc is where the kernel tells about itself; empty: /proc.
	Proc string
	Now  func() time.Time // nil: time.Now
}

// Machine measures. Its methods may be called from several goroutines.
type Machine struct {
	Options

	mu        sync.Mutex
	last      sample
	metrics   model.Metrics
	memoryMax int64
}

// sample is one measurement.
type sample struct {
	at     time.Time
	cpu    cpuTimes
	memory memory
	rx, tx int64 // bytes since the start of the machine
}

// New makes a machine and takes the measurement that the first rates count from.
func New(o Options) *Machine {
	if o.Proc == "" {
		o.Proc = "/proc"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	m := &Machine{Options: o}
	m.last, _ = m.measure()
	return m
}

// NodeMetrics are the metrics of the agent; nil for another one, and where they
// cannot be had.
func (m *Machine) NodeMetrics(agentID string) model.Metrics {
	if agentID != m.AgentID {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if age := m.Now().Sub(m.last.at); m.metrics != nil && age >= 0 && age < every {
		return m.metrics
	}
	now, ok := m.measure()
	if !ok {
		m.metrics = nil
		return nil
	}
	m.metrics = m.describe(now)
	m.last = now
	return m.metrics
}

// measure reads what the kernel tells; false where it tells nothing.
func (m *Machine) measure() (sample, bool) {
	s := sample{at: m.Now()}
	stat, err := os.ReadFile(filepath.Join(m.Proc, "stat"))
	if err != nil {
		return s, false
	}
	var known bool
	if s.cpu, known = parseStat(string(stat)); !known {
		return s, false
	}
	if text, err := os.ReadFile(filepath.Join(m.Proc, "meminfo")); err == nil {
		s.memory = parseMeminfo(string(text))
	}
	if text, err := os.ReadFile(filepath.Join(m.Proc, "net/dev")); err == nil {
		s.rx, s.tx = parseNetDev(string(text))
	}
	return s, true
}

// describe turns a measurement and the one before into metrics.
func (m *Machine) describe(now sample) model.Metrics {
	before := m.last
	elapsed := now.at.Sub(before.at)
	busy := max(now.cpu.busy-before.cpu.busy, 0)
	capacity := elapsed * time.Duration(now.cpu.cores)
	m.memoryMax = max(m.memoryMax, now.memory.used())
	memory := metric(float64(now.memory.used()), float64(now.memory.total), "bytes")
	memory.Max = decimal(float64(m.memoryMax), 3)
	rate := func(now, before int64) float64 {
		if elapsed <= 0 {
			return 0
		}
		return float64(max(now-before, 0)) / elapsed.Seconds()
	}
	metrics := model.Metrics{
		"cpu_util": metric(float64(min(busy, capacity))/1e6, float64(capacity)/1e6, "msec"),
		"mem":      memory,
		"net_rx":   metric(rate(now.rx, before.rx), 0, "bps"),
		"net_tx":   metric(rate(now.tx, before.tx), 0, "bps"),
	}
	if m.Disk != "" {
		if used, total, ok := DiskUse(m.Disk); ok {
			metrics["disk"] = metric(float64(used), float64(total), "bytes")
		}
	}
	return metrics
}

// metric spells a value in the layout of the wire: at most three decimals, the
// percentage with two and "0.00" where there is no capacity.
func metric(current, capacity float64, unit string) model.Metric {
	out := model.Metric{Current: decimal(current, 3), Capacity: decimal(capacity, 3), Pct: "0.00", UnitHint: unit}
	if capacity > 0 {
		out.Pct = decimal(current/capacity*100, 2)
	}
	return out
}

// decimal spells a number with at most so many decimals and no trailing zeros.
func decimal(n float64, decimals int) string {
	text := strconv.FormatFloat(n, 'f', decimals, 64)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}
