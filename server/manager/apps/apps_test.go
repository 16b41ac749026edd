package apps

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLabelsNameApps(t *testing.T) {
	for name, test := range map[string]struct {
		label string
		want  []App
	}{
		"nothing":              {"", nil},
		"one app":              {"jupyter:http:8091", []App{Make("jupyter", HTTP, 8091)}},
		"several":              {"a:http:8091, b_c:tcp:9000", []App{Make("a", HTTP, 8091), Make("b_c", TCP, 9000)}},
		"an app of many ports": {"a:tcp:[9000,9001],b:preopen:9002", []App{Make("a", TCP, 9000, 9001), Make("b", Preopen, 9002)}},
		"a pty":                {"a:pty:9000", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(test.label)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
	for name, label := range map[string]string{
		"no port":             "a:http",
		"an unknown protocol": "a:ftp:9000",
		"a reserved port":     "a:http:7681",
		"a port too low":      "a:http:80",
		"a port too high":     "a:http:65535",
		"a port twice":        "a:http:9000,b:http:9000",
		"a name twice":        "a:http:9000,a:http:9001",
		"an empty element":    "a:http:9000,",
		"an open bracket":     "a:http:[9000",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(label)
			assert.Error(t, err)
		})
	}
}

func TestWhatAKernelOffers(t *testing.T) {
	list, err := Offered("jupyter:http:8091,x:tcp:[9000,9001]", []int{5000}, []App{Make(SSH, TCP, 2200), Make(Terminal, HTTP, 7681)})
	require.NoError(t, err)
	assert.Equal(t, `[{"name":"sshd","protocol":"tcp","host_ports":[null],"is_inference":false,"container_ports":[2200]},`+
		`{"name":"ttyd","protocol":"http","host_ports":[null],"is_inference":false,"container_ports":[7681]},`+
		`{"name":"jupyter","protocol":"http","host_ports":[null],"is_inference":false,"container_ports":[8091]},`+
		`{"name":"x","protocol":"tcp","host_ports":[null,null],"is_inference":false,"container_ports":[9000,9001]},`+
		`{"name":"5000","protocol":"preopen","host_ports":[null],"is_inference":false,"container_ports":[5000]}]`, string(Store(list)))
	back, err := Load(Store(list))
	require.NoError(t, err)
	assert.Equal(t, list, back)
	assert.Equal(t, "sshd:tcp:2200,ttyd:http:7681,jupyter:http:8091,x:tcp:[9000,9001]", Environ(list))
	assert.Equal(t, Brief{"5000", Preopen, []int{5000}}, Briefs(list)[4])
	assert.NotNil(t, Briefs(nil))
	assert.Equal(t, "[]", string(Store(nil)))
	list, err = Offered("ttyd:http:8080", nil, []App{Make(SSH, TCP, 2200), Make(Terminal, HTTP, 7681)})
	require.NoError(t, err)
	assert.Equal(t, []App{Make(SSH, TCP, 2200), Make(Terminal, HTTP, 8080)}, list, "an image may bring its own")
	_, there := Find(list, "nothing")
	assert.False(t, there)
}

func FuzzParse(f *testing.F) {
	for _, label := range []string{"", "a:http:9000", "a:tcp:[9000,9001],b:pty:1", ",", "[", "]"} {
		f.Add(label)
	}
	f.Fuzz(func(t *testing.T, label string) {
		list, err := Parse(label)
		if err != nil {
			return
		}
		if len(list) == 0 {
			return
		}
		again, err := Parse(Environ(list))
		if err != nil {
			t.Fatalf("%q: %v", label, err)
		}
		for _, a := range again {
			b, ok := Find(list, a.Name)
			assert.True(t, ok)
			assert.Equal(t, b, a)
		}
	})
}
