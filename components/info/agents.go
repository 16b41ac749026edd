package info

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/baiui/baiui/client/model"
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

// slots lists what an agent has: cpu and mem first, then its accelerators by
// name. A slot of which it has nothing and uses nothing is left out.
func slots(agent *model.Agent) []slot {
	names := []string{"cpu", "mem"}
	var others []string
	for name := range agent.AvailableSlots {
		if !slices.Contains(names, name) {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	var list []slot
	for _, name := range append(names, others...) {
		s := slot{name: name, used: amount(agent.OccupiedSlots[name]), capacity: amount(agent.AvailableSlots[name])}
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

// amount reads a slot's decimal text; what cannot be read counts as nothing.
func amount(text string) float64 {
	value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(value) {
		return 0
	}
	return value
}
