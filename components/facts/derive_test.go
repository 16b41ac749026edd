package facts

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recorded is a list answer of a real manager, by version and tab.
func recorded(t testing.TB, name string) client.SessionPage {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".json")
	require.NoError(t, err)
	var page struct {
		Items []*model.Session `json:"items"`
		Total int              `json:"total_count"`
	}
	require.NoError(t, json.Unmarshal(data, &page))
	return client.SessionPage{Items: page.Items, Total: page.Total}
}

func TestElapsed(t *testing.T) {
	at := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		v, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return v
	}
	tests := []struct{ name, created, ended, now, want string }{
		{"deck: (00:05:36)", "2021-10-06T09:59:13Z", "", "2021-10-06T10:04:49Z", "00:05:36"},
		{"deck: (19:20:58)", "2021-10-07T07:58:33Z", "", "2021-10-08T03:19:31Z", "19:20:58"},
		{"days come first", "2021-10-01T00:00:00Z", "", "2021-10-03T01:02:03Z", "2d 01:02:03"},
		{"ended sessions stop counting", "2021-10-01T00:00:00Z", "2021-10-01T00:00:09Z", "2021-10-03T00:00:00Z", "00:00:09"},
		{"clocks that disagree give zero", "2021-10-01T00:00:09Z", "", "2021-10-01T00:00:00Z", "00:00:00"},
		{"no creation date gives zero", "", "", "2021-10-01T00:00:00Z", "00:00:00"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, FormatElapsed(Elapsed(at(test.created), at(test.ended), at(test.now))))
		})
	}
}

func TestEnvironment(t *testing.T) {
	tests := []struct {
		name, image string
		want        Environment
	}{
		{"deck: the third segment, version and requirements", "cr.backend.ai/testing/repository:21.05.0-repo", Environment{Name: "testing/repository", Version: "21.05.0", Requirements: []string{"REPO"}}},
		{"a known label", "cr.backend.ai/stable/python:3.9-ubuntu20.04", Environment{Name: "Python", Version: "3.9", Requirements: []string{"UBUNTU20.04"}}},
		{"a tag without a dash is the version", "cr.backend.ai/stable/python:3.9", Environment{Name: "Python", Version: "3.9"}},
		{"more segments are the namespace", "reg.example:5000/a/b/c:1", Environment{Name: "a/b/c", Version: "1"}},
		{"two segments with a registry", "localhost:5000/thing:2", Environment{Name: "thing", Version: "2"}},
		{"two segments without one", "lablup/thing:2", Environment{Name: "lablup/thing", Version: "2"}},
		{"one segment", "thing", Environment{Name: "thing"}},
		{"the port of a registry is no tag", "localhost:5000/thing", Environment{Name: "thing"}},
		{"customised images hide their mark", "cr.backend.ai/stable/python:3.9-customized_0a1b-cuda11", Environment{Name: "Python", Version: "3.9", Requirements: []string{"CUDA11"}}},
		{"a digest is not shown", "cr.backend.ai/stable/python:3.9@sha256:abc", Environment{Name: "Python", Version: "3.9"}},
		{"nothing", "", Environment{}},
		{"only separators", "///", Environment{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.want.Image = test.image
			assert.Equal(t, test.want, environmentOf(test.image))
		})
	}
}

func TestStatusInfo(t *testing.T) {
	for text, tone := range map[string]Tone{
		"idle-timeout": ToneGood, "user-requested": ToneGood, "scheduled": ToneGood, "self-terminated": ToneGood,
		"failed-to-start": ToneBad, "creation-failed": ToneBad, "no-available-instances": ToneBad,
		"agent-error (RuntimeError)": ToneBad, "already-terminated": ToneNeutral, "something new": ToneNeutral, "": ToneNeutral,
	} {
		assert.Equal(t, Info{Text: text, Tone: tone}, infoOf(text))
	}
}

func TestMounts(t *testing.T) {
	assert.Equal(t, []string{"data", "home"}, mountsOf([]string{"data", "home", "data", " "}))
	assert.Equal(t, []string{"data"}, mountsOf([]string{`['data', 'local:volume1', 'abc', 'rw']`}), "old managers send a list as text")
	assert.Empty(t, mountsOf([]string{"[]", "['']"}))
	assert.Empty(t, mountsOf(nil))
}

func TestClusterChip(t *testing.T) {
	assert.Equal(t, Cluster{}, clusterOf(1, "single-node"))
	assert.Equal(t, Cluster{Size: 2}, clusterOf(2, "single-node"))
	assert.Equal(t, Cluster{Size: 4, MultiNode: true}, clusterOf(4, "multi-node"))
	assert.Equal(t, Cluster{}, clusterOf(-3, "multi-node"))
}

