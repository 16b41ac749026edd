package launcher

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func letters(n int) string { return strings.Repeat("x", n) }

func TestAFormIsSpelledForTheManager(t *testing.T) {
	form := filled()
	form.Type, form.Name = model.TypeBatch, "train"
	form.Batch = Batch{Command: "make", Scheduled: true, Start: now, Limited: true, Limit: 2, LimitUnit: UnitHour}
	form.Variables = []Variable{{"A", "b"}, {"OMP_NUM_THREADS", "7"}}
	form.Threads = Threads{Manual: true, OMP: 2, OpenBLAS: 3}
	form.Mounts = []Mount{{ID: "f1", Name: "data", Alias: "in"}, {ID: "f4", Name: "more"}, {ID: "f5", Name: "rest", Alias: "/home/work/rest"}}
	form.Ports = []string{"8080", "9000:9001"}
	form.Agent, form.Bootstrap = "a", "echo"
	f := facts()
	f.Can = Abilities{TimeLimit: true, PickAgent: true}

	list := Requests(form, f, "default", "dom", letters)
	require.Len(t, list, 1)
	r := list[0]
	assert.Equal(t, "train", r.Name)
	assert.Equal(t, "cr.backend.ai/stable/python:3.13-ubuntu24.04", r.Image)
	assert.Equal(t, "x86_64", r.Architecture)
	assert.Equal(t, "default", r.Project)
	assert.Equal(t, "make", r.StartupCommand)
	assert.Equal(t, now.Format(time.RFC3339), r.StartsAt)
	assert.Equal(t, "2h", r.BatchTimeout)
	assert.Equal(t, "ZWNobw==", r.BootstrapScript)
	assert.Equal(t, map[string]any{"cpu": 1, "mem": "1073741824"}, r.Config.Resources)
	assert.Equal(t, map[string]any{"shmem": "67108864"}, r.Config.ResourceOpts)
	assert.Equal(t, map[string]string{"A": "b", "OMP_NUM_THREADS": "7", "OPENBLAS_NUM_THREADS": "3"}, r.Config.Environ)
	assert.Equal(t, []string{"data", "more", "rest"}, r.Config.Mounts)
	assert.Equal(t, map[string]string{"data": "/home/work/in"}, r.Config.MountMap, "a folder's own name is no alias")
	assert.Equal(t, []int{8080, 9000, 9001}, r.Config.PreopenPorts)
	assert.Equal(t, []string{"a"}, r.Config.AgentList)

	f.Can = Abilities{}
	r = Requests(form, f, "default", "dom", letters)[0]
	assert.Empty(t, r.BatchTimeout, "a manager without time limits gets none")
	assert.Empty(t, r.Config.AgentList)
}

func TestSeveralSessionsAreNumbered(t *testing.T) {
	form := filled()
	form.Sessions = 3
	names := []string{}
	for _, r := range Requests(form, facts(), "p", "d", letters) {
		names = append(names, r.Name)
	}
	assert.Equal(t, []string{"xxxxxxxx-session-xxx-1", "xxxxxxxx-session-xxx-2", "xxxxxxxx-session-xxx-3"}, names)
	form.Name = strings.Repeat("n", 64)
	for _, r := range Requests(form, facts(), "p", "d", letters) {
		assert.Empty(t, CheckName(r.Name), r.Name)
	}
}

func TestASessionForSomebodyElseIsTheirs(t *testing.T) {
	form := filled()
	form.Owner = Owner{Enabled: true, Email: "a@b.c", AccessKey: "AK", Project: "theirs", Domain: "other"}
	r := Requests(form, facts(), "mine", "here", letters)[0]
	assert.Equal(t, []string{"AK", "theirs", "other"}, []string{r.OwnerAccessKey, r.Project, r.Domain})
}

