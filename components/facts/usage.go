package facts

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
)

const gib = 1 << 30

// accelerators is the order in which slots are shown after cpu and mem; those
// not listed follow by name. A label for each stands in the catalogues under
// sessions.slot.<name>.
var accelerators = [...]string{
	"cuda.device", "cuda.shares", "rocm.device", "tpu.device", "ipu.device", "atom.device", "atom-plus.device",
	"atom-max.device", "gaudi2.device", "warboy.device", "rngd.device", "hyperaccel-lpu.device",
}

// slotsOf lists what a session holds or, while it holds nothing, what it asked
// for (a waiting session; one that ended, with managers of 26).
func slotsOf(s *model.Session) []Slot {
	slots := parseSlots(s.OccupiedSlots)
	if len(slots) == 0 {
		slots = parseSlots(s.RequestedSlots)
	}
	return slots
}

// parseSlots keeps the slots with a positive amount, ordered for display.
func parseSlots(raw model.ResourceSlots) []Slot {
	var slots []Slot
	for name, text := range raw {
		slot := Slot{Name: name}
		amount, ok := model.ParseAmount(text)
		switch {
		case name == "mem":
			slot.Kind = SlotBytes
			amount /= gib
		case strings.HasSuffix(name, ".shares"):
			slot.Kind = SlotShares
		}
		if ok && amount > 0 {
			slot.Amount = amount
			slots = append(slots, slot)
		}
	}
	slices.SortFunc(slots, func(a, b Slot) int { return CompareSlots(a.Name, b.Name) })
	return slots
}

// CompareSlots is the order in which slots are shown everywhere: cpu, mem, then
// accelerators.
func CompareSlots(a, b string) int {
	return cmp.Or(cmp.Compare(slotRank(a), slotRank(b)), cmp.Compare(a, b))
}

func slotRank(name string) int {
	switch name {
	case "cpu":
		return 0
	case "mem":
		return 1
	}
	if i := slices.Index(accelerators[:], name); i >= 0 {
		return 2 + i
	}
	return 2 + len(accelerators)
}

// FormatElapsed writes a duration as "[Nd ]HH:MM:SS".
func FormatElapsed(d time.Duration) string {
	seconds := int64(max(d, 0) / time.Second)
	text := fmt.Sprintf("%02d:%02d:%02d", seconds/3600%24, seconds/60%60, seconds%60)
	if days := seconds / 86400; days > 0 {
		text = strconv.FormatInt(days, 10) + "d " + text
	}
	return text
}

func liveStat(k *model.Kernel) model.Metrics { return k.LiveStat }
func lastStat(k *model.Kernel) model.Metrics { return k.LastStat }

// total is the sum of a metric over the kernels of a session.
type total struct {
	kernels           int
	current, capacity float64
}

// sumMetric adds a metric up. Capacities of the kernels count only where they
// mean anything: 24.09 sends the first sample and 26.x the largest int64 for
// metrics that have none.
func sumMetric(kernels []model.Kernel, stat func(*model.Kernel) model.Metrics, name string) total {
	var t total
	for i := range kernels {
		metric, ok := stat(&kernels[i])[name]
		if !ok {
			continue
		}
		current, ok := model.ParseAmount(metric.Current)
		if !ok || current < 0 || math.IsInf(current, 0) {
			continue
		}
		t.kernels++
		t.current += current
		if capacity, ok := model.ParseAmount(metric.Capacity); ok && capacity > 0 && capacity < 1<<60 {
			t.capacity += capacity
		}
	}
	return t
}

