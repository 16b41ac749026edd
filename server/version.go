package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the linker: -X main.version=v1.2.3.
var version string

// buildVersion is the version of this program: what the linker was told, else the
// commit that it was built from.
func buildVersion() string {
	if version != "" {
		return version
	}
	revision, dirty := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			switch {
			case setting.Key == "vcs.revision":
				revision = setting.Value[:min(len(setting.Value), 12)]
			case setting.Key == "vcs.modified" && setting.Value == "true":
				dirty = "-dirty"
			}
		}
	}
	return revision + dirty
}

func printVersion(_ context.Context, c invocation) error {
	_, err := fmt.Fprintf(c.out, "baiui %s (%s, %s/%s)\n", buildVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
