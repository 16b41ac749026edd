package info

import (
	"maps"
	"math"
	"slices"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
)

// gibibyte is the unit in which memory is shown.
const gibibyte = 1 << 30

// slot is what an agent has of one resource, in the unit it is shown in: cores
// for cpu, GiB for mem, devices or shares for accelerators.
type slot struct {
	name     string // as on the wire: "cpu", "mem", "cuda.shares"
	used     float64
	capacity float64
}

// fraction is the used part, from 0 to 1; 0 where there is no capacity.
func (s slot) fraction() float64 {
	if s.capacity <= 0 || math.IsInf(s.capacity, 0) {
		return 0
	}
	return min(1, max(0, s.used/s.capacity))
}

// slots lists what an agent has: in the order of [facts.CompareSlots]. A
// slot of which it has nothing and uses nothing is left out.
func slots(agent *model.Agent) []slot {
	var list []slot
	for _, name := range slices.SortedFunc(maps.Keys(agent.AvailableSlots), facts.CompareSlots) {
		s := slot{name: name, used: agent.OccupiedSlots.Amount(name), capacity: agent.AvailableSlots.Amount(name)}
		if name == "mem" {
			s.used /= gibibyte
			s.capacity /= gibibyte
		}
		if s.used != 0 || s.capacity != 0 {
			list = append(list, s)
		}
	}
	return list
}
