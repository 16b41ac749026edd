//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// check refuses a spec that cannot be run.
func (s Spec) check() error {
	switch {
	case !identifiers.MatchString(s.ID):
		return fmt.Errorf("kernel ID %q: only letters, digits, - and _, at most 64", s.ID)
	case s.Hostname != "" && !hostnames.MatchString(s.Hostname):
		return fmt.Errorf("host name %q: only letters, digits and -, at most 63", s.Hostname)
	case s.CPU < 0 || s.Memory < 0 || s.Shm < 0 || s.Processes < 0 || s.Disk < 0:
		return errors.New("a limit is negative")
	}
	if s.Cluster != nil {
		if err := s.Cluster.check(s.Hostname); err != nil {
			return err
		}
	}
	if err := checkFiles(s.Files); err != nil {
		return err
	}
	return checkMounts(s.Mounts)
}

// processes is the limit on processes and threads.
func (s Spec) processes() int {
	if s.Processes > 0 {
		return s.Processes
	}
	return DefaultProcesses
}

// Create starts a kernel and returns when its init process is ready.
func (l *Local) Create(ctx context.Context, spec Spec) error {
	if err := errors.Join(spec.check(), l.can(spec)); err != nil {
		return err
	}
	k := newKernel(spec.ID, l.dir+"/"+spec.ID, spec)
	if err := l.add(k); err != nil {
		return err
	}
	if err := k.lock(ctx); err != nil {
		return err
	}
	defer k.unlock()
	err := l.furnish(k)
	if err == nil {
		err = l.launch(ctx, k)
	}
	if err != nil {
		l.forget(k)
		return errors.Join(fmt.Errorf("kernel %s: %w", spec.ID, err), removeAll(k.dir))
	}
	return nil
}

// can refuses what this machine does not have.
func (l *Local) can(spec Spec) error {
	switch {
	case len(spec.Mounts) > 0 && !l.info.Mounts:
		return ErrNoMounts
	case spec.Cluster != nil && !l.info.Clusters:
		return ErrNoClusters
	}
	return nil
}

// add reserves the identifier.
func (l *Local) add(k *kernel) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrClosed
	}
	if _, known := l.kernels[k.id]; known {
		return fmt.Errorf("kernel %s: %w", k.id, ErrExists)
	}
	l.kernels[k.id] = k
	return nil
}

func (l *Local) forget(k *kernel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.kernels, k.id)
}

// furnish makes the kernel's directory.
func (l *Local) furnish(k *kernel) error {
	if err := os.Mkdir(k.dir, l.dirMode()); err != nil {
		return err
	}
	home := k.path(dirHome)
	if err := os.Mkdir(home, 0o700); err != nil {
		return err
	}
	if l.root {
		if err := os.Chown(home, l.workUID(), l.workUID()); err != nil {
			return err
		}
	}
	if err := l.fill(home, k.spec.Files); err != nil {
		return err
	}
	k.spec.Files = nil
	if err := l.prepareOverlays(k); err != nil {
		return err
	}
	return save(k.path(fileSpec), k.spec, false)
}

// dirMode is the mode of the directories above a kernel's home. Without a mount
// namespace the kernel's user must be able to pass through them.
func (l *Local) dirMode() os.FileMode {
	if l.root && l.info.Isolation == IsolationNone {
		return 0o711
	}
	return 0o700
}

// Restart ends all processes of a kernel, if it runs, and starts its command
// again with the same spec and home.
func (l *Local) Restart(ctx context.Context, id string) error {
	k, err := l.find(id)
	if err != nil {
		return err
	}
	if err := l.can(k.spec); err != nil {
		return fmt.Errorf("kernel %s: %w", id, err) // it is from a time when the machine could
	}
	if err := k.lock(ctx); err != nil {
		return err
	}
	defer k.unlock()
	k.mu.Lock()
	life, running, ending := k.life, k.exit == nil, k.record.Ending != ""
	k.restart = running && !ending
	k.mu.Unlock()
	if running {
		if ending {
			return fmt.Errorf("kernel %s: %w", id, ErrEnding)
		}
		l.end(k, EndDestroyed, restartGrace)
		select {
		case <-life.done: // soon, whatever the processes do
		case <-l.quit:
			return ErrClosed
		}
	}
	if err := os.Remove(k.path(fileExit)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := l.launch(ctx, k); err != nil {
		l.settle(k, life)
		return fmt.Errorf("kernel %s: %w", id, err)
	}
	return nil
}
