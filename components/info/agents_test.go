package info

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
)

func TestSlots(t *testing.T) {
	agent := &model.Agent{
		AvailableSlots: model.ResourceSlots{"rocm.device": "0", "cuda.shares": "4.0", "mem": "8589934592", "cpu": "8"},
		OccupiedSlots:  model.ResourceSlots{"cpu": "2", "mem": "1073741824", "cuda.shares": "0.5"},
	}
	assert.Equal(t, []slot{
		{name: "cpu", used: 2, capacity: 8},
		{name: "mem", used: 1, capacity: 8},
		{name: "cuda.shares", used: 0.5, capacity: 4},
	}, slots(agent), "cpu and mem first, empty slots left out, memory in GiB")

	assert.Empty(t, slots(&model.Agent{}), "an agent that says nothing has nothing")
}

func TestFraction(t *testing.T) {
	tests := []struct {
		name string
		slot slot
		want float64
	}{
		{"a quarter", slot{used: 2, capacity: 8}, 0.25},
		{"nothing there", slot{used: 2}, 0},
		{"unlimited", slot{used: 2, capacity: math.Inf(1)}, 0},
		{"more used than there is", slot{used: 9, capacity: 8}, 1},
		{"a negative rest after a correction", slot{used: -1, capacity: 8}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			assert.InDelta(t, test.want, test.slot.fraction(), 1e-9)
		})
	}
}
