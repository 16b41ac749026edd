//go:build linux

package node

import (
	"errors"
	"os"
	"path/filepath"
)

// adoptAll takes over the kernels that an earlier server left in the directory:
// those that run are watched again, the others are reported as they ended.
func (l *Local) adoptAll() error {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() || !identifiers.MatchString(entry.Name()) {
			continue
		}
		if err := l.adopt(entry.Name()); err != nil {
			return err
		}
	}
	if l.groups != nil {
		l.groups.Sweep(func(id string) bool {
			k, known := l.kernels[id]
			return known && k.ended() == nil
		})
	}
	return nil
}

// adopt takes over one kernel.
func (l *Local) adopt(id string) error {
	k := newKernel(id, filepath.Join(l.dir, id), Spec{ID: id})
	stateErr := load(k.path(fileState), &k.record)
	specErr := load(k.path(fileSpec), &k.spec)
	process, err := l.findInit(k.record)
	if err != nil && !errors.Is(err, errGone) {
		return err
	}
	never := stateErr == nil && !k.record.Created && loadInit(k.dir) == nil
	if process == nil && (never || errors.Is(stateErr, os.ErrNotExist)) {
		// The earlier server was killed before anything ran; whoever asked for
		// the kernel was not told that it exists.
		l.log.Info("a kernel was never started", "kernel", id)
		return removeAll(k.dir)
	}
	if err := errors.Join(stateErr, specErr); err != nil {
		l.log.Warn("a kernel's files are damaged", "kernel", id, "error", err)
	}
	l.kernels[id] = k
	if process == nil {
		var exit Exit
		if load(k.path(fileExit), &exit) == nil {
			k.exit = &exit
			return nil
		}
		l.concludeLost(k)
		return nil
	}
	if !k.record.Created {
		k.record.Created = true
		if err := errors.Join(k.record.limitCPU(k.spec.CPU), save(k.path(fileState), k.record, false)); err != nil {
			l.log.Warn("cannot limit and record a kernel that runs", "kernel", id, "error", err)
		}
	}
	k.life = &life{process: process, done: make(chan struct{})}
	l.watch(k)
	l.reconnect(k)
	if k.record.Ending != "" {
		// The earlier server did not live to see it through.
		l.end(k, k.record.Ending, restartGrace)
	}
	return nil
}

// findInit opens the init process on record; errGone if it has ended.
func (l *Local) findInit(now record) (*process, error) {
	if now.PID == 0 || now.BootID != l.bootID {
		return nil, errGone
	}
	return findProcess(now.PID, now.StartTicks)
}

// concludeLost settles the end of a kernel that ended while nobody watched.
func (l *Local) concludeLost(k *kernel) {
	if k.record.Isolation == IsolationNone {
		killMarked(k.id)
	}
	exit := conclude(k.record, loadInit(k.dir))
	if exit.At.IsZero() {
		exit.At = l.now()
	}
	if k.record.Group != nil && k.record.BootID == l.bootID {
		if err := k.record.Group.Remove(); err != nil {
			l.log.Warn("a control group is left over", "kernel", k.id, "error", err)
		}
	}
	_ = os.Remove(k.path(fileControl))
	if err := save(k.path(fileExit), exit, true); err != nil {
		l.log.Error("cannot record how a kernel ended", "kernel", k.id, "error", err)
	}
	k.exit = &exit
}
