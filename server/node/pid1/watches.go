//go:build linux

package pid1

import (
	"os"
	"strconv"
	"strings"
)

// limitNamespace limits what this process's user namespace may take of what the
// machine has for each of its users: to Linux all kernels are one user with whoever
// runs the server. A kernel could leave none to the others, and none to the machine.
// Where limits cannot be set, as where /proc/sys is read-only, kernels work as well.
//
// Watches for files are shared out: see [watchShare]. Further user namespaces, in
// which a program would have capabilities, there are none. What makes them is a
// forbidden system call as well; this holds should somebody get round the filter.
func limitNamespace(neighbours int) {
	set := func(name string, most int) {
		_ = os.WriteFile("/proc/sys/user/max_"+name, []byte(strconv.Itoa(most)), 0)
	}
	for _, name := range []string{"inotify_instances", "inotify_watches"} {
		text, err := os.ReadFile("/proc/sys/fs/inotify/max_user_" + strings.TrimPrefix(name, "inotify_"))
		if err != nil {
			continue
		}
		if most, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			set(name, watchShare(most, neighbours))
		}
	}
	set("user_namespaces", 0)
}

// fewestWatches is what a kernel gets in any case: an editor, a notebook server and
// a follower of a file take one instance each.
const fewestWatches = 4

// watchShare is what a kernel may take of most, which the machine has, when it
// begins beside neighbours others: less the more there are, down to what one needs
// to work. Twenty kernels that take all they may of Linux's 128 instances leave a
// quarter.
func watchShare(most, neighbours int) int { return max(fewestWatches, most/(16+4*neighbours)) }
