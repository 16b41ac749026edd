package launcher

import (
	"maps"
	"math"
	"slices"

	"github.com/baiui/baiui/client/model"
	seen "github.com/baiui/baiui/components/facts" // facts are what a form is checked against here
)

// The slots that every manager has.
const (
	slotCPU    = "cpu"
	slotMemory = "mem"
)

// Sizes of memory, in bytes.
const (
	MiB = 1 << 20
	GiB = 1 << 30
)

// limitOf is how much of a slot may be taken; what is missing or not shown is no
// limit, and where more is held than may be, nothing is left.
func limitOf(slots model.ResourceSlots, slot string) float64 {
	if amount, ok := model.ParseAmount(slots[slot]); ok {
		return max(amount, 0)
	}
	return math.Inf(1)
}

// slotOrder lists the slots of a map in the order of all pages.
func slotOrder[V any](slots map[string]V) []string {
	return slices.SortedFunc(maps.Keys(slots), seen.CompareSlots)
}
