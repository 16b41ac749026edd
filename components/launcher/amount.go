package launcher

import (
	"maps"
	"math"
	"slices"
	"strconv"

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

// readSlots are the amounts of slots as numbers.
func readSlots(slots model.ResourceSlots) map[string]float64 {
	amounts := map[string]float64{}
	for slot := range slots {
		amounts[slot] = slots.Amount(slot)
	}
	return amounts
}

// spellSlots spells amounts as a manager does.
func spellSlots(amounts map[string]float64) model.ResourceSlots {
	slots := model.ResourceSlots{}
	for slot, amount := range amounts {
		slots[slot] = spellNumber(amount)
	}
	return slots
}

// spellNumber spells a number with the digits that it has and no others.
func spellNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

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
