package launcher

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/baiui/baiui/client/model"
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

// parseAmount reads an amount as managers and image makers write it: "4",
// "0.5", "256m", "1.5g", "Infinity". ok is false for what is not an amount, or
// is not shown ("NaN").
func parseAmount(text string) (amount float64, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	factor := 1.0
	if n := len(text); n > 1 && '0' <= text[0] && text[0] <= '9' {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "b"), "i")
		if i := strings.IndexByte("kmgtpe", text[len(text)-1]); i >= 0 {
			factor, text = math.Exp2(float64(10*(i+1))), text[:len(text)-1]
		}
	}
	amount, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(amount) || amount < 0 {
		return 0, false
	}
	return amount * factor, true
}

// amountOf is a slot's amount; missing slots are 0. ok is false when the manager
// does not show it.
func amountOf(slots model.ResourceSlots, slot string) (amount float64, ok bool) {
	text, named := slots[slot]
	if !named {
		return 0, true
	}
	return parseAmount(text)
}

// limitOf is how much of a slot may be taken; what is missing or not shown is no
// limit.
func limitOf(slots model.ResourceSlots, slot string) float64 {
	text, named := slots[slot]
	if !named {
		return math.Inf(1)
	}
	if amount, ok := parseAmount(text); ok {
		return amount
	}
	return math.Inf(1)
}

// slotOrder lists the slots of a map: processor, memory, then the others by
// name.
func slotOrder[V any](slots map[string]V) []string {
	return slices.SortedFunc(maps.Keys(slots), func(a, b string) int {
		rank := func(slot string) int { return slices.Index([]string{slotMemory, slotCPU}, slot) }
		return cmp.Or(cmp.Compare(rank(b), rank(a)), strings.Compare(a, b))
	})
}
