package main

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/node"
	"github.com/baiui/baiui/web"
)

func TestTheDoctorNamesEveryIsolationLevel(t *testing.T) {
	for name, test := range map[string]struct {
		info node.Info
		want []string
	}{
		"the strongest": {
			node.Info{Isolation: node.IsolationNamespaces, Landlock: 7, Mounts: true, Clusters: true, Overlay: true, Limits: "cgroup2", Levels: []node.Level{
				{Isolation: node.IsolationNamespaces}, {Isolation: node.IsolationBubblewrap, Reason: "bubblewrap is not installed"}, {Isolation: node.IsolationNone}}},
			[]string{"isolated: own files", "level bubblewrap", "not here: own files", "→ bubblewrap is not installed", "level none", "not needed: ordinary",
				"version 7", "have folders: yes, be clusters: yes, be kept as images: yes", "cgroup2"},
		},
		"none": {
			node.Info{Isolation: node.IsolationNone, LandlockReason: "this Linux has no Landlock", Limits: "watchdog", LimitsReason: "no groups", Levels: []node.Level{
				{Isolation: node.IsolationNamespaces, Reason: "user namespaces are forbidden"}, {Isolation: node.IsolationBubblewrap, Reason: "it fails too"}, {Isolation: node.IsolationNone}}},
			[]string{"none: ordinary processes", "→ only for your own sessions", "→ user namespaces are forbidden", "→ it fails too",
				"→ this Linux has no Landlock", "have folders: no, be clusters: no", "→ no groups"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			require.NoError(t, report(&out, nodeFindings(test.info)))
			for _, part := range test.want {
				assert.Contains(t, out.String(), part)
			}
		})
	}
}

func TestTheDoctorLooksAtThePage(t *testing.T) {
	of := func(wasm web.File) web.Assets {
		return web.Assets{Version: "abc", Files: map[string]web.File{"app.wasm": wasm}}
	}
	assert.Equal(t, finding{what: "page", is: "version abc, 14.4 MB (2.3 MB with brotli)"},
		bundleFinding(of(web.File{Size: 14_360_000, Brotli: 2_330_000}), nil))
	quick := bundleFinding(of(web.File{Size: 14_360_000}), nil)
	assert.Equal(t, "version abc, 14.4 MB, not compressed", quick.is)
	assert.False(t, quick.fatal)
	assert.Contains(t, quick.advice, "make build")
	assert.Contains(t, bundleFinding(web.Assets{}, web.ErrNoBundle).is, "serves the API alone")
	assert.True(t, bundleFinding(web.Assets{}, errors.New("torn")).fatal)
}
