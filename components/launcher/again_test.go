package launcher

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
)

// xs stands for random letters.
func xs(n int) string { return strings.Repeat("x", n) }

func TestAFormLikeASession(t *testing.T) {
	plain := model.Session{
		Name: "train", Type: model.TypeInteractive, Image: "cr.backend.ai/stable/python:3.13-ubuntu24.04", Architecture: "x86_64",
		ScalingGroup: "default", ClusterSize: 1, ClusterMode: SingleNode,
		RequestedSlots: model.ResourceSlots{"cpu": "2", "mem": "8589934592"},
	}
	like := func(change func(*model.FullSession)) Form {
		s := &model.FullSession{Session: plain}
		change(s)
		return FromSession(s, xs)
	}
	wanted := func(change func(*Form)) Form {
		form := NewForm()
		form.Name, form.Image, form.Group = "train-xxxx", python().FullName(), "default"
		form.Preset, form.CPU, form.Memory = PresetCustom, 2, 8*GiB
		change(&form)
		return form
	}
	for _, test := range []struct {
		name string
		give func(*model.FullSession)
		want func(*Form)
	}{
		{"type, image, group and amounts are the session's, its name is another", func(*model.FullSession) {}, func(*Form) {}},
		{"a batch session has its command", func(s *model.FullSession) {
			s.Type, s.StartupCommand = model.TypeBatch, "make all"
		}, func(f *Form) { f.Type, f.Batch.Command = model.TypeBatch, "make all" }},
		{"of a cluster each container gets its part", func(s *model.FullSession) {
			s.ClusterSize, s.ClusterMode = 2, MultiNode
		}, func(f *Form) { f.ClusterSize, f.ClusterMode, f.CPU, f.Memory = 2, MultiNode, 1, 4*GiB }},
		{"accelerators and shared memory", func(s *model.FullSession) {
			s.RequestedSlots = model.ResourceSlots{"cpu": "2", "mem": "8589934592", "cuda.shares": "0.5", "rocm.device": "0"}
			s.ResourceOpts = model.RawObject(`{"main1":{"shmem":134217728}}`)
		}, func(f *Form) {
			f.Accelerator, f.AcceleratorAmount = "cuda.shares", 0.5
			f.Shared, f.ManualShare = 128*MiB, true
		}},
		{"a part of a core is a whole one", func(s *model.FullSession) { s.RequestedSlots = model.ResourceSlots{"cpu": "0.1", "mem": "8589934592"} },
			func(f *Form) { f.CPU = 1 }},
		{"old managers tell what it occupies", func(s *model.FullSession) {
			s.RequestedSlots, s.OccupiedSlots = nil, plain.RequestedSlots
		}, func(*Form) {}},
		{"without amounts the preset decides", func(s *model.FullSession) { s.RequestedSlots = nil },
			func(f *Form) { f.Preset, f.CPU, f.Memory = PresetAuto, 0, 0 }},
		{"folders by their names", func(s *model.FullSession) { s.Mounts = []string{"data", "['old', 'host', 'x']"} },
			func(f *Form) { f.Mounts = []Mount{{Name: "data"}, {Name: "old"}} }},
		{"an image without an architecture is that of most machines", func(s *model.FullSession) { s.Architecture = "" }, func(*Form) {}},
	} {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, wanted(test.want), like(test.give)) })
	}
}

func TestFoldersKnownByNameAreFound(t *testing.T) {
	form := filled()
	form.Mounts = []Mount{{Name: "data"}, {Name: "old"}, {Name: "nowhere"}}
	form = Settle(form, facts())
	assert.Equal(t, []Mount{{ID: "f1", Name: "data"}, {Name: "old"}, {Name: "nowhere"}}, form.Mounts)
	expect(t, CheckMounts(form.Mounts, facts().Folders), "mount.gone", "mount.gone")
}

func TestAFormLikeAHostileSessionIsKeptAndChecked(t *testing.T) {
	s := &model.FullSession{Session: model.Session{
		Name: `<script>`, Type: "WHATEVER", Image: strings.Repeat("i", 1000), ClusterSize: -3, ClusterMode: "?",
		RequestedSlots: model.ResourceSlots{"cpu": "NaN", "mem": "1e99", "": "1"},
	}}
	form := FromSession(s, xs)
	decoded, err := Decode(Encode(form))
	assert.NoError(t, err)
	assert.Equal(t, form, decoded)
	assert.NotEmpty(t, Check(Settle(form, facts()), facts(), now))
}
