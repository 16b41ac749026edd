//go:build linux

package pid1

import (
	"os"
	"strconv"
	"strings"
)

// limitWatching limits what this process's user namespace may take for watching
// files to a part of what the machine has. The machine's limits are for each user,
// and to Linux all kernels are one user with whoever runs the server: a kernel could
// leave none to the others, and none to the machine. Where limits cannot be set, as
// where /proc/sys is read-only, kernels work as well.
func limitWatching() {
	for _, limit := range []struct {
		name  string
		share int // one part of so many
	}{
		{"inotify_instances", 8}, // programs have one each
		{"inotify_watches", 4},   // and one of these for each directory
	} {
		text, err := os.ReadFile("/proc/sys/fs/inotify/max_user_" + strings.TrimPrefix(limit.name, "inotify_"))
		if err != nil {
			continue
		}
		if most, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			_ = os.WriteFile("/proc/sys/user/max_"+limit.name, []byte(strconv.Itoa(max(1, most/limit.share))), 0)
		}
	}
}
