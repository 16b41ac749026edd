//go:build linux

package node

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/baiui/baiui/client/model"
)

// kernel is one kernel of a [Local].
type kernel struct {
	id   string
	dir  string
	spec Spec

	// launching is held, as the only token, while processes are being started or
	// the kernel is being removed.
	launching chan struct{}

	mu      sync.Mutex
	record  record
	life    *life  // the running or last run; nil for a kernel that was found ended
	exit    *Exit  // set when ended
	waiters int    // callers that will be told of the end themselves
	restart bool   // the end of this life is not the end of the kernel
	series  series // measurements of this life
	stats   model.Metrics

	connections atomic.Int64 // open ones, of Dial
	serving     sync.Mutex   // held while a service is looked at and started

	committing sync.RWMutex // held by those who read its files; Remove waits for them

	measuring sync.Mutex // held while the kernel is measured
	scratch   scratch    // guarded by measuring
}

// life is one run of a kernel, from the start of its init process to its end.
type life struct {
	process *process
	done    chan struct{} // closed when everything about the end is settled
	exit    Exit          // valid after done
}

func newKernel(id, dir string, spec Spec) *kernel {
	return &kernel{id: id, dir: dir, spec: spec, launching: make(chan struct{}, 1)}
}

// lock waits for the right to start or remove.
func (k *kernel) lock(ctx context.Context) error {
	select {
	case k.launching <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (k *kernel) unlock() { <-k.launching }

func (k *kernel) path(name string) string { return filepath.Join(k.dir, name) }

// describe gives the kernel as the outside sees it.
func (k *kernel) describe() Kernel {
	k.mu.Lock()
	defer k.mu.Unlock()
	described := Kernel{ID: k.id, State: StateRunning, StartedAt: k.record.StartedAt}
	if k.exit != nil {
		exit := *k.exit
		described.State, described.Exit = StateEnded, &exit
	}
	return described
}

// ended gives how the kernel ended, nil while it runs.
func (k *kernel) ended() *Exit {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.exit
}
