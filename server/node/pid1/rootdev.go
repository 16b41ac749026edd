//go:build linux

package pid1

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// devices are the host's device nodes a kernel may use.
var devices = [...]string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"}

// dev makes a minimal /dev with terminals of its own.
func (r *root) dev(shmSize int64) {
	for _, device := range devices {
		r.bind(r.open(Bind{Source: device, Target: device, Device: true}))
	}
	r.mount("devpts", "/dev/pts", "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
	r.mount("tmpfs", "/dev/shm", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, fmt.Sprintf("mode=1777,size=%d", shmSize))
	for _, link := range [...][2]string{
		{"pts/ptmx", "/dev/ptmx"},
		{"/proc/self/fd", "/dev/fd"},
		{"/proc/self/fd/0", "/dev/stdin"},
		{"/proc/self/fd/1", "/dev/stdout"},
		{"/proc/self/fd/2", "/dev/stderr"},
	} {
		r.symlink(link[0], link[1])
	}
}
