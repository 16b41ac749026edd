package launcher

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/ui"
)

// resourcesCard draws resource group, preset and the amounts of one container.
func (v *View) resourcesCard() app.UI {
	t, form, facts := v.Texts, v.form.Form(), v.form.Facts()
	var groups []option
	for _, name := range facts.Groups {
		groups = append(groups, option{value: name, text: name})
	}
	return card(t.T("launcher.resources"),
		app.Div().Class("pair").Body(
			v.choice(control{input: string(FieldGroup), label: t.T("launcher.group"), help: t.T("launcher.help.group"), problems: v.form.Problems().Of(FieldGroup)},
				form.Group, groups, len(groups) < 2),
			v.choice(control{input: string(FieldPreset), label: t.T("launcher.preset"), help: t.T("launcher.help.preset"), problems: v.form.Problems().Of(FieldPreset)},
				form.Preset, v.presets(), facts.Room == nil),
		),
		v.trouble(PartRoom),
		app.If(facts.Room != nil && facts.Images != nil, func() app.UI {
			return app.Div().Class("amounts").Body(v.cpu(), v.memory(), v.accelerator(), v.sessions())
		}),
	)
}

// presets are the presets to choose from: those that can be had, and the ones
// that are no presets.
func (v *View) presets() []option {
	t, form, facts := v.Texts, v.form.Form(), v.form.Facts()
	list := []option{
		{value: PresetAuto, text: t.T("launcher.preset.auto")},
		{value: PresetMinimum, text: t.T("launcher.preset.minimum")},
		{value: PresetCustom, text: t.T("launcher.preset.custom")},
	}
	for _, preset := range facts.Usable(form) {
		list = append(list, option{value: preset.Name, text: preset.Name + " · " + v.size(readSlots(preset.Slots)), group: t.T("launcher.presets")})
	}
	return list
}

// size says an amount of each slot in a few words: "4 cores, 8 GiB".
func (v *View) size(amounts map[string]float64) string {
	text := ""
	for _, slot := range slotOrder(amounts) {
		if amounts[slot] <= 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += v.amountText(slot, amounts[slot])
	}
	return text
}

// amountText says an amount of a slot with its unit.
func (v *View) amountText(slot string, amount float64) string {
	t := v.Texts
	switch slot {
	case slotCPU:
		return t.N("launcher.cores", int(amount))
	case slotMemory:
		return v.memoryText(amount)
	}
	return t.Number(amount, 2) + " " + slotName(t, slot)
}

// memoryText says an amount of memory in the unit in which it is a short number.
func (v *View) memoryText(bytes float64) string {
	if bytes < GiB {
		return v.Texts.Number(bytes/MiB, 0) + " MiB"
	}
	return v.Texts.Number(bytes/GiB, 2) + " GiB"
}

// rangeHint says between which bounds an amount lies, and what is left.
func (v *View) rangeHint(slot string, b Bounds) string {
	t := v.Texts
	if !b.Possible() {
		return t.T("launcher.range.none")
	}
	hint := t.T("launcher.range", "min", v.amountText(slot, b.Min), "max", v.amountText(slot, b.Max))
	if b.Left < b.Max {
		hint += " " + t.T("launcher.range.left", "left", v.amountText(slot, max(b.Left, 0)))
	}
	return hint
}

func (v *View) cpu() app.UI {
	form, b := v.form.Form(), v.form.Facts().BoundsCPU(v.form.Form())
	return v.amount(control{input: string(FieldCPU), label: v.Texts.T("launcher.slot.cpu"), help: v.Texts.T("launcher.help.cpu"), hint: v.rangeHint(slotCPU, b),
		problems: v.form.Problems().Of(FieldCPU)}, b, float64(form.CPU), strconv.Itoa(form.CPU),
		func(text string) bool { return readInt(text) == form.CPU }, v.Texts.T("launcher.unit.cores"))
}

