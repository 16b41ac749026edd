package apps

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
)

func TestAppsAreArranged(t *testing.T) {
	ports := model.ServicePorts{
		{Name: "8000", Protocol: "preopen", ContainerPorts: []int{8000}},
		{Name: "my-app", Protocol: "http", ContainerPorts: []int{9000}},
		{Name: "jupyterlab", Protocol: "http", ContainerPorts: []int{8090}},
		{Name: "jupyter", Protocol: "http", ContainerPorts: []int{8091}},
		{Name: "600", Protocol: "preopen", ContainerPorts: []int{600}},
		{Name: "model", Protocol: "preopen", IsInference: true},
		{Name: "engine", Protocol: "internal"},
		{Name: ""},
		{Name: "ttyd", Protocol: "http", ContainerPorts: []int{7681}},
	}
	var said []string
	for _, g := range arrange(i18n.Load("en"), ports) {
		for _, e := range g.entries {
			said = append(said, g.name+": "+e.title)
		}
	}
	assert.Equal(t, []string{
		"utilities: Terminal", "development: Jupyter Notebook", "development: JupyterLab", "custom: my-app",
		"ports: Port 600", "ports: Port 8000",
	}, said)
	assert.Empty(t, arrange(i18n.Load("ko"), nil))
}

func TestEveryTemplateHasAName(t *testing.T) {
	for _, lang := range []string{"en", "ko"} {
		texts := i18n.Load(lang)
		for _, k := range templates() {
			assert.True(t, texts.Has("apps.name."+k.name), "%s in %s", k.name, lang)
			assert.Contains(t, groups(), k.group)
		}
		for _, g := range groups() {
			assert.True(t, texts.Has("apps.group."+g), "%s in %s", g, lang)
		}
		for s := StageFind; s <= StageDone; s++ {
			assert.True(t, texts.Has("apps.stage."+s.String()), "%s in %s", s, lang)
		}
	}
}

func TestWhatCanBeChosen(t *testing.T) {
	for name, test := range map[string]struct {
		raw  string
		want []choice
	}{
		"nothing":                {``, nil},
		"a list of names":        {`["--x", "--y", "--x", ""]`, []choice{{"--x", ""}, {"--y", ""}}},
		"names with what is set": {`{"--y": null, "--x": "1", "--z": 5}`, []choice{{"--x", "1"}, {"--y", ""}, {"--z", ""}}},
		"something else":         {`"--x"`, nil},
		"a list of lists":        {`[["--x"]]`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, choices(model.RawObject(test.raw)))
		})
	}
	list := arrange(i18n.Load("en"), model.ServicePorts{{Name: "tensorboard", Protocol: "http"}, {Name: "web", Protocol: "http", AllowedEnvs: model.RawObject(`["LANG"]`)}})
	board, ok := find(list, "tensorboard")
	require.True(t, ok)
	assert.Equal(t, []choice{{"--logdir", "/home/work/logs"}}, board.arguments, "it is no use without a folder")
	web, ok := find(list, "web")
	require.True(t, ok)
	assert.Equal(t, []choice{{"LANG", ""}}, web.envs)
	_, ok = find(list, "other")
	assert.False(t, ok)
}

func FuzzChoices(f *testing.F) {
	f.Add([]byte(`["--x"]`))
	f.Add([]byte(`{"--x": "1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		seen := map[string]bool{}
		for _, c := range choices(data) {
			assert.NotEmpty(t, c.name)
			assert.False(t, seen[c.name])
			seen[c.name] = true
		}
	})
}