func TestEverythingThatIsWrongIsFound(t *testing.T) {
	f := facts()
	expect(t, Check(filled(), f, now))
	form := filled()
	form.Type, form.Name, form.Image, form.Group, form.Agent = "x", "a", "gone", "closed", "z"
	form.Owner = Owner{Enabled: true, Email: "nobody"}
	expect(t, Check(form, f, now), "type", "name.short", "owner.email", "image.gone", "group.closed", "agent.gone")
	form = filled()
	form.Manual = "some/image:1"
	expect(t, Check(form, f, now).Of(FieldImage), "image.manual")
	f.Can.ManualImage = true
	expect(t, Check(form, f, now).Of(FieldImage))
	expect(t, Check(NewForm(), Facts{}, now), "image.missing", "group.missing")
	assert.Len(t, Check(NewForm(), Facts{}, now).In(StepEnvironment), 2)
}

func TestTheStateOfTheFormIsInTheURL(t *testing.T) {
	form := filled()
	form.Name = "train & more"
	form.Variables = []Variable{{"TOKEN", "hidden"}}
	form.Owner = Owner{Enabled: true, Email: "a@b.c"}
	address := State{Step: StepData, Form: form, Given: true}.URL(url.Values{"project": {"p"}})
	assert.NotContains(t, address, "hidden")
	assert.NotContains(t, address, "a%40b.c")
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	assert.Equal(t, "p", parsed.Query().Get("project"))
	state, err := ParseState(parsed.Query())
	require.NoError(t, err)
	form.Variables[0].Value, form.Owner = "", Owner{}
	assert.Equal(t, State{Step: StepData, Form: form, Given: true}, state)
	assert.Equal(t, Path, State{}.URL(nil))
}

func TestWhatIsNoFormIsRefused(t *testing.T) {
	for what, text := range map[string]string{
		"not JSON": "<script>", "another type": `"form"`, "a wrong type inside": `{"cpu":"many"}`,
		"a key that there is not": `{"bootstrapScript":"x"}`, "two": `{}{}`, "an owner": `{"Owner":{"Email":"x"}}`,
	} {
		form, err := Decode(text)
		assert.ErrorIs(t, err, ErrStateWrong, what)
		assert.Equal(t, NewForm(), form, what)
	}
	_, err := Decode(strings.Repeat(" ", MaxState+1))
	assert.ErrorIs(t, err, ErrStateTooLong)
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode(NewForm()))
	f.Add(`{"cpu":-1,"mem":1e99,"sessions":1000000000,"ports":["0:65535"],"mounts":[{"alias":"/"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		form, err := Decode(text)
		if err != nil {
			return
		}
		form = Settle(form, facts())
		Check(form, facts(), now)
		Foresee(form, facts())
		if again, err := Decode(Encode(form)); err == nil {
			assert.Equal(t, Encode(form), Encode(again))
		}
	})
}

func TestTheHistoryKeepsFiveAndWhatIsPinned(t *testing.T) {
	var h History
	for i, id := range []string{"1", "2", "3", "4", "5", "6", "7"} {
		h = h.Add(id, "launch "+id, now.Add(time.Duration(i)*time.Minute), filled())
		if id == "1" {
			h = h.Pin("1", true)
		}
	}
	ids := func(h History) (list []string) {
		for _, k := range h {
			list = append(list, k.ID)
		}
		return list
	}
	assert.Equal(t, []string{"7", "6", "5", "4", "3", "1"}, ids(h))
	assert.Equal(t, []string{"7", "6", "5", "4", "3"}, ids(h.Pin("1", false)), "what is pinned no more is one of the five, or goes")
	h = h.Rename("7", " mine ").Rename("6", " ").Remove("5")
	assert.Equal(t, "mine", h[0].Name)
	assert.Equal(t, "launch 6", h[1].Name)
	assert.Equal(t, h, DecodeHistory(h.Encode()))
	assert.Equal(t, []string{"a"}, ids(DecodeHistory(`[{"id":"a"},{"id":3},7,{"name":"no id"}]`)))
	assert.Empty(t, DecodeHistory("nonsense"))
}

func TestALaunchAgainHasANewName(t *testing.T) {
	form := filled()
	assert.Empty(t, Again(form, letters).Name)
	form.Name = "train"
	assert.Equal(t, "train-xxxx", Again(form, letters).Name)
	form.Name = strings.Repeat("n", 64)
	assert.Empty(t, CheckName(Again(form, letters).Name))
}
