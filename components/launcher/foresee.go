package launcher

import (
	"errors"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// Outcome is what a manager would do with a form.
type Outcome int

// The outcomes.
const (
	Unknown Outcome = iota
	Starts          // at once
	Waits           // in the queue, until something ends
	Never           // it asks for more than there is
	Refused         // the manager would not take it, for a reason of its own
)

// String is the outcome's name in the keys of its texts.
func (o Outcome) String() string {
	switch o {
	case Starts:
		return "starts"
	case Waits:
		return "waits"
	case Never:
		return "never"
	case Refused:
		return "refused"
	}
	return "unknown"
}

// Whose says what is too small, as a manager's own forecast spells it.
type Whose string

// Who has too little.
const (
	OfKeyPair Whose = model.WhoseKeyPair // the policy of the key pair
	OfUser    Whose = model.WhoseUser    // the policy of the user's main key pair
	OfProject Whose = model.WhoseProject
	OfDomain  Whose = model.WhoseDomain
	OfGroup   Whose = model.WhoseGroup // the agents of the resource group together
	OfAgent   Whose = model.WhoseAgent // each agent
)

// Shortage is too little of one slot.
type Shortage struct {
	Slot   string
	Whose  Whose
	Wanted float64 // by one session
	Have   float64 // in all (Never), or at the moment (Waits)
}

// Forecast is what would happen to a form that is sent now.
type Forecast struct {
	Outcome   Outcome
	Shortages []Shortage
	// Ahead is how many sessions wait already, at least: a manager tells people
	// only of sessions that they may see.
	Ahead int
	// Now is how many of the form's sessions start at once.
	Now int
	// Exact is set where the manager itself said so.
	Exact bool
	// Why is what the manager said where the outcome is Refused.
	Why string
}

// Foresee computes, from the manager's own figures, what would happen to a form:
// it never fits when one session asks for more than a limit or than the resource
// group has, it waits when others wait or too little is left, and else it starts.
func Foresee(form Form, f Facts) Forecast {
	if f.Room == nil || form.CPU == 0 || form.Memory == 0 {
		return Forecast{}
	}
	group, open := f.Room.Groups[form.Group]
	if !open {
		return Forecast{}
	}
	container, session := amounts(form, 1), amounts(form, max(form.ClusterSize, 1))
	if never := f.never(form, container, session); len(never) > 0 {
		return Forecast{Outcome: Never, Shortages: never}
	}
	forecast := Forecast{Outcome: Starts, Ahead: f.Waiting, Now: max(form.Sessions, 1)}
	for slot, wanted := range session {
		for _, place := range []struct {
			whose Whose
			left  model.ResourceSlots
		}{{OfKeyPair, f.Room.KeyPairRemaining}, {OfProject, f.Room.ProjectRemaining}, {OfGroup, group.Remaining}} {
			left := limitOf(place.left, slot)
			forecast.Now = int(min(float64(forecast.Now), (left+epsilon)/wanted))
			if left+epsilon < wanted*float64(max(form.Sessions, 1)) {
				forecast.Shortages = append(forecast.Shortages, Shortage{slot, place.whose, wanted, left})
			}
		}
	}
	forecast.Shortages = worst(forecast.Shortages)
	if f.Agents != nil {
		if short, waits := f.agentsNow(form, container); waits {
			forecast.Now = 0
			forecast.Shortages = append(forecast.Shortages, short...)
		}
	}
	if f.Waiting > 0 {
		forecast.Now = 0
	}
	if forecast.Now < max(form.Sessions, 1) {
		forecast.Outcome = Waits
	}
	return forecast
}

// amounts are what a number of the form's containers take, without zeros.
func amounts(form Form, containers int) map[string]float64 {
	n := float64(containers)
	wanted := map[string]float64{slotCPU: n * float64(form.CPU), slotMemory: n * float64(form.Memory)}
	if form.Accelerator != "" && form.AcceleratorAmount > 0 {
		wanted[form.Accelerator] = n * form.AcceleratorAmount
	}
	return wanted
}

// never finds what a session can never have.
func (f Facts) never(form Form, container, session map[string]float64) []Shortage {
	var found []Shortage
	for slot, wanted := range session {
		if limit := limitOf(f.Room.KeyPairLimits, slot); wanted > limit+epsilon {
			found = append(found, Shortage{slot, OfKeyPair, wanted, limit})
		} else if limit := limitOf(f.Room.ProjectLimits, slot); wanted > limit+epsilon {
			found = append(found, Shortage{slot, OfProject, wanted, limit})
		}
		if f.Agents == nil {
			continue // what others hold is hidden, and so is the group's size
		}
		if size := f.groupSize(slot); wanted > size+epsilon {
			found = append(found, Shortage{slot, OfGroup, wanted, size})
			continue
		}
		one := container[slot]
		if form.ClusterMode == SingleNode {
			one = wanted
		}
		if size := f.largestAgent(slot); one > size+epsilon {
			found = append(found, Shortage{slot, OfAgent, one, size})
		}
	}
	return worst(found)
}

// agentsNow finds out whether no agent (or the one that was picked) has room for
// a container at the moment, and what the one with the most room is short of.
func (f Facts) agentsNow(form Form, container map[string]float64) (short []Shortage, waits bool) {
	if form.ClusterMode == SingleNode {
		container = amounts(form, max(form.ClusterSize, 1))
	}
	for _, agent := range f.Agents {
		if form.Agent != "" && agent.ID != form.Agent {
			continue
		}
		var here []Shortage
		for slot, wanted := range container {
			size := agent.AvailableSlots.Amount(slot)
			used := agent.OccupiedSlots.Amount(slot)
			if left := size - used; left+epsilon < wanted {
				here = append(here, Shortage{slot, OfAgent, wanted, max(left, 0)})
			}
		}
		if len(here) == 0 {
			return nil, false
		}
		if short == nil || len(here) < len(short) {
			short = here
		}
	}
	return worst(short), true
}

// worst keeps, for each slot, the place that has least of it, in the order of
// the slots' names with processor and memory first.
func worst(all []Shortage) []Shortage {
	least := map[string]Shortage{}
	for _, s := range all {
		if before, ok := least[s.Slot]; !ok || s.Have < before.Have {
			least[s.Slot] = s
		}
	}
	var kept []Shortage
	for _, slot := range slotOrder(least) {
		kept = append(kept, least[slot])
	}
	return kept
}

// refusal is the forecast of a form that the manager would refuse. ok is false
// for errors that say nothing about the form, such as that of a manager that is
// away.
func refusal(err error) (f Forecast, ok bool) {
	var own *client.Error
	if !errors.As(err, &own) {
		return Forecast{}, false
	}
	switch own.Kind {
	case client.KindInvalid, client.KindConflict, client.KindQuota, client.KindNotFound, client.KindForbidden:
		return Forecast{Outcome: Refused, Exact: true, Why: own.Said()}, true
	}
	return Forecast{}, false
}

// exact is a forecast that the manager made.
func exact(said model.Forecast) Forecast {
	f := Forecast{Ahead: said.Ahead, Now: said.Now, Exact: true}
	switch said.Outcome {
	case model.OutcomeStarts:
		f.Outcome = Starts
	case model.OutcomeWaits:
		f.Outcome = Waits
	case model.OutcomeNever:
		f.Outcome = Never
	}
	for _, s := range said.Shortages {
		wanted, _ := model.ParseAmount(s.Wanted)
		have, _ := model.ParseAmount(s.Have)
		f.Shortages = append(f.Shortages, Shortage{Slot: s.Slot, Whose: Whose(s.Whose), Wanted: wanted, Have: have})
	}
	return f
}