// usageOf makes the bars of a living session: cpu, memory, then each metric of
// an accelerator.
//
// The current value of cpu_util is thousandths of a core in both unit hints in
// use ("percent" of a capacity of 1000 up to 25.x, "millicores" in 26.x): used
// cores = Σcurrent / Σcapacity × kernels, against the cpu slots. Memory is
// Σcurrent against the memory slot. Metrics named *_util and *_mem belong to
// accelerators and have a capacity of their own.
func usageOf(s *model.Session) []Usage {
	var cores, memory float64
	for _, slot := range parseSlots(s.OccupiedSlots) {
		switch slot.Name {
		case "cpu":
			cores = slot.Amount
		case "mem":
			memory = slot.Amount * gib
		}
	}
	var usage []Usage
	if t := sumMetric(s.Containers, liveStat, "cpu_util"); t.kernels > 0 {
		used := t.current / 1000
		if t.capacity > 0 {
			used = t.current / t.capacity * float64(t.kernels)
		}
		usage = append(usage, Usage{Name: "cpu", Used: used, Limit: finite(cores)})
	}
	if t := sumMetric(s.Containers, liveStat, "mem"); t.kernels > 0 {
		limit := finite(memory)
		if limit == 0 {
			limit = t.capacity
		}
		usage = append(usage, Usage{Name: "mem", Used: t.current, Limit: limit})
	}
	var names []string
	for i := range s.Containers {
		for name := range s.Containers[i].LiveStat {
			if acceleratorMetric(name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.SortFunc(names, func(a, b string) int { return -cmp.Compare(a, b) }) // cuda_util before cuda_mem
	for _, name := range names {
		if t := sumMetric(s.Containers, liveStat, name); t.kernels > 0 {
			usage = append(usage, Usage{Name: name, Used: t.current, Limit: t.capacity})
		}
	}
	return usage
}

// acceleratorMetric tells cuda_util or rocm_mem from cpu_util and mem.
func acceleratorMetric(name string) bool {
	return name != "cpu_util" && (strings.HasSuffix(name, "_util") || strings.HasSuffix(name, "_mem"))
}

func finite(v float64) float64 {
	if math.IsInf(v, 0) {
		return 0
	}
	return v
}

// ioOf adds up what all kernels read and wrote.
func ioOf(kernels []model.Kernel, stat func(*model.Kernel) model.Metrics) IO {
	read, write := sumMetric(kernels, stat, "io_read"), sumMetric(kernels, stat, "io_write")
	return IO{Known: read.kernels+write.kernels > 0, Read: read.current, Write: write.current}
}

// cpuTimeOf is the processor time that all kernels used; zero means no data. (The
// deck takes the first container, which says little about a cluster session.)
func cpuTimeOf(kernels []model.Kernel) time.Duration {
	ms := sumMetric(kernels, lastStat, "cpu_used").current
	return time.Duration(min(ms, float64(math.MaxInt64/int64(time.Millisecond)-1)) * float64(time.Millisecond))
}

// Megabytes is for I/O: 10⁶ bytes with one decimal.
func Megabytes(bytes float64) string {
	return strconv.FormatFloat(bytes/1e6, 'f', 1, 64)
}

// Number writes an amount with at most two decimals and without trailing zeros.
func Number(v float64) string {
	if math.IsInf(v, 1) {
		return "∞"
	}
	text := strconv.FormatFloat(v, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// Text writes a slot: memory in GiB and shares with two decimals, as the deck
// does, up to a hundred; everything else as a whole number where it is one.
func (s Slot) Text() string {
	if s.Kind == SlotCount || s.Amount >= 100 {
		return Number(s.Amount)
	}
	return strconv.FormatFloat(s.Amount, 'f', 2, 64)
}

// Accelerator reports whether the slot is one of an accelerator, and not of the
// processor or of memory.
func (s Slot) Accelerator() bool { return slotRank(s.Name) > 1 }

// Network adds up what the kernels receive and send, in bytes per second.
func Network(kernels []model.Kernel) (received, sent float64, known bool) {
	rx, tx := sumMetric(kernels, liveStat, "net_rx"), sumMetric(kernels, liveStat, "net_tx")
	return rx.current, tx.current, rx.kernels+tx.kernels > 0
}
