//go:build linux

package node

import (
	"os"
	"time"

	"github.com/baiui/baiui/server/node/procfs"
)

const (
	// watchdogEvery is the time between two looks at memory where no control
	// group limits it.
	watchdogEvery = 250 * time.Millisecond
	// busyKernels and slowestSample: with more kernels each is measured less
	// often, so that the cost of measuring stays the same.
	busyKernels   = 50
	slowestSample = 5 * time.Second
)

// sample measures all running kernels again and again, one at a time, and ends
// those that are over their memory limit.
func (l *Local) sample() {
	measure := time.NewTimer(l.sampled)
	defer measure.Stop()
	watchdog := make(<-chan time.Time)
	if l.groups == nil {
		ticker := time.NewTicker(watchdogEvery)
		defer ticker.Stop()
		watchdog = ticker.C
	}
	for {
		select {
		case <-l.quit:
			return
		case <-watchdog:
			l.limitMemory(l.running())
		case <-measure.C:
			running := l.running()
			for _, k := range running {
				l.measure(k)
				l.noticeOOM(k)
				l.noticeForks(k)
				l.noticeDisk(k)
			}
			pause := l.sampled * time.Duration(1+len(running)/busyKernels)
			measure.Reset(min(pause, max(slowestSample, l.sampled)))
		}
	}
}

// running lists the kernels that run.
func (l *Local) running() []*kernel {
	l.mu.Lock()
	defer l.mu.Unlock()
	var running []*kernel
	for _, k := range l.kernels {
		k.mu.Lock()
		if k.life != nil && k.exit == nil {
			running = append(running, k)
		}
		k.mu.Unlock()
	}
	return running
}

// measure takes one measurement of a kernel.
func (l *Local) measure(k *kernel) {
	k.measuring.Lock()
	defer k.measuring.Unlock()
	k.mu.Lock()
	now, s := k.record, k.series.last
	k.mu.Unlock()
	s.at = time.Now()
	processes := l.processes(k)
	if now.Group != nil {
		usage, err := now.Group.Usage()
		if err != nil {
			return // the kernel has just ended
		}
		s.cpu, s.memory = usage.CPU, usage.Memory
	} else if len(processes) > 0 {
		s.cpu, s.memory = total(processes)
	}
	s.read, s.write = 0, 0
	for _, process := range processes {
		read, written := procfs.IO(process.PID)
		s.read, s.write = s.read+read, s.write+written
	}
	if now.Isolation == IsolationNamespaces {
		if rx, tx, err := procfs.Net(now.PID); err == nil {
			s.rx, s.tx = rx, tx
		}
	}
	limit := k.spec.Memory
	if limit == 0 {
		limit = l.memory
	}
	s.scratch = k.scratch.size(s.at, k.spec.Disk > 0, k.path(dirHome), k.path(dirChanges))
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stats = k.series.add(s, limit)
}

// processes lists the processes of a kernel, with what they use where there is
// no control group to ask.
func (l *Local) processes(k *kernel) []procfs.Process {
	k.mu.Lock()
	now := k.record
	k.mu.Unlock()
	if now.Group != nil {
		pids, err := now.Group.Processes()
		if err != nil {
			return nil
		}
		processes := make([]procfs.Process, len(pids))
		for i, pid := range pids {
			processes[i].PID = pid
		}
		return processes
	}
	all, err := procfs.Processes()
	if err != nil {
		return nil
	}
	return procfs.Tree(all, now.PID)
}

// total adds up the CPU time and the resident memory of processes. The time of
// dead ones is in their parents'.
func total(processes []procfs.Process) (cpu time.Duration, memory int64) {
	for _, process := range processes {
		cpu += time.Duration(process.CPUTicks) * procfs.Tick
		memory += process.RSSPages * int64(os.Getpagesize())
	}
	return cpu, memory
}

// noticeOOM ends a kernel in which a process was killed for want of memory:
// what is left of it would be of no use to anyone.
func (l *Local) noticeOOM(k *kernel) {
	k.mu.Lock()
	group, ending := k.record.Group, k.record.Ending
	k.mu.Unlock()
	if group == nil || ending != "" {
		return
	}
	if kills, err := group.OOMKills(); err == nil && kills > 0 {
		l.log.Info("a kernel ran out of memory", "kernel", k.id)
		l.end(k, EndMemory, 0)
	}
}

// forksOfABomb is how many refused processes make a fork bomb. Programs that
// reach the limit by accident give up or wait long before.
const forksOfABomb = 32

// noticeForks ends a kernel that keeps starting processes at its limit.
func (l *Local) noticeForks(k *kernel) {
	k.mu.Lock()
	group, ending := k.record.Group, k.record.Ending
	k.mu.Unlock()
	if group == nil || ending != "" {
		return
	}
	if refused, err := group.ForksRefused(); err == nil && refused >= forksOfABomb {
		l.log.Info("a kernel has a fork bomb", "kernel", k.id, "refused", refused)
		l.end(k, EndProcesses, 0)
	}
}

// noticeDisk ends a kernel that holds more on disk than it may.
func (l *Local) noticeDisk(k *kernel) {
	k.mu.Lock()
	ending, used := k.record.Ending, k.series.last.scratch
	k.mu.Unlock()
	if k.spec.Disk > 0 && ending == "" && used > k.spec.Disk {
		l.log.Info("a kernel is over its limit on disk", "kernel", k.id, "used", used, "limit", k.spec.Disk)
		l.end(k, EndDisk, 0)
	}
}

// limitMemory is the watchdog: it ends kernels that use more memory than they
// may, as far as resident memory tells. CPU time it cannot limit.
func (l *Local) limitMemory(running []*kernel) {
	if len(running) == 0 {
		return
	}
	all, err := procfs.Processes()
	if err != nil {
		return
	}
	for _, k := range running {
		k.mu.Lock()
		limit, pid, ending := k.spec.Memory, k.record.PID, k.record.Ending
		life := k.life
		k.mu.Unlock()
		if limit == 0 || ending != "" {
			continue
		}
		if _, used := total(procfs.Tree(all, pid)); used > limit {
			l.log.Info("a kernel is over its memory limit", "kernel", k.id, "used", used, "limit", limit)
			l.end(k, EndMemory, 0)
			life.process.kill()
		}
	}
}
