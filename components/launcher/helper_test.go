package launcher

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
)

var now = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// python is an image of one core and 256 MiB at least.
func python() model.Image {
	return model.Image{
		Name: "stable/python", Tag: "3.13-ubuntu24.04", Registry: "cr.backend.ai", Architecture: "x86_64",
		Limits:       []model.ResourceLimit{{Key: "cpu", Min: "1", Max: "Infinity"}, {Key: "mem", Min: "256m", Max: "Infinity"}},
		Accelerators: []string{"*"},
	}
}

// facts are those of a resource group of two agents with 8 cores, 32 GiB and 2
// devices each, of which half is taken.
func facts() Facts {
	total := model.ResourceSlots{"cpu": "8", "mem": "34359738368", "cuda.device": "2"}
	used := model.ResourceSlots{"cpu": "4", "mem": "17179869184", "cuda.device": "1"}
	return Facts{
		Images:  []model.Image{python()},
		Policy:  model.KeyPairPolicy{MaxSessions: 30, MaxContainersPerSession: 4},
		Groups:  []string{"default"},
		Folders: []model.Folder{{ID: "f1", Name: "data", Status: "ready"}, {ID: "f2", Name: ".local", Status: "ready"}, {ID: "f3", Name: "old", Status: "delete-pending"}},
		Agents: []model.Agent{
			{ID: "a", AvailableSlots: total, OccupiedSlots: used, Schedulable: true},
			{ID: "b", AvailableSlots: total, OccupiedSlots: used, Schedulable: true},
		},
		Room: &model.Room{
			KeyPairLimits:    model.ResourceSlots{"cpu": "Infinity", "mem": "Infinity", "cuda.device": "Infinity"},
			KeyPairRemaining: model.ResourceSlots{"cpu": "Infinity", "mem": "Infinity", "cuda.device": "Infinity"},
			ProjectLimits:    model.ResourceSlots{"cpu": "NaN", "mem": "NaN", "cuda.device": "NaN"},
			ProjectRemaining: model.ResourceSlots{"cpu": "NaN", "mem": "NaN", "cuda.device": "NaN"},
			Groups: map[string]model.GroupRoom{"default": {
				Remaining: model.ResourceSlots{"cpu": "8", "mem": "34359738368", "cuda.device": "2"},
			}},
			Presets: []model.Preset{
				{Name: "huge", Slots: model.ResourceSlots{"cpu": "64", "mem": "34359738368"}},
				{Name: "gpu", Slots: model.ResourceSlots{"cpu": "2", "mem": "8589934592", "cuda.device": "1"}, SharedMemory: "2147483648"},
				{Name: "cpu-small", Slots: model.ResourceSlots{"cpu": "1", "mem": "1073741824"}},
			},
		},
	}
}

// filled is a form with nothing wrong in it.
func filled() Form {
	form := NewForm()
	form.Image, form.Group = python().FullName(), "default"
	return Settle(form, facts())
}

// keys are the keys of problems, without what all have in common.
func keys(found Problems) []string {
	list := []string{}
	for _, p := range found {
		list = append(list, p.Key[len("launcher.problem."):])
	}
	return list
}

func expect(t *testing.T, found Problems, wanted ...string) {
	t.Helper()
	if wanted == nil {
		wanted = []string{}
	}
	assert.Equal(t, wanted, keys(found))
}
