package launcher

import (
	"slices"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// Facts are what the manager says that a form is checked against. What has not
// been read yet is nil, and nothing is found wrong with it.
type Facts struct {
	Images  []model.Image
	Policy  model.KeyPairPolicy
	Groups  []string       // resource groups open in the project
	Room    *model.Room    // of the form's resource group
	Agents  []model.Agent  // of the resource group; nil where they are hidden
	Folders []model.Folder // that the owner may use
	Waiting int            // sessions of the resource group that wait, as far as they can be seen
	Can     Abilities
}

// Abilities are what this person may do at this manager.
type Abilities struct {
	Admin       bool // make sessions for others
	ManualImage bool // name an image that is not listed
	TimeLimit   bool // of batch sessions
	PickAgent   bool
	DryRun      bool // the manager says exactly what it would do
}

// AbilitiesOf are the abilities that follow from the role and the manager's
// version.
func AbilitiesOf(role model.Role, manager client.Version) Abilities {
	return Abilities{
		Admin:       role.IsAdmin(),
		ManualImage: role.IsAdmin(),
		TimeLimit:   manager.Supports(client.FeatureBatchTimeout),
		PickAgent:   manager.Supports(client.FeatureAgentSelect),
		DryRun:      manager.Supports(client.FeatureDryRun),
	}
}

// Image is the image that a form means: the listed one, or, where a name was
// typed, one that is known by nothing but its name.
func (f Facts) Image(form Form) (image model.Image, known bool) {
	if form.Manual != "" {
		return FindImage(f.Images, form.Manual)
	}
	return FindImage(f.Images, form.Image)
}

// Accelerators are the accelerator slots that the resource group has and the
// image can use, by name.
func (f Facts) Accelerators(image model.Image) []string {
	if f.Room == nil {
		return nil
	}
	var names []string
	for name := range f.Room.Groups {
		for slot := range f.Room.Groups[name].Remaining {
			if slot != slotCPU && slot != slotMemory && !slices.Contains(names, slot) &&
				f.groupSize(slot) > 0 && usesAccelerator(image, slot) {
				names = append(names, slot)
			}
		}
	}
	slices.Sort(names)
	return names
}

// usesAccelerator reports whether an image can use a slot: one of its patterns
// is the slot, the slot's device type, or "*".
func usesAccelerator(image model.Image, slot string) bool {
	if limit, ok := model.ParseAmount(image.Limit(slot).Max); ok && limit == 0 {
		return false
	}
	if len(image.Accelerators) == 0 {
		return image.Limit(slot).Min != ""
	}
	for _, pattern := range image.Accelerators {
		if pattern == "*" || pattern == slot || pattern == deviceType(slot) {
			return true
		}
	}
	return false
}

// deviceType is the part of a slot before the dot: "cuda" of "cuda.shares".
func deviceType(slot string) string {
	for i, r := range slot {
		if r == '.' {
			return slot[:i]
		}
	}
	return slot
}

// groupSize is how much of a slot the resource group has in all, as far as one
// can see: what is free and what the caller holds, or what its agents have.
func (f Facts) groupSize(slot string) float64 {
	var size float64
	for _, agent := range f.Agents {
		size += agent.AvailableSlots.Amount(slot)
	}
	if f.Agents != nil || f.Room == nil {
		return size
	}
	for _, group := range f.Room.Groups {
		size += group.Remaining.Amount(slot) + group.Using.Amount(slot)
	}
	return size
}

// largestAgent is how much of a slot the largest agent has; the whole group's
// size where agents are hidden.
func (f Facts) largestAgent(slot string) float64 {
	if f.Agents == nil {
		return f.groupSize(slot)
	}
	var most float64
	for _, agent := range f.Agents {
		most = max(most, agent.AvailableSlots.Amount(slot))
	}
	return most
}
