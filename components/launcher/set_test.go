package launcher

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
)

func TestEveryInputChangesTheForm(t *testing.T) {
	for _, test := range []struct {
		input, text string
		want        func(*Form)
	}{
		{"type", "BATCH", func(f *Form) { f.Type = model.TypeBatch }},
		{"name", " train ", func(f *Form) { f.Name = "train" }},
		{"command", "make all", func(f *Form) { f.Batch.Command = "make all" }},
		{"scheduled", "true", func(f *Form) { f.Batch.Scheduled = true }},
		{"start", "2026-05-04T15:30", func(f *Form) { f.Batch.Start = time.Date(2026, 5, 4, 15, 30, 0, 0, time.Local) }},
		{"start", "tomorrow", func(*Form) {}},
		{"limited", "true", func(f *Form) { f.Batch.Limited = true }},
		{"limit", "90", func(f *Form) { f.Batch.Limit = 90 }},
		{"limit", "1.5", func(*Form) {}},
		{"limit-unit", "m", func(f *Form) { f.Batch.LimitUnit = UnitMinute }},
		{"owner-on", "true", func(f *Form) { f.Owner.Enabled = true }},
		{"owner", "a@b.c", func(f *Form) { f.Owner.Email = "a@b.c" }},
		{"owner-key", "AK", func(f *Form) { f.Owner.AccessKey = "AK" }},
		{"owner-project", "theirs", func(f *Form) { f.Owner.Project = "theirs" }},
		{"image", "i@x86_64", func(f *Form) { f.Image = "i@x86_64" }},
		{"manual", " some/image:1 ", func(f *Form) { f.Manual = "some/image:1" }},
		{"group", "gpu", func(f *Form) { f.Group = "gpu" }},
		{"preset", "small", func(f *Form) { f.Preset = "small" }},
		{"cpu", "4", custom(func(f *Form) { f.CPU = 4 })},
		{"cpu-slider", "3", custom(func(f *Form) { f.CPU = 3 })},
		{"memory", "2", custom(func(f *Form) { f.Memory = 2 * GiB })},
		{"memory-slider", "201326592", custom(func(f *Form) { f.Memory = 192 * MiB })},
		{"shared", "512m", custom(func(f *Form) { f.Shared, f.ManualShare = 512*MiB, true })},
		{"shared-slider", "134217728", custom(func(f *Form) { f.Shared, f.ManualShare = 128*MiB, true })},
		{"manual-shared", "true", custom(func(f *Form) { f.ManualShare = true })},
		{"accelerator-kind", "cuda.shares", custom(func(f *Form) { f.Accelerator, f.AcceleratorAmount = "cuda.shares", 1 })},
		{"accelerator", "0.5", custom(func(f *Form) { f.AcceleratorAmount = 0.5 })},
		{"accelerator-slider", "1.3", custom(func(f *Form) { f.AcceleratorAmount = 1.3 })},
		{"sessions", "3", func(f *Form) { f.Sessions = 3 }},
		{"sessions-slider", "2", func(f *Form) { f.Sessions = 2 }},
		{"agent", "a", func(f *Form) { f.Agent = "a" }},
		{"cluster-mode", MultiNode, func(f *Form) { f.ClusterMode = MultiNode }},
		{"cluster-size", "2", func(f *Form) { f.ClusterSize = 2 }},
		{"cluster-size-slider", "4", func(f *Form) { f.ClusterSize = 4 }},
		{"manual-threads", "true", func(f *Form) { f.Threads.Manual = true }},
		{"omp", "2", func(f *Form) { f.Threads.OMP = 2 }},
		{"openblas", "1000", func(f *Form) { f.Threads.OpenBLAS = 1000 }},
		{"var-name.1", "B", func(f *Form) { f.Variables[1].Name = "B" }},
		{"var-value.0", "b", func(f *Form) { f.Variables[0].Value = "b" }},
		{"var-value.9", "b", func(*Form) {}},
		{"alias.0", " in ", func(f *Form) { f.Mounts[0].Alias = "in" }},
	} {
		t.Run(test.input+" "+test.text, func(t *testing.T) {
			form := NewForm()
			form.Variables, form.Mounts = []Variable{{Name: "A"}, {}}, []Mount{{Name: "data"}}
			want := form.Clone()
			test.want(&want)
			set(&form, test.input, test.text)
			assert.Equal(t, want, form)
		})
	}
}

// custom is a change that makes the amounts the person's own.
func custom(change func(*Form)) func(*Form) {
	return func(f *Form) {
		f.Preset = PresetCustom
		change(f)
	}
}
