package model

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAmountsAreReadAsManagersWriteThem(t *testing.T) {
	for text, want := range map[string]float64{
		"4": 4, "0.5": 0.5, " 7 ": 7, "-1": -1, "1e3": 1000, "Infinity": math.Inf(1),
		"10b": 10, "3k": 3 << 10, "256m": 256 << 20, "1g": 1 << 30, "1.5G": 1.5 * (1 << 30), "2GiB": 2 << 30, "1T": 1 << 40,
	} {
		amount, ok := ParseAmount(text)
		assert.True(t, ok, text)
		assert.Equal(t, want, amount, text)
	}
	for _, text := range []string{"", "NaN", "much", "g", "1x", "1i", "1bib", "1gg", "k1"} {
		_, ok := ParseAmount(text)
		assert.False(t, ok, text)
	}
}

func TestAmountOfASlot(t *testing.T) {
	slots := ResourceSlots{"cpu": "4", "mem": "1g", "cuda.shares": "NaN"}
	assert.Equal(t, 4.0, slots.Amount("cpu"))
	assert.Equal(t, float64(1<<30), slots.Amount("mem"))
	assert.Zero(t, slots.Amount("cuda.shares"), "not shown")
	assert.Zero(t, slots.Amount("tpu.device"), "missing")
	assert.Zero(t, ResourceSlots(nil).Amount("cpu"))
}

func FuzzParseAmount(f *testing.F) {
	for _, text := range []string{"4", "256m", "1.5GiB", "Infinity", "NaN", "", "b", "1e", "-0x1p-2"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		amount, ok := ParseAmount(text)
		assert.False(t, math.IsNaN(amount))
		if !ok {
			assert.Zero(t, amount)
		}
	})
}
