//go:build linux

package pid1

import (
	"os"
	"syscall"
	"time"

	"github.com/baiui/baiui/server/node/procfs"
)

// killRound is how long to wait for killed processes before killing again those
// that were born meanwhile.
const killRound = 20 * time.Millisecond

// killAll ends every process but this one and returns when none is left.
func (k *kernel) killAll() {
	for {
		k.signalAll(syscall.SIGKILL)
		if !k.reap() {
			return
		}
		select {
		case <-k.childs:
		case <-time.After(killRound):
		}
	}
}

// signalAll sends a signal to every process of the kernel but this one.
func (k *kernel) signalAll(signal syscall.Signal) {
	if k.config.Isolated {
		// In a pid namespace -1 means just that.
		_ = syscall.Kill(-1, signal)
		return
	}
	// All descendants have this process as an ancestor, because orphans come
	// back to it. A process that ends between listing and signal is a zombie
	// until reaped here, under the same lock, or by its parent; so an ID could
	// only be wrong if the whole range of IDs were used up in between.
	k.mu.Lock()
	defer k.mu.Unlock()
	processes, err := procfs.Processes()
	if err != nil {
		return
	}
	for _, process := range procfs.Tree(processes, os.Getpid()) {
		if process.PID != os.Getpid() {
			_ = syscall.Kill(process.PID, signal)
		}
	}
}
