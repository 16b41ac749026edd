package node

import (
	"math/big"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
)

// sample is one measurement of a kernel.
type sample struct {
	at          time.Time     // with its monotonic part
	cpu         time.Duration // used so far
	memory      int64         // bytes
	read, write int64         // bytes so far
	rx, tx      int64         // bytes so far
	scratch     int64         // bytes
}

// series turns the measurements of one kernel into metrics as the manager 24.09
// reports them. The zero value is ready.
type series struct {
	first, last                     sample
	count                           int64
	cpuSum                          *big.Rat
	cpuMax, memoryMax, scratchLarge int64 // CPU in nanoseconds
}

// add takes a measurement and gives the metrics after it. Counters that go back
// are held at their highest value: a process that ends can be missing from one
// measurement. memoryLimit is the capacity of "mem".
func (s *series) add(now sample, memoryLimit int64) model.Metrics {
	if s.count == 0 {
		s.first, s.last = now, now
		s.cpuSum = new(big.Rat)
	}
	previous := s.last
	now.cpu = max(now.cpu, previous.cpu)
	now.read, now.write = max(now.read, previous.read), max(now.write, previous.write)
	now.rx, now.tx = max(now.rx, previous.rx), max(now.tx, previous.tx)
	s.last = now
	s.count++
	s.cpuSum.Add(s.cpuSum, milliseconds(int64(now.cpu)))
	s.cpuMax = max(s.cpuMax, int64(now.cpu))
	s.memoryMax = max(s.memoryMax, now.memory)
	s.scratchLarge = max(s.scratchLarge, now.scratch)

	interval := now.at.Sub(previous.at)
	rate := func(current, previous *big.Rat) *big.Rat {
		if interval <= 0 {
			return new(big.Rat)
		}
		difference := new(big.Rat).Sub(current, previous)
		return difference.Mul(difference, big.NewRat(int64(time.Second), int64(interval)))
	}
	// The first value of a rate is the raw measurement; clients know that.
	rateOrRaw := func(current, previous *big.Rat) *big.Rat {
		if s.count == 1 {
			return current
		}
		return rate(current, previous)
	}
	cpu, cpuBefore := milliseconds(int64(now.cpu)), milliseconds(int64(previous.cpu))

	metrics := make(model.Metrics, 8)
	metrics["cpu_used"] = metric(cpu, milliseconds(int64(s.first.cpu)), "msec")
	util := metric(rateOrRaw(cpu, cpuBefore), big.NewRat(1000, 1), "percent")
	util.Avg = decimal(new(big.Rat).Quo(s.cpuSum, big.NewRat(s.count, 1)))
	util.Max = decimal(milliseconds(s.cpuMax))
	metrics["cpu_util"] = util
	memory := metric(whole(now.memory), whole(memoryLimit), "bytes")
	memory.Max = decimal(whole(s.memoryMax))
	metrics["mem"] = memory
	for _, io := range [...]struct {
		name                string
		now, previous, base int64
	}{
		{"io_read", now.read, previous.read, s.first.read},
		{"io_write", now.write, previous.write, s.first.write},
	} {
		m := metric(whole(io.now), whole(io.base), "bytes")
		m.Rate = decimal(rate(whole(io.now), whole(io.previous)))
		metrics[io.name] = m
	}
	metrics["net_rx"] = metric(rateOrRaw(whole(now.rx), whole(previous.rx)), whole(s.first.rx), "bps")
	metrics["net_tx"] = metric(rateOrRaw(whole(now.tx), whole(previous.tx)), whole(s.first.tx), "bps")
	size := metric(whole(now.scratch), whole(s.first.scratch), "bytes")
	size.Max = decimal(whole(s.scratchLarge))
	metrics["io_scratch_size"] = size
	return metrics
}

func whole(n int64) *big.Rat { return big.NewRat(n, 1) }

func milliseconds(nanoseconds int64) *big.Rat {
	return big.NewRat(nanoseconds, int64(time.Millisecond))
}

// metric writes a value as the wire wants it.
func metric(current, capacity *big.Rat, unit string) model.Metric {
	return model.Metric{
		Current: decimal(current), Capacity: decimal(capacity), Pct: percent(current, capacity), UnitHint: unit,
	}
}

// decimal writes at most three decimals, rounded half to even, without trailing
// zeros.
func decimal(value *big.Rat) string { return strip(rounded(value, 3)) }

// percent writes current ÷ capacity × 100 with at most two decimals; "0.00" if
// there is no capacity.
func percent(current, capacity *big.Rat) string {
	if capacity.Sign() == 0 {
		return "0.00"
	}
	quotient := new(big.Rat).Quo(current, capacity)
	return strip(rounded(quotient.Mul(quotient, big.NewRat(100, 1)), 2))
}

// rounded writes value with exactly so many decimals, half to even.
func rounded(value *big.Rat, decimals int) string {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)
	numerator := new(big.Int).Mul(value.Num(), scale)
	quotient, remainder := new(big.Int).QuoRem(numerator, value.Denom(), new(big.Int))
	twice := remainder.Abs(remainder).Lsh(remainder, 1)
	if c := twice.Cmp(value.Denom()); c > 0 || (c == 0 && quotient.Bit(0) == 1) {
		quotient.Add(quotient, big.NewInt(int64(value.Sign())))
	}
	return new(big.Rat).SetFrac(quotient, scale).FloatString(decimals)
}

func strip(number string) string {
	if !strings.Contains(number, ".") {
		return number
	}
	return strings.TrimSuffix(strings.TrimRight(number, "0"), ".")
}
