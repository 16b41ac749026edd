package life

import (
	"context"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// Room is what somebody may still take, as check-presets tells it. Slots that
// are not limited are [slots.Infinite].
type Room struct {
	KeyPairLimit, KeyPairUsing, KeyPairLeft slots.Slots
	ProjectLimit, ProjectUsing, ProjectLeft slots.Slots
	Groups                                  map[string]GroupRoom // by resource group
	GroupsLeft                              slots.Slots          // the sum of what is left in them
	free                                    []slots.Slots        // of each agent
}

// GroupRoom is what there is in one resource group.
type GroupRoom struct {
	Using slots.Slots // by the key pair
	Left  slots.Slots // free on its agents, as far as the key pair may take it
}

// Fits reports whether one agent has what is wanted, and the key pair may take
// it.
func (r Room) Fits(wanted slots.Slots) bool {
	if !wanted.Fits(r.KeyPairLeft) {
		return false
	}
	for _, free := range r.free {
		if wanted.Fits(free) {
			return true
		}
	}
	return false
}

// Room adds up what a key pair may still take for a project, in the given
// resource groups, of the slots that are named.
func (e *Engine) Room(ctx context.Context, id store.Identity, project store.Project, groups []string, names []string) (Room, error) {
	w, err := e.look(ctx)
	if err != nil {
		return Room{}, err
	}
	all := slots.Slots{} // only the names count
	for _, name := range names {
		all[name] = 0
	}
	policy, err := w.policy(ctx, id.KeyPair.AccessKey)
	if err != nil {
		return Room{}, err
	}
	keyLimit, err := policyLimit(policy, all)
	if err != nil {
		return Room{}, err
	}
	projectLimit, err := w.projectLimit(ctx, project.ID)
	if err != nil {
		return Room{}, err
	}
	domainLimit, err := w.domainLimit(ctx, id.User.DomainName)
	if err != nil {
		return Room{}, err
	}
	only := func(s slots.Slots) slots.Slots {
		out := slots.Slots{}
		for name := range all {
			out[name] = s[name]
		}
		return out
	}
	r := Room{Groups: map[string]GroupRoom{}, GroupsLeft: only(nil),
		KeyPairLimit: only(keyLimit), KeyPairUsing: only(w.held.KeyPairs[id.KeyPair.AccessKey].Slots),
		ProjectLimit: only(unlimited(projectLimit, all)), ProjectUsing: only(w.held.Projects[project.ID])}
	r.ProjectLeft = left(r.ProjectLimit, r.ProjectUsing)
	r.KeyPairLeft = least(left(r.KeyPairLimit, r.KeyPairUsing), r.ProjectLeft,
		left(only(unlimited(domainLimit, all)), only(w.held.Domains[id.User.DomainName])))
	for _, name := range groups {
		free := only(nil)
		for _, a := range w.agents {
			if a.ScalingGroup != name || !a.Schedulable {
				continue
			}
			total, err := slots.FromModel(a.AvailableSlots)
			if err != nil {
				return Room{}, err
			}
			here := left(only(total), only(w.held.Agents[a.ID].Slots))
			r.free = append(r.free, here)
			free = free.Add(here)
		}
		r.Groups[name] = GroupRoom{Using: only(w.held.Groups[store.GroupKey{AccessKey: id.KeyPair.AccessKey, ScalingGroup: name}]),
			Left: least(free, r.KeyPairLeft)}
		r.GroupsLeft = r.GroupsLeft.Add(free)
	}
	r.GroupsLeft = least(r.GroupsLeft, r.KeyPairLeft)
	return r, nil
}

// left is what is left of a limit: never less than nothing.
func left(limit, using slots.Slots) slots.Slots {
	out := limit.Sub(using)
	for name, amount := range out {
		out[name] = max(amount, 0)
	}
	return out
}

// least is the smallest of each slot.
func least(first slots.Slots, others ...slots.Slots) slots.Slots {
	out := slots.Slots{}
	for name, amount := range first {
		for _, o := range others {
			amount = min(amount, o[name])
		}
		out[name] = amount
	}
	return out
}

// Hidden spells slots that a caller is not shown.
func Hidden(names []string) model.ResourceSlots {
	out := model.ResourceSlots{}
	for _, name := range names {
		out[name] = "NaN"
	}
	return out
}
