package apps

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlaces(t *testing.T) {
	for text, want := range map[string]string{
		"*.apps.example.org":              "https://x.apps.example.org:8092",
		"https://*.apps.example.org":      "https://x.apps.example.org",
		"http://*.apps.example.org:9000":  "http://x.apps.example.org:9000",
		"https://*.apps.example.org:443/": "https://x.apps.example.org",
		"*-apps.example.org":              "https://x-apps.example.org:8092",
		"app-*.Example.org":               "https://app-x.example.org:8092",
		"http://*.localhost:8092":         "http://x.localhost:8092",
	} {
		p, err := ParsePlace(text, "https", 8092)
		require.NoError(t, err, text)
		assert.Equal(t, want, p.origin("x"), text)
	}
	for _, text := range []string{
		"", "*", "apps.example.org", "*.", "a.*.example.org", "*.*.example.org", "ftp://*.example.org", "*.앱.example",
		"*.example.org:0", "*.example.org:99999", "*.exam ple.org", "*.example..org", "*_x.example.org", "*.example.org/path",
	} {
		_, err := ParsePlace(text, "http", 80)
		assert.Error(t, err, text)
	}
}

func TestHostsThatNameAnApp(t *testing.T) {
	p, err := ParsePlace("*.apps.example.org", "https", 443)
	require.NoError(t, err)
	for host, want := range map[string]string{
		"jupyter-abc.apps.example.org":     "jupyter-abc",
		"JUPYTER-abc.Apps.Example.ORG:443": "jupyter-abc",
		"jupyter-abc.apps.example.org.":    "jupyter-abc",
		"apps.example.org":                 "",
		".apps.example.org":                "",
		"a.b.apps.example.org":             "",
		"x.apps.example.org.evil.example":  "",
		"x@y.apps.example.org":             "",
		"[fe80::1%25eth0]:443":             "",
		"xn--80ak6aa92e.apps.example.org":  "xn--80ak6aa92e",
		"x.localhost":                      "",
		"":                                 "",
		"a_b.apps.example.org":             "",
		"x.apps.example.org:evil":          "",
	} {
		label, ok := p.label(host)
		assert.Equal(t, want != "", ok, host)
		if ok {
			assert.Equal(t, want, label, host)
		}
	}
	_, ok := Place{}.label("x.localhost")
	assert.False(t, ok && Place{}.Some())
}

func FuzzPlace(f *testing.F) {
	f.Add("*.apps.example.org", "x.apps.example.org")
	f.Add("https://*-a.b:1", "q-a.b:1")
	f.Fuzz(func(t *testing.T, pattern, host string) {
		p, err := ParsePlace(pattern, "http", 80)
		if err != nil {
			return
		}
		label, ok := p.label(host)
		if ok {
			assert.NotContains(t, label, ".")
			assert.NotEmpty(t, label)
		}
		again, ok := p.label(p.before + "jupyter-abc234" + p.after)
		assert.True(t, ok)
		assert.Equal(t, "jupyter-abc234", again, "every name it gives is found again")
	})
}

func TestLabelsAreNamesOfHosts(t *testing.T) {
	a := New(Options{Key: []byte("key")})
	t.Cleanup(a.Close)
	for _, name := range []string{"jupyter", "Web_App", "", "---", "앱", "a-very-long-name-of-an-app-that-goes-on-and-on", "5000"} {
		label := a.newLabel("AK", "session", name)
		assert.True(t, isHostName(label), label)
		assert.LessOrEqual(t, len(label), 41)
	}
	assert.NotEqual(t, a.newLabel("AK", "s1", "app"), a.newLabel("AK", "s2", "app"))
	assert.NotEqual(t, a.newLabel("AK1", "s", "app"), a.newLabel("AK2", "s", "app"))
	assert.NotEqual(t, a.newLabel("a", "b:1:c", "d"), a.newLabel("a", "b", "1:c", "d"))
	assert.Equal(t, a.newLabel("AK", "s", "app"), a.newLabel("AK", "s", "app"))
}