// memory draws the memory with the part of it that is shared.
func (v *View) memory() app.UI {
	t, form, facts := v.Texts, v.form.Form(), v.form.Facts()
	b := facts.BoundsMemory(form)
	spell := func(bytes int64) func(string) bool {
		return func(text string) bool { return readMemory(text) == bytes }
	}
	return app.Div().Class("field").Body(
		v.amount(control{input: string(FieldMemory), label: t.T("launcher.slot.mem"), help: t.T("launcher.help.mem"), hint: v.rangeHint(slotMemory, b),
			problems: v.form.Problems().Of(FieldMemory)}, b, float64(form.Memory), spellGiB(form.Memory), spell(form.Memory), "GiB"),
		v.split(form),
		v.box(inputManualShare, t.T("launcher.shared.manual"), form.ManualShare),
		app.If(form.ManualShare, func() app.UI {
			shared := facts.BoundsShared(form)
			return v.amount(control{input: string(FieldShared), label: t.T("launcher.shared"), help: t.T("launcher.help.shared"), hint: v.sharedHint(form),
				problems: v.form.Problems().Of(FieldShared)}, shared, float64(form.Shared), spellGiB(form.Shared), spell(form.Shared), "GiB")
		}),
	)
}

// sharedHint warns when more is shared than programs have for themselves.
func (v *View) sharedHint(form Form) string {
	if own := form.Memory - form.Shared; form.Shared > own/2 {
		return v.Texts.T("launcher.shared.much")
	}
	return v.Texts.T("launcher.shared.hint")
}

// split draws how the memory is divided.
func (v *View) split(form Form) app.UI {
	t := v.Texts
	if form.Memory <= 0 {
		return nil
	}
	share := min(float64(SentShared(form))/float64(form.Memory), 1) * 100
	return app.Div().Class("split").Body(
		app.Elem("svg").XMLNS("http://www.w3.org/2000/svg").Class("bar").Attr("viewBox", "0 0 100 1").
			Attr("preserveAspectRatio", "none").Attr("aria-hidden", "true").Body(
			app.Elem("rect").XMLNS("http://www.w3.org/2000/svg").Attr("height", "1").Attr("width", strconv.FormatFloat(100-share, 'f', 1, 64)),
		),
		app.Span().Class("hint").Text(t.T("launcher.shared.split", "own", v.memoryText(float64(form.Memory-SentShared(form))), "shared", v.memoryText(float64(SentShared(form))))),
	)
}

// accelerator draws which accelerator, and how much of it.
func (v *View) accelerator() app.UI {
	t, form, facts := v.Texts, v.form.Form(), v.form.Facts()
	image, _ := facts.Image(form)
	slots := facts.Accelerators(image)
	if len(slots) == 0 {
		return nil
	}
	kinds := []option{{value: "", text: t.T("launcher.accelerator.none")}}
	for _, slot := range slots {
		kinds = append(kinds, option{value: slot, text: slotName(t, slot)})
	}
	return app.Div().Class("field").Body(
		v.choice(control{input: inputKind, label: t.T("launcher.accelerator"), help: t.T("launcher.help.accelerator")}, form.Accelerator, kinds, false),
		app.If(form.Accelerator != "", func() app.UI {
			b := facts.BoundsAccelerator(form)
			return v.amount(control{input: string(FieldAccelerator), label: slotName(t, form.Accelerator), hint: v.rangeHint(form.Accelerator, b),
				problems: v.form.Problems().Of(FieldAccelerator)}, b, form.AcceleratorAmount, spellAmount(form.AcceleratorAmount),
				func(text string) bool { amount, _ := model.ParseAmount(text); return amount == form.AcceleratorAmount },
				t.T("launcher.unit.devices"))
		}),
	)
}