func TestOwnerAndAgentsByRole(t *testing.T) {
	s := &model.Session{
		AccessKey: "AKIA", UserEmail: "user@example.com",
		Containers: []model.Kernel{{Agent: "i-one", ContainerID: "325a77bc18"}, {Agent: "i-two"}, {}},
	}
	row := func(mode model.ConnectionMode, role model.Role) *Row {
		return Derive(s, Options{Mode: mode, Role: role})
	}
	assert.Equal(t, "AKIA", row(model.ModeAPI, model.RoleAdmin).Owner)
	assert.Equal(t, "user@example.com", row(model.ModeSession, model.RoleSuperadmin).Owner)
	assert.Empty(t, row(model.ModeSession, model.RoleUser).Owner)
	assert.Empty(t, row(model.ModeSession, model.RoleAdmin).Agents)
	assert.Equal(t, []Agent{{"i-one", "325a"}, {"i-two", ""}}, row(model.ModeSession, model.RoleSuperadmin).Agents)
}

func TestDetail(t *testing.T) {
	exit := 137
	tests := []struct {
		name, data string
		want       Detail
	}{
		{"nothing", ``, Detail{}},
		{"no object", `[1,2]`, Detail{}},
		{
			"a scheduler that found no place",
			`{"scheduler":{"msg":"no room","retries":3,"last_try":"2024-01-02T03:04:05+00:00","failed_predicates":[{"name":"concurrency","msg":"too many"}],"passed_predicates":[{"name":"dependencies"}]}}`,
			Detail{
				Message: "no room", Retries: 3, LastTry: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC),
				Failed: []Predicate{{"concurrency", "too many"}}, Passed: []string{"dependencies"},
			},
		},
		{
			"several agents failed",
			`{"error":{"name":"MultiAgentError","repr":"MultiAgentError(2)","collection":[{"name":"A","repr":"a()"},{"name":"B","repr":"b()","agent_id":"i-1"}]}}`,
			Detail{Errors: []Fault{{Name: "A", Message: "a()"}, {Name: "B", Message: "b()", Agent: "i-1"}}},
		},
		{"one error", `{"error":{"name":"A","repr":"a()"}}`, Detail{Errors: []Fault{{Name: "A", Message: "a()"}}}},
		{"an exit code", `{"kernel":{"exit_code":137},"session":{"status":"terminated"}}`, Detail{ExitCode: &exit}},
		{"an exit code that is not known", `{"kernel":{"exit_code":null}}`, Detail{}},
		{"parts of another shape", `{"scheduler":"x","error":[],"kernel":3}`, Detail{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := DetailOf(model.RawObject(test.data))
			if !test.want.LastTry.IsZero() {
				assert.True(t, test.want.LastTry.Equal(got.LastTry))
				got.LastTry = test.want.LastTry
			}
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.name == "nothing" || len(test.data) > 0 && test.want.Empty() || test.data == "", got.Empty())
		})
	}
}

