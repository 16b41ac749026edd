package launcher

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestNothingIsLeftWhereMoreIsHeldThanMayBe(t *testing.T) {
	f := facts()
	f.Room.KeyPairRemaining["cpu"] = "-2"
	assert.Zero(t, f.BoundsCPU(filled()).Left)
	forecast := Foresee(filled(), f)
	assert.Equal(t, Waits, forecast.Outcome)
	assert.Zero(t, forecast.Now)
}

func TestWhatOneContainerCanHave(t *testing.T) {
	f, form := facts(), filled()
	assert.Equal(t, Bounds{Min: 1, Max: 8, Step: 1, Left: 8}, f.BoundsCPU(form), "one agent bounds it, not the group")
	memory := f.BoundsMemory(form)
	assert.Equal(t, float64(256*MiB+64*MiB), memory.Min, "what the image needs, and the least shared memory")
	assert.Equal(t, float64(32*GiB), memory.Max)

	f.Room.KeyPairLimits["cpu"] = "2"
	assert.Equal(t, 2.0, f.BoundsCPU(form).Max, "the key pair's limit")
	f.Agents = nil
	delete(f.Room.KeyPairLimits, "cpu")
	assert.Equal(t, 8.0, f.BoundsCPU(form).Max, "where agents are hidden, what is left in the group")

	f.Images[0].Limits[0].Max = "3"
	assert.Equal(t, 3.0, f.BoundsCPU(form).Max, "the image's own maximum")
	f.Images[0].Limits[0].Min = "16"
	assert.False(t, f.BoundsCPU(form).Possible())
	expect(t, CheckResources(form, f).Of(FieldCPU), "resource.none")
}

func TestSharedMemoryFollowsTheMemory(t *testing.T) {
	f := facts()
	for _, test := range []struct {
		what         string
		memory       int64
		auto, manual int64
		sent         int64
	}{
		{"little memory", 1 * GiB, 64 * MiB, 64 * MiB, 64 * MiB},
		{"four GiB", 4 * GiB, GiB, 64 * MiB, 64 * MiB},
		{"more than four GiB get one at least", 5 * GiB, GiB, 64 * MiB, GiB},
		{"more by hand stays", 8 * GiB, GiB, 4 * GiB, 4 * GiB},
	} {
		t.Run(test.what, func(t *testing.T) {
			form := filled()
			form.Memory, form.Shared = test.memory, test.manual
			assert.Equal(t, test.auto, f.AutoShared(form))
			assert.Equal(t, test.sent, SentShared(form))
		})
	}
	form := filled()
	form.ManualShare, form.Shared = true, form.Memory+1
	expect(t, CheckResources(form, f), "resource.much")
}

func TestAcceleratorsAreOfferedWhereImageAndGroupHaveThem(t *testing.T) {
	f := facts()
	image := python()
	assert.Equal(t, []string{"cuda.device"}, f.Accelerators(image))
	image.Accelerators = []string{"rocm"}
	assert.Empty(t, f.Accelerators(image))
	image.Accelerators = []string{"cuda"}
	assert.Equal(t, []string{"cuda.device"}, f.Accelerators(image))
	image.Limits = append(image.Limits, model.ResourceLimit{Key: "cuda.device", Min: "0", Max: "0"})
	assert.Empty(t, f.Accelerators(image))

	form := filled()
	form.Accelerator, form.AcceleratorAmount = "cuda.device", 1.5
	expect(t, CheckResources(form, f), "resource.step")
	form.Accelerator, form.AcceleratorAmount = "cuda.shares", 0.3
	f.Agents = nil
	f.Room.Groups["default"].Remaining["cuda.shares"] = "2"
	expect(t, CheckResources(form, f))
	form.ClusterSize = 2
	expect(t, CheckResources(form, f), "resource.step")
}

func TestSessionsAndContainersHaveLimits(t *testing.T) {
	f, form := facts(), filled()
	assert.Equal(t, 30, f.MaxSessions(form))
	assert.Equal(t, 4, f.MaxCluster(form))
	form.ClusterSize = 2
	assert.Equal(t, 1, f.MaxSessions(form), "sessions of several containers are made one by one")
	f.Room.KeyPairLimits["cpu"] = "3"
	assert.Equal(t, 3, f.MaxCluster(form), "each container needs a core")
	form.Sessions, form.ClusterSize, form.ClusterMode = 2, 9, "mesh"
	expect(t, CheckResources(form, f), "sessions", "cluster.size", "cluster.mode")
	form = filled()
	form.Threads = Threads{Manual: true, OMP: 1001, OpenBLAS: 1}
	expect(t, CheckResources(form, f), "threads")
}

func TestThePresetIsChosenByItself(t *testing.T) {
	f, form := facts(), filled()
	names := []string{}
	for _, preset := range f.Usable(form) {
		names = append(names, preset.Name)
	}
	require.Equal(t, []string{"cpu-small", "gpu"}, names, "by name, without what no agent has")
	assert.Equal(t, 1, form.CPU, "the first that can be had")
	assert.EqualValues(t, GiB, form.Memory)

	form.Preset = "gpu"
	form = Settle(form, f)
	assert.Equal(t, "cuda.device", form.Accelerator)
	assert.EqualValues(t, 2*GiB, form.Shared, "a preset with shared memory of its own")
	assert.True(t, form.ManualShare)

	form.Preset = PresetMinimum
	form = Settle(form, f)
	assert.Equal(t, 1, form.CPU)
	assert.EqualValues(t, 320*MiB, form.Memory)
	assert.Empty(t, form.Accelerator)
	assert.False(t, form.ManualShare)

	f.Room.Presets = nil
	form.Preset = PresetAuto
	assert.EqualValues(t, 320*MiB, Settle(form, f).Memory, "without presets the least")
	form.Preset = "gone"
	expect(t, CheckPreset(form, f), "preset.gone")
	form.Preset = "huge"
	expect(t, CheckPreset(form, facts()), "preset.unusable")
}

func TestWhatBelongsTogetherSettles(t *testing.T) {
	form := filled()
	form.Preset, form.Agent, form.ClusterSize, form.ClusterMode = PresetCustom, "a", 3, MultiNode
	form = Settle(form, facts())
	assert.Equal(t, 1, form.ClusterSize, "an agent of one's own is for one container")
	assert.Equal(t, SingleNode, form.ClusterMode)
	form.Agent, form.ClusterSize, form.Sessions = "", 2, 5
	assert.Equal(t, 1, Settle(form, facts()).Sessions)
}
