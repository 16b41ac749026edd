package model

import (
	"math"
	"strconv"
	"strings"
)

// ParseAmount reads an amount as managers and image makers write it: "4", "0.5",
// "256m", "1.5GiB", "Infinity". A unit counts in powers of 1024. ok is false for
// what is not an amount, or is not shown ("NaN").
func ParseAmount(text string) (amount float64, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	number := strings.TrimRight(text, "bikmgtpe")
	factor, ok := unitFactor(text[len(number):])
	if !ok {
		return 0, false
	}
	amount, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(amount) {
		return 0, false
	}
	return amount * factor, true
}

// unitFactor is what a unit stands for: "", "b", "k", "kb", "kib", "m" and so on
// up to "e".
func unitFactor(unit string) (factor float64, ok bool) {
	if unit == "" || unit == "b" {
		return 1, true
	}
	power := strings.IndexByte("kmgtpe", unit[0]) + 1
	switch unit[1:] {
	case "", "b", "ib":
		return math.Exp2(float64(10 * power)), power > 0
	}
	return 0, false
}

// Amount is how much of a slot there is; 0 for one that is missing, not shown, or
// not to be read.
func (r ResourceSlots) Amount(slot string) float64 {
	amount, _ := ParseAmount(r[slot])
	return amount
}