func TestRowsOfRealManagers(t *testing.T) {
	t.Run("24.09 while alive", func(t *testing.T) {
		page := recorded(t, "24.09.14-alive")
		pending := Derive(page.Items[0], Options{Index: 1, Mode: model.ModeSession, Role: model.RoleSuperadmin})
		assert.Equal(t, model.StatusPending, pending.Status)
		assert.Equal(t, Info{"no-available-instances", ToneBad}, pending.Info)
		assert.Contains(t, pending.Detail.Message, "Could not find a contiguous resource region")
		assert.Equal(t, []Slot{{Name: "cpu", Amount: 64}, {Name: "mem", Kind: SlotBytes, Amount: 200}}, pending.Slots, "what it asked for")
		assert.Empty(t, pending.Usage)

		running := Derive(page.Items[1], Options{Index: 2, Mode: model.ModeSession, Role: model.RoleSuperadmin})
		assert.Equal(t, []Usage{{"cpu", 0.19664199999999998, 1}, {"mem", 105596491, 536870912}}, running.Usage)
		assert.Equal(t, IO{Known: true, Read: 984, Write: 1967}, running.IO)
		assert.Equal(t, []string{"data-030435"}, running.Mounts)
		assert.Equal(t, "i-dummy-1", running.Agents[0].ID)
		assert.True(t, running.Detail.Empty())
	})
	t.Run("26.9 while alive: millicores and unrounded numbers", func(t *testing.T) {
		page := recorded(t, "26.9.6-alive")
		running := Derive(page.Items[1], Options{Index: 1, Mode: model.ModeSession, Role: model.RoleUser})
		require.Len(t, running.Usage, 2)
		assert.InDelta(t, 0.021299168333333333, running.Usage[0].Used, 1e-9)
		assert.InDelta(t, 1.0, running.Usage[0].Limit, 0)
		assert.InDelta(t, 258027361.0/536870912, running.Usage[1].Ratio(), 1e-9)
	})
	t.Run("cluster sessions add their kernels up", func(t *testing.T) {
		for _, item := range recorded(t, "24.09.14-alive").Items {
			if item.ClusterSize != 2 {
				continue
			}
			row := Derive(item, Options{Mode: model.ModeSession, Role: model.RoleSuperadmin})
			assert.Equal(t, 2, row.Cluster.Size)
			assert.Len(t, row.Agents, 2)
			assert.InDelta(t, 0.556917, row.Usage[0].Used, 1e-9)
			assert.InDelta(t, 2.0, row.Usage[0].Limit, 0)
		}
	})
	t.Run("finished: batch result, used time, slots kept or asked for", func(t *testing.T) {
		for _, name := range []string{"24.09.14-finished", "26.9.6-finished"} {
			for _, item := range recorded(t, name).Items {
				row := Derive(item, Options{Mode: model.ModeSession, Role: model.RoleUser, Finished: true})
				assert.NotEmpty(t, row.Slots, name)
				assert.Empty(t, row.Usage, name)
				assert.False(t, row.EndedAt.IsZero(), name)
			}
		}
	})
}

func TestUsage(t *testing.T) {
	session := func(slots model.ResourceSlots, stats ...model.Metrics) *model.Session {
		s := &model.Session{OccupiedSlots: slots}
		for _, stat := range stats {
			s.Containers = append(s.Containers, model.Kernel{LiveStat: stat})
		}
		return s
	}
	tests := []struct {
		name string
		give *model.Session
		want []Usage
	}{
		{"nothing measured yet", session(model.ResourceSlots{"cpu": "1"}, nil), nil},
		{
			"24.09: cpu_util in percent of 1000",
			session(model.ResourceSlots{"cpu": "2"}, model.Metrics{"cpu_util": {Current: "1500", Capacity: "1000", UnitHint: "percent"}}),
			[]Usage{{"cpu", 1.5, 2}},
		},
		{
			"26.9: millicores",
			session(model.ResourceSlots{"cpu": "2"}, model.Metrics{"cpu_util": {Current: "1500.25", Capacity: "1000", UnitHint: "millicores"}}),
			[]Usage{{"cpu", 1.50025, 2}},
		},
		{
			"a capacity that means nothing is not used",
			session(model.ResourceSlots{"cpu": "2"}, model.Metrics{"cpu_util": {Current: "500", Capacity: "9223372036854775807"}}),
			[]Usage{{"cpu", 0.5, 2}},
		},
		{
			"[21]: memory is compared in bytes, not in 10⁹",
			session(model.ResourceSlots{"mem": "1073741824"}, model.Metrics{"mem": {Current: "536870912", Capacity: "17"}}),
			[]Usage{{"mem", 536870912, 1073741824}},
		},
		{
			"memory without a slot has the capacity",
			session(nil, model.Metrics{"mem": {Current: "1", Capacity: "4"}}),
			[]Usage{{"mem", 1, 4}},
		},
		{
			"every accelerator has its bars, use before memory",
			session(nil, model.Metrics{
				"rocm_mem": {Current: "1", Capacity: "2"}, "cuda_mem": {Current: "3", Capacity: "4"},
				"cuda_util": {Current: "45", Capacity: "100"}, "net_rx": {Current: "1"}, "cpu_used": {Current: "1"}, "io_scratch_size": {Current: "1"},
			}),
			[]Usage{{"rocm_mem", 1, 2}, {"cuda_util", 45, 100}, {"cuda_mem", 3, 4}},
		},
		{
			"texts that are no numbers are not shown",
			session(model.ResourceSlots{"cpu": "1"}, model.Metrics{"cpu_util": {Current: "a lot"}, "mem": {Current: "NaN"}, "cuda_util": {Current: "-1"}}),
			nil,
		},
		{
			"an unlimited slot is no limit",
			session(model.ResourceSlots{"cpu": "Infinity"}, model.Metrics{"cpu_util": {Current: "1000", Capacity: "1000"}}),
			[]Usage{{"cpu", 1, 0}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, test.want, usageOf(test.give)) })
	}
}

