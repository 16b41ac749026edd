package launcher

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
)

func TestWhatWouldHappenFollowsTheManagersFigures(t *testing.T) {
	for _, test := range []struct {
		what    string
		change  func(*Form, *Facts)
		outcome Outcome
		short   []Shortage
		now     int
	}{
		{"there is room", func(*Form, *Facts) {}, Starts, nil, 1},
		{"the figures are not there yet", func(_ *Form, f *Facts) { f.Room = nil }, Unknown, nil, 0},
		{"others wait already", func(_ *Form, f *Facts) { f.Waiting = 2 }, Waits, nil, 0},
		{"no agent has that much free", func(form *Form, _ *Facts) { form.CPU = 6 }, Waits, []Shortage{{"cpu", OfAgent, 6, 4}}, 0},
		{"no agent has that much at all", func(form *Form, _ *Facts) { form.CPU = 9 }, Never, []Shortage{{"cpu", OfAgent, 9, 8}}, 0},
		{"the whole group has not", func(form *Form, _ *Facts) { form.CPU = 17 }, Never, []Shortage{{"cpu", OfGroup, 17, 16}}, 0},
		{"the key pair may not", func(form *Form, f *Facts) {
			form.CPU = 3
			f.Room.KeyPairLimits["cpu"] = "2"
		}, Never, []Shortage{{"cpu", OfKeyPair, 3, 2}}, 0},
		{"the key pair has used it up", func(form *Form, f *Facts) {
			form.CPU = 3
			f.Room.KeyPairRemaining["cpu"] = "2"
		}, Waits, []Shortage{{"cpu", OfKeyPair, 3, 2}}, 0},
		{"of five sessions two start", func(form *Form, f *Facts) {
			form.CPU, form.Sessions = 3, 5
			f.Agents = nil
		}, Waits, []Shortage{{"cpu", OfGroup, 3, 8}}, 2},
		{"a cluster on one node needs one agent for all", func(form *Form, _ *Facts) {
			form.CPU, form.ClusterSize = 3, 3
		}, Never, []Shortage{{"cpu", OfAgent, 9, 8}}, 0},
		{"a cluster on several nodes does not", func(form *Form, _ *Facts) {
			form.CPU, form.ClusterSize, form.ClusterMode = 2, 4, MultiNode
		}, Starts, nil, 1},
		{"an agent of one's own has less", func(form *Form, f *Facts) {
			form.CPU, form.Agent = 3, "b"
			f.Agents[1].OccupiedSlots = model.ResourceSlots{"cpu": "7"}
		}, Waits, []Shortage{{"cpu", OfAgent, 3, 1}}, 0},
		{"hidden agents say nothing of never", func(form *Form, f *Facts) {
			form.CPU = 99
			f.Agents = nil
		}, Waits, []Shortage{{"cpu", OfGroup, 99, 8}}, 0},
	} {
		t.Run(test.what, func(t *testing.T) {
			form, f := filled(), facts()
			form.Preset, form.CPU, form.Memory = PresetCustom, 1, GiB
			test.change(&form, &f)
			forecast := Foresee(form, f)
			assert.Equal(t, test.outcome, forecast.Outcome)
			assert.Equal(t, test.short, forecast.Shortages)
			assert.Equal(t, test.now, forecast.Now)
		})
	}
}
