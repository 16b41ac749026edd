//go:build linux

package node

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAHomeBeginsWithTheFilesItIsGiven(t *testing.T) {
	for name, options := range map[string]Options{"isolated": {}, "not isolated": {Isolation: IsolationNone}} {
		t.Run(name, func(t *testing.T) {
			l := openNode(t, options)
			spec := shell("k1", `
				stat -c '%A %n' .profile .config/tool .config/tool/settings bin bin/hello
				cat .config/tool/settings; bin/hello; echo more >> .profile; cat .profile`)
			spec.Files = []HomeFile{
				{Path: ".profile", Mode: 0o644, Data: []byte("first\n")},
				{Path: ".config/tool/settings", Mode: 0o600, Data: []byte("a setting\n")},
				{Path: "bin/hello", Mode: 0o755, Data: []byte("#!/bin/sh\necho hello\n")},
				{Path: ".profile", Mode: 0o600, Data: []byte("later\n")},
			}
			exit, log := runToEnd(t, l, spec)
			assert.Zero(t, exit.Code)
			assert.Equal(t, strings.Join([]string{
				"-rw------- .profile", "drwx------ .config/tool", "-rw------- .config/tool/settings",
				"drwxr-xr-x bin", "-rwxr-xr-x bin/hello", "a setting", "hello", "later", "more", "",
			}, "\n"), log)
			require.NoError(t, l.Restart(t.Context(), "k1"))
			eventually(t, "a restart keeps what was made of them", func() bool {
				return strings.HasSuffix(logOf(t, l, "k1"), "later\nmore\nmore\n")
			})
		})
	}
}

func TestFilesThatDoNotBelongIntoAHomeAreRefused(t *testing.T) {
	l := openNode(t, Options{})
	for name, file := range map[string]HomeFile{
		"an absolute path":       {Path: "/etc/passwd"},
		"a path that climbs out": {Path: "../other/home/file"},
		"a path that is unclean": {Path: "a/../b"},
		"the home itself":        {Path: "."},
		"nothing":                {},
		"a zero byte":            {Path: "a\x00b"},
		"more than is allowed":   {Path: "a", Data: make([]byte, maxHomeBytes+1)},
	} {
		t.Run(name, func(t *testing.T) {
			spec := shell("k1", "true")
			spec.Files = []HomeFile{file}
			require.Error(t, l.Create(t.Context(), spec))
			assert.Empty(t, l.Kernels())
		})
	}
	t.Run("one in the place of another's directory", func(t *testing.T) {
		spec := shell("k1", "true")
		spec.Files = []HomeFile{{Path: "a"}, {Path: "a/b"}}
		require.ErrorContains(t, l.Create(t.Context(), spec), "cannot put a/b into the home")
		assert.Empty(t, l.Kernels())
	})
}