func TestRatio(t *testing.T) {
	assert.InDelta(t, 0.5, Usage{Used: 1, Limit: 2}.Ratio(), 0)
	assert.InDelta(t, 1.0, Usage{Used: 5, Limit: 2}.Ratio(), 0)
	assert.Zero(t, Usage{Used: 5}.Ratio())
	assert.Zero(t, Usage{Used: math.NaN(), Limit: 2}.Ratio())
	assert.Zero(t, Usage{Used: -1, Limit: 2}.Ratio())
}

func TestSlots(t *testing.T) {
	tests := []struct {
		name string
		give model.ResourceSlots
		want string
	}{
		{"deck: cores and memory with two decimals", model.ResourceSlots{"mem": "1073741824", "cpu": "2"}, "cpu 2, mem 1.00"},
		{"deck: a unit letter is honoured", model.ResourceSlots{"mem": "512m"}, "mem 0.50"},
		{"from a hundred on without decimals", model.ResourceSlots{"mem": "200g"}, "mem 200"},
		{"shares with two decimals, devices without", model.ResourceSlots{"cuda.shares": "0.5", "rocm.device": "2"}, "cuda.shares 0.50, rocm.device 2"},
		{
			"every accelerator, in a fixed order, unknown ones last",
			model.ResourceSlots{"z.device": "1", "hyperaccel-lpu.device": "1", "atom-max.device": "3", "tpu.device": "4", "a.device": "9", "cuda.device": "1"},
			"cuda.device 1, tpu.device 4, atom-max.device 3, hyperaccel-lpu.device 1, a.device 9, z.device 1",
		},
		{"zero, hidden and nonsense are not shown", model.ResourceSlots{"cpu": "0", "mem": "", "cuda.device": "NaN", "tpu.device": "x", "ipu.device": "-1"}, ""},
		{"unlimited", model.ResourceSlots{"cpu": "Infinity", "mem": "Infinity"}, "cpu ∞, mem ∞"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := ""
			for i, slot := range parseSlots(test.give) {
				if i > 0 {
					text += ", "
				}
				text += slot.Name + " " + slot.Text()
			}
			assert.Equal(t, test.want, text)
		})
	}
}

func TestCPUTime(t *testing.T) {
	kernel := func(ms string) model.Kernel { return model.Kernel{LastStat: model.Metrics{"cpu_used": {Current: ms}}} }
	assert.Equal(t, 3*time.Second, cpuTimeOf([]model.Kernel{kernel("1000"), kernel("2000")}))
	assert.Zero(t, cpuTimeOf([]model.Kernel{kernel(""), {}}))
	assert.Positive(t, cpuTimeOf([]model.Kernel{kernel("1e300")}), "too large to count is still a time")
}

// FuzzDerive feeds what a hostile or broken manager might send.
func FuzzDerive(f *testing.F) {
	for _, name := range []string{"24.09.14-alive", "24.09.14-finished", "26.9.6-alive", "26.9.6-finished"} {
		for _, item := range recorded(f, name).Items {
			data, err := json.Marshal(item)
			require.NoError(f, err)
			f.Add(data)
		}
	}
	f.Add([]byte(`{"name":"\u0000","image":":@/","mounts":["[","]"],"occupied_slots":{"mem":"t","cpu":"1e999"},"cluster_size":-1,"containers":[{"container_id":"한","live_stat":{"cpu_util":{"current":"1e308","capacity":"1e-308"}}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s model.Session
		if json.Unmarshal(data, &s) != nil {
			return
		}
		for _, finished := range []bool{false, true} {
			row := Derive(&s, Options{Mode: model.ModeSession, Role: model.RoleSuperadmin, Finished: finished})
			for _, usage := range row.Usage {
				assert.False(t, math.IsNaN(usage.Used), usage.Name)
				assert.GreaterOrEqual(t, usage.Ratio(), 0.0)
				assert.LessOrEqual(t, usage.Ratio(), 1.0)
			}
			assert.GreaterOrEqual(t, row.CPUTime, time.Duration(0))
			for _, slot := range row.Slots {
				assert.Positive(t, slot.Amount, slot.Name)
			}
		}
	})
}

func TestEverySlotHasAName(t *testing.T) {
	for _, lang := range i18n.Languages() {
		texts := i18n.Load(lang.Code)
		for _, slot := range accelerators {
			assert.True(t, texts.Has("sessions.slot."+slot), slot)
			assert.True(t, Slot{Name: slot}.Accelerator(), slot)
		}
	}
	assert.False(t, Slot{Name: "mem"}.Accelerator())
}
