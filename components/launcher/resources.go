package launcher

import (
	"math"

	"github.com/baiui/baiui/client/model"
)

// Bounds are what one container can have of something.
type Bounds struct {
	Min, Max, Step float64
	// Left is what there is at the moment; more than that has to wait.
	Left float64
}

// Possible reports whether any amount is within the bounds.
func (b Bounds) Possible() bool { return b.Min <= b.Max }

// Clamp is the nearest amount within the bounds.
func (b Bounds) Clamp(amount float64) float64 {
	if !b.Possible() {
		return b.Min
	}
	return max(b.Min, min(amount, b.Max))
}

// The rules of memory, from the original: what an image needs at least, and what
// shared memory has by itself.
const (
	leastMemory    = 64 * MiB
	leastShared    = 64 * MiB
	roomyShared    = GiB     // shared memory of containers that are large enough
	roomyFrom      = 4 * GiB // large enough
	unboundedCPU   = 512     // the end of a slider where nothing bounds it
	unboundedBytes = 1 << 40
)

// BoundsCPU are the bounds of cores.
func (f Facts) BoundsCPU(form Form) Bounds {
	image, _ := f.Image(form)
	b := f.bounds(form, image, slotCPU, 1)
	b.Min, b.Max = math.Ceil(max(b.Min, 1)), math.Floor(min(b.Max, unboundedCPU))
	return b
}

// BoundsMemory are the bounds of memory, shared memory included.
func (f Facts) BoundsMemory(form Form) Bounds {
	image, _ := f.Image(form)
	b := f.bounds(form, image, slotMemory, 64*MiB)
	b.Min = max(b.Min, leastMemory) + leastShared
	b.Max = min(b.Max, unboundedBytes)
	return b
}

// BoundsShared are the bounds of shared memory: it is a part of the memory.
func (f Facts) BoundsShared(form Form) Bounds {
	return Bounds{Min: leastShared, Max: float64(form.Memory), Step: 64 * MiB, Left: float64(form.Memory)}
}

// BoundsAccelerator are the bounds of the form's accelerator. Shares can be
// taken in tenths, except by clusters.
func (f Facts) BoundsAccelerator(form Form) Bounds {
	image, _ := f.Image(form)
	step := 1.0
	if FractionalSlot(form.Accelerator) && form.ClusterSize <= 1 {
		step = 0.1
	}
	b := f.bounds(form, image, form.Accelerator, step)
	return b
}

// FractionalSlot reports whether parts of a device can be taken.
func FractionalSlot(slot string) bool {
	return len(slot) > len(".shares") && slot[len(slot)-len(".shares"):] == ".shares"
}

// bounds brings together what bounds a slot: the image, the key pair, the
// project, and what the resource group has on one agent.
func (f Facts) bounds(form Form, image model.Image, slot string, step float64) Bounds {
	limit := image.Limit(slot)
	least, _ := model.ParseAmount(limit.Min)
	most := math.Inf(1)
	if amount, ok := model.ParseAmount(limit.Max); ok && amount > 0 {
		most = amount
	}
	b := Bounds{Min: least, Max: most, Step: step, Left: math.Inf(1)}
	if f.Room == nil {
		return b
	}
	b.Max = min(b.Max, limitOf(f.Room.KeyPairLimits, slot), limitOf(f.Room.ProjectLimits, slot), f.largestAgent(slot))
	b.Left = min(limitOf(f.Room.KeyPairRemaining, slot), limitOf(f.Room.ProjectRemaining, slot))
	if group, ok := f.Room.Groups[form.Group]; ok {
		b.Left = min(b.Left, limitOf(group.Remaining, slot))
	}
	return b
}

// AutoShared is the shared memory that a container gets by itself: 1 GiB when it
// has at least 4 GiB, and at least 1 GiB more than its image needs; else 64 MiB.
func (f Facts) AutoShared(form Form) int64 {
	image, _ := f.Image(form)
	least, _ := model.ParseAmount(image.Limit(slotMemory).Min)
	if form.Memory >= roomyFrom && float64(form.Memory) >= least+GiB {
		return roomyShared
	}
	return leastShared
}

// SentShared is the shared memory that is sent: more than 4 GiB of memory get at
// least 1 GiB.
func SentShared(form Form) int64 {
	if form.Memory > roomyFrom && form.Shared < roomyShared {
		return roomyShared
	}
	return form.Shared
}

// MaxSessions is how many sessions can be made at once: as many as the key pair
// may have, one where a session has several containers.
func (f Facts) MaxSessions(form Form) int {
	if form.ClusterSize > 1 {
		return 1
	}
	if f.Policy.MaxSessions > 0 {
		return min(f.Policy.MaxSessions, mostSessions)
	}
	return mostSessions
}

// mostSessions bounds what one click makes.
const mostSessions = 100

// MaxCluster is how many containers one session can have: each needs a core.
func (f Facts) MaxCluster(form Form) int {
	most := f.Policy.MaxContainersPerSession
	if most <= 0 {
		most = 1
	}
	if cores := f.BoundsCPU(form).Max; float64(most) > cores {
		most = int(cores)
	}
	return max(most, 1)
}

// CheckResources finds what is wrong with the amounts.
func CheckResources(form Form, f Facts) Problems {
	var found Problems
	inside := func(field Field, b Bounds, amount float64) {
		switch {
		case !b.Possible():
			found = append(found, problem(field, "resource.none"))
		case amount < b.Min-epsilon:
			found = append(found, problem(field, "resource.little", "min", amountArg(field, b.Min)))
		case amount > b.Max+epsilon:
			found = append(found, problem(field, "resource.much", "max", amountArg(field, b.Max)))
		}
	}
	inside(FieldCPU, f.BoundsCPU(form), float64(form.CPU))
	inside(FieldMemory, f.BoundsMemory(form), float64(form.Memory))
	if form.ManualShare {
		inside(FieldShared, f.BoundsShared(form), float64(form.Shared))
	}
	if form.Accelerator != "" {
		b := f.BoundsAccelerator(form)
		inside(FieldAccelerator, b, form.AcceleratorAmount)
		if rest := math.Mod(form.AcceleratorAmount+epsilon, b.Step); rest > 2*epsilon {
			found = append(found, problem(FieldAccelerator, "resource.step", "step", b.Step))
		}
	}
	if most := f.MaxSessions(form); form.Sessions < 1 || form.Sessions > most {
		found = append(found, problem(FieldSessions, "sessions", "max", most))
	}
	if most := f.MaxCluster(form); form.ClusterSize < 1 || form.ClusterSize > most {
		found = append(found, problem(FieldCluster, "cluster.size", "max", most))
	}
	if form.ClusterMode != SingleNode && form.ClusterMode != MultiNode {
		found = append(found, problem(FieldCluster, "cluster.mode"))
	}
	if t := form.Threads; t.Manual && (t.OMP < 1 || t.OMP > MaxThreads || t.OpenBLAS < 1 || t.OpenBLAS > MaxThreads) {
		found = append(found, problem(FieldThreads, "threads", "max", MaxThreads))
	}
	return found
}

// MaxThreads is the largest number of threads that can be given.
const MaxThreads = 1000

// epsilon forgives what decimal fractions lose.
const epsilon = 1e-6

// amountArg is how a bound is given to a text: cores and devices as numbers,
// memory in GiB.
func amountArg(field Field, amount float64) any {
	if field == FieldMemory || field == FieldShared {
		return math.Round(amount/GiB*100) / 100
	}
	return math.Round(amount*10) / 10
}
