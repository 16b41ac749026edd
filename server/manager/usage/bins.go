package usage

import (
	"context"
	"time"

	"github.com/baiui/baiui/server/manager/store"
)

// The statistics of a month: 2880 bins of a quarter of an hour, the last of which
// ends now.
const (
	binLength = 15 * time.Minute
	binCount  = 30 * 24 * 4
)

// Bin is what was held and used in a quarter of an hour.
type Bin struct {
	Date     float64  `json:"date"` // its beginning, seconds since 1970
	Sessions Quantity `json:"num_sessions"`
	CPU      Quantity `json:"cpu_allocated"` // whole cores, of all kernels together
	Memory   Quantity `json:"mem_allocated"`
	GPU      Real     `json:"gpu_allocated"`
	Read     Quantity `json:"io_read_bytes"`
	Wrote    Quantity `json:"io_write_bytes"`
	Disk     Quantity `json:"disk_used"`
}

// Quantity is a whole number with its unit.
type Quantity struct {
	Value int64  `json:"value"`
	Unit  string `json:"unit_hint"` // count or bytes
}

// Real is a number with its unit.
type Real struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit_hint"`
}

// Bins counts the kernels of the last 30 days, oldest bin first: a user's, or
// without one everybody's. A kernel counts from when it was asked for to its end,
// or to now, with all it has read and written by its end in each bin.
func (r *Reports) Bins(ctx context.Context, userID string) ([]Bin, error) {
	now := r.Now()
	start := now.Add(-binCount * binLength)
	// What changes from one bin to the next, so that a kernel takes two steps
	// however long it lived.
	var count [binCount + 1]int64
	var change [binCount + 1]amounts
	err := r.kernels(ctx, store.UsageQuery{From: start, To: now, UserID: userID}, func(k store.UsedKernel) error {
		a, err := r.amountsOf(k)
		if err != nil {
			return err
		}
		end := k.TerminatedAt
		if end.IsZero() {
			end = now
		}
		first, last := binOf(start, k.CreatedAt), binOf(start, end)
		count[first]++
		count[last+1]--
		change[first].add(a)
		change[last+1].add(a.negative())
		return nil
	})
	if err != nil {
		return nil, err
	}
	bins := make([]Bin, binCount)
	var held amounts
	var kernels int64
	for i := range bins {
		kernels += count[i]
		held.add(change[i])
		at := start.Add(time.Duration(i) * binLength)
		cpu := int64(held.cpu + 1e-6) // ten tenths are a core
		bins[i] = Bin{Date: float64(at.UnixMicro()) / 1e6, Sessions: Quantity{kernels, "count"}, CPU: Quantity{cpu, "count"},
			Memory: Quantity{held.memory, "bytes"}, GPU: Real{held.gpu, "count"}, Read: Quantity{held.read, "bytes"},
			Wrote: Quantity{held.wrote, "bytes"}, Disk: Quantity{held.disk, "bytes"}}
	}
	return bins, nil
}

// binOf is the bin of an instant, or the nearest one.
func binOf(start, at time.Time) int {
	return max(0, min(int(at.Sub(start)/binLength), binCount-1))
}

func (a amounts) negative() amounts {
	return amounts{cpu: -a.cpu, gpu: -a.gpu, memory: -a.memory, shared: -a.shared, cpuUsed: -a.cpuUsed,
		memoryUsed: -a.memoryUsed, disk: -a.disk, read: -a.read, wrote: -a.wrote}
}
