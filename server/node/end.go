//go:build linux

package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/baiui/baiui/server/node/pid1"
	"github.com/baiui/baiui/server/node/procfs"
)

const (
	// restartGrace is how long processes have to end before a restart.
	restartGrace = 2 * time.Second
	// patience is how much longer than the grace the init process may take to
	// kill, to finish the log and to write its record, before it is killed.
	patience = 3 * time.Second
)

// Destroy ends every process of a kernel and returns how the kernel ended.
func (l *Local) Destroy(ctx context.Context, id string, grace time.Duration) (Exit, error) {
	k, err := l.find(id)
	if err != nil {
		return Exit{}, err
	}
	// Not in the middle of a start.
	if err := k.lock(ctx); err != nil {
		return Exit{}, err
	}
	k.mu.Lock()
	life, exit := k.life, k.exit
	if exit == nil {
		k.waiters++
	}
	k.mu.Unlock()
	k.unlock()
	if exit != nil {
		return *exit, nil
	}
	if life == nil {
		return Exit{}, fmt.Errorf("kernel %s: %w", id, ErrUnknown)
	}
	l.end(k, EndDestroyed, grace)
	select {
	case <-life.done:
		return life.exit, nil
	case <-ctx.Done():
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.exit != nil {
			return *k.exit, nil
		}
		k.waiters--
		return Exit{}, ctx.Err()
	case <-l.quit:
		return Exit{}, ErrClosed // a later server will see it through
	}
}

// end makes a kernel end; it does not wait for that. The reason is put on record
// first, so that a later server knows it too.
func (l *Local) end(k *kernel, reason EndReason, grace time.Duration) {
	k.mu.Lock()
	life := k.life
	if k.record.Ending == "" {
		k.record.Ending = reason
		if err := save(k.path(fileState), k.record, false); err != nil {
			l.log.Warn("cannot record why a kernel ends", "kernel", k.id, "error", err)
		}
	}
	k.mu.Unlock()
	grace = max(grace, 0)
	l.background(func() {
		err := k.ask(pid1.Request{Op: pid1.OpStop, Grace: grace})
		wait := grace + patience
		if err != nil {
			wait = 0 // it does not answer: no use in waiting
		}
		select {
		case <-life.done:
		case <-l.quit:
		case <-time.After(wait):
			life.process.kill()
		}
	})
}

// watch waits, in the background, for the end of the kernel's life.
func (l *Local) watch(k *kernel) {
	life := k.life
	watching := l.background(func() {
		if life.process.wait() != nil {
			return // closed: a later server will see to it
		}
		life.process.reap()
		l.concluded(k, life)
	})
	if !watching {
		life.process.close()
	}
}

// concluded settles what the end of an init process means.
func (l *Local) concluded(k *kernel, life *life) {
	l.measure(k) // what it used up to the end
	l.disconnect(k)
	k.mu.Lock()
	now := k.record
	k.mu.Unlock()
	if now.Isolation == IsolationNone {
		killMarked(k.id)
	}
	exit := conclude(now, loadInit(k.dir))
	if exit.At.IsZero() {
		exit.At = l.now()
	}
	if now.Group != nil {
		if err := now.Group.Remove(); err != nil {
			l.log.Warn("a control group is left over", "kernel", k.id, "error", err)
		}
	}
	k.mu.Lock()
	exit.Stats = k.stats
	life.exit = exit
	restart := k.restart
	k.mu.Unlock()
	if !restart {
		l.settle(k, life)
	}
	life.process.close()
	close(life.done)
}

// settle makes the end of a life the end of the kernel.
func (l *Local) settle(k *kernel, life *life) {
	exit := Exit{Code: -1, Reason: EndLost, At: l.now()}
	if life != nil {
		exit = life.exit
	}
	if err := save(k.path(fileExit), exit, true); err != nil {
		l.log.Error("cannot record how a kernel ended", "kernel", k.id, "error", err)
	}
	_ = os.Remove(k.path(fileControl))
	k.mu.Lock()
	k.exit, k.restart = &exit, false
	told := k.waiters > 0
	k.waiters = 0
	k.mu.Unlock()
	if !told {
		l.events.add(Event{KernelID: k.id, Exit: exit})
	}
}

// conclude says how a kernel ended from what is on record and what its init
// process left. The time is zero if nobody noted it.
func conclude(now record, left *pid1.Exit) Exit {
	exit := Exit{Code: -1, Reason: EndLost}
	switch {
	case left != nil:
		exit = Exit{Code: left.Code, Reason: EndSelf, At: left.At}
		if left.Stopped {
			exit.Reason = cmp.Or(now.Ending, EndDestroyed)
		}
	case now.Ending != "":
		exit = Exit{Code: killedCode, Reason: now.Ending}
	}
	if now.Ending == EndMemory {
		exit.Reason = EndMemory
	}
	if now.Group != nil {
		// Also when it ended by that before the node noticed.
		refused, refusedErr := now.Group.ForksRefused()
		kills, killsErr := now.Group.OOMKills()
		switch {
		case killsErr == nil && kills > 0:
			exit.Reason = EndMemory
		case refusedErr == nil && (refused >= forksOfABomb || refused > 0 && left == nil && now.Ending == ""):
			// An init process that gets no thread any more ends without a word.
			exit.Reason = EndProcesses
		}
	}
	if exit.Code <= 0 && (exit.Reason == EndMemory || exit.Reason == EndProcesses || exit.Reason == EndDisk) {
		exit.Code = killedCode
	}
	return exit
}

// killedCode is the exit code of what was ended by SIGKILL.
const killedCode = 128 + 9

// killRounds bounds how often the processes of a kernel are looked for.
const killRounds = 1000

// killMarked ends the processes of a kernel that had no pid namespace to end
// with: those that carry its mark in their environment. It looks again until
// there are none, because they may multiply meanwhile.
func killMarked(id string) {
	for range killRounds {
		processes, err := procfs.Processes()
		if err != nil {
			return
		}
		found := false
		for _, process := range processes {
			if process.PID == os.Getpid() || process.State == 'Z' || !procfs.HasEnv(process.PID, pid1.MarkVariable, id) {
				continue
			}
			found = true
			if held, err := findProcess(process.PID, process.StartTicks); err == nil {
				held.kill()
				held.close()
			}
		}
		if !found {
			return
		}
	}
}

// Remove forgets an ended kernel and deletes its files. Removing one that the
// node does not know is no error.
func (l *Local) Remove(ctx context.Context, id string) error {
	k, err := l.find(id)
	if errors.Is(err, ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := k.lock(ctx); err != nil {
		return err
	}
	defer k.unlock()
	if k.ended() == nil {
		return fmt.Errorf("kernel %s: %w", id, ErrRunning)
	}
	k.committing.Lock()
	err = removeAll(k.dir)
	k.committing.Unlock()
	if err != nil {
		return err
	}
	l.forget(k)
	return nil
}
