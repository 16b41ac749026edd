package launcher

import (
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// Usable are the presets that can be chosen: every slot is within what the form's
// image and the limits allow, and what an image needs of an accelerator is in
// them. They are sorted by name.
func (f Facts) Usable(form Form) []model.Preset {
	if f.Room == nil {
		return nil
	}
	var list []model.Preset
	for _, preset := range f.Room.Presets {
		if f.fits(form, preset) {
			list = append(list, preset)
		}
	}
	slices.SortFunc(list, func(a, b model.Preset) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// fits reports whether a form can have the size of a preset.
func (f Facts) fits(form Form, preset model.Preset) bool {
	applied, ok := applyPreset(form, f, preset)
	if !ok {
		return false
	}
	image, _ := f.Image(form)
	for _, limit := range image.Limits {
		if limit.Key == slotCPU || limit.Key == slotMemory {
			continue
		}
		least, _ := model.ParseAmount(limit.Min)
		if preset.Slots.Amount(limit.Key) < least {
			return false
		}
	}
	return len(CheckResources(applied, f)) == 0
}

// applyPreset puts the amounts of a preset into a form. ok is false for a preset
// that gives accelerators of two kinds, or one that the form cannot have.
func applyPreset(form Form, f Facts, preset model.Preset) (applied Form, ok bool) {
	form.CPU, form.Memory = int(preset.Slots.Amount(slotCPU)), int64(preset.Slots.Amount(slotMemory))
	form.Accelerator, form.AcceleratorAmount = "", 0
	image, _ := f.Image(form)
	offered := f.Accelerators(image)
	for slot := range preset.Slots {
		amount := preset.Slots.Amount(slot)
		if slot == slotCPU || slot == slotMemory || amount <= 0 {
			continue
		}
		if form.Accelerator != "" || !slices.Contains(offered, slot) {
			return form, false
		}
		form.Accelerator, form.AcceleratorAmount = slot, amount
	}
	form.ManualShare = false
	form.Shared = f.AutoShared(form)
	if shared, given := model.ParseAmount(preset.SharedMemory); given && shared > 0 {
		form.ManualShare, form.Shared = true, int64(shared)
	}
	return form, true
}

// Settle makes the amounts of a form follow what it chose: the preset, and by
// itself the first that can be had, else the least that the image takes; shared
// memory unless it was set by hand; one session where there are several
// containers, and one container where an agent was picked.
func Settle(form Form, f Facts) Form {
	form = form.Clone()
	if form.Agent != "" {
		form.ClusterMode, form.ClusterSize = SingleNode, 1
	}
	if form.ClusterSize > 1 {
		form.Sessions = 1
	}
	nameMounts(&form, f.Folders)
	if f.Room == nil {
		return form
	}
	switch form.Preset {
	case PresetCustom:
		if !form.ManualShare {
			form.Shared = f.AutoShared(form)
		}
		return form
	case PresetMinimum:
		return minimum(form, f)
	case PresetAuto, "":
		if usable := f.Usable(form); len(usable) > 0 {
			form, _ = applyPreset(form, f, usable[0])
			return form
		}
		return minimum(form, f)
	}
	for _, preset := range f.Room.Presets {
		if preset.Name == form.Preset {
			form, _ = applyPreset(form, f, preset)
			return form
		}
	}
	return form // a preset that is no more; see CheckPreset
}

// minimum gives a form the least that its image takes.
func minimum(form Form, f Facts) Form {
	form.CPU, form.Memory = int(f.BoundsCPU(form).Min), int64(f.BoundsMemory(form).Min)
	form.Accelerator, form.AcceleratorAmount = "", 0
	image, _ := f.Image(form)
	for _, slot := range f.Accelerators(image) {
		if least, _ := model.ParseAmount(image.Limit(slot).Min); least > 0 {
			form.Accelerator, form.AcceleratorAmount = slot, least
			break
		}
	}
	form.ManualShare = false
	form.Shared = f.AutoShared(form)
	return form
}

// CheckPreset finds a preset that is not there, or cannot be had.
func CheckPreset(form Form, f Facts) Problems {
	if f.Room == nil {
		return nil
	}
	switch form.Preset {
	case "", PresetAuto, PresetCustom, PresetMinimum:
		return nil
	}
	for _, preset := range f.Room.Presets {
		if preset.Name != form.Preset {
			continue
		}
		if !f.fits(form, preset) {
			return Problems{problem(FieldPreset, "preset.unusable", "name", preset.Name)}
		}
		return nil
	}
	return Problems{problem(FieldPreset, "preset.gone", "name", form.Preset)}
}