func (v *View) sessions() app.UI {
	t, form := v.Texts, v.form.Form()
	most := v.form.Facts().MaxSessions(form)
	hint := t.T("launcher.sessions.hint")
	if form.ClusterSize > 1 {
		hint = t.T("launcher.sessions.cluster")
	}
	return v.amount(control{input: string(FieldSessions), label: t.T("launcher.sessions"), help: t.T("launcher.help.sessions"), hint: hint, problems: v.form.Problems().Of(FieldSessions)},
		Bounds{Min: 1, Max: float64(most), Step: 1}, float64(form.Sessions), strconv.Itoa(form.Sessions),
		func(text string) bool { return readInt(text) == form.Sessions }, "")
}

// clusterCard draws the choice of an agent, cluster mode and size.
func (v *View) clusterCard() app.UI {
	t, form, facts := v.Texts, v.form.Form(), v.form.Facts()
	picked := form.Agent != ""
	modes := []option{{value: SingleNode, text: t.T("launcher.cluster.single")}, {value: MultiNode, text: t.T("launcher.cluster.multi")}}
	unit := t.T("launcher.unit.containers")
	if form.ClusterMode == MultiNode {
		unit = t.T("launcher.unit.nodes")
	}
	hint := t.T("launcher.cluster.hint")
	if picked {
		hint = t.T("launcher.cluster.agent")
	}
	most := facts.MaxCluster(form)
	if picked {
		most = 1
	}
	return card(t.T("launcher.cluster"),
		app.If(facts.Can.PickAgent && facts.Agents != nil, v.agents),
		app.Div().Class("pair").Body(
			v.choice(control{input: inputClusterMode, label: t.T("launcher.cluster.mode"), help: t.T("launcher.help.cluster")}, form.ClusterMode, modes, picked),
			v.amount(control{input: inputClusterSize, label: t.T("launcher.cluster.size"), hint: hint, problems: v.form.Problems().Of(FieldCluster)},
				Bounds{Min: 1, Max: float64(most), Step: 1}, float64(form.ClusterSize), strconv.Itoa(form.ClusterSize),
				func(text string) bool { return readInt(text) == form.ClusterSize }, unit),
		),
	)
}

// agents draws the agents to choose from, with what is free on each.
func (v *View) agents() app.UI {
	t, form := v.Texts, v.form.Form()
	list := []option{{value: "", text: t.T("launcher.agent.auto")}}
	for _, agent := range v.form.Facts().Agents {
		free := readSlots(agent.AvailableSlots)
		for slot, used := range readSlots(agent.OccupiedSlots) {
			free[slot] -= used
		}
		list = append(list, option{value: agent.ID, text: t.T("launcher.agent.free", "agent", agent.ID, "free", v.size(free))})
	}
	return v.choice(control{input: string(FieldAgent), label: t.T("launcher.agent"), help: t.T("launcher.help.agent"), hint: t.T("launcher.agent.hint"),
		problems: v.form.Problems().Of(FieldAgent)}, form.Agent, list, false)
}

// threadsCard draws the numbers of threads of parallel programs.
func (v *View) threadsCard() app.UI {
	t, threads := v.Texts, v.form.Form().Threads
	number := func(input, label string, n int) app.UI {
		spelled := strconv.Itoa(n)
		if typed, ok := v.typed[input]; ok && readInt(typed) == n {
			spelled = typed
		}
		return v.text(control{input: input, label: label}, spelled, func(i *ui.Input) { i.Mode = "numeric" })
	}
	return card(t.T("launcher.threads"),
		app.P().Class("hint").Text(t.T("launcher.threads.hint")),
		v.box(inputManualThread, t.T("launcher.threads.manual"), threads.Manual),
		app.If(threads.Manual, func() app.UI {
			return app.Div().Class("pair").Body(
				number(inputOMP, "OMP_NUM_THREADS", threads.OMP),
				number(inputOpenBLAS, "OPENBLAS_NUM_THREADS", threads.OpenBLAS),
			)
		}),
		v.wrong(control{input: string(FieldThreads), problems: v.form.Problems().Of(FieldThreads)}),
	)
}
