//go:build linux

package cgroup

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Limits bound what a group uses. Zero means no limit.
type Limits struct {
	CPU       float64 // cores
	Memory    int64   // bytes
	Processes int     // threads count too
}

// Group is the control group of one kernel.
type Group struct {
	Version int `json:"version"`
	// Dirs are the directories by controller, "" for version 2.
	Dirs map[string]string `json:"dirs"`
}

// Usage is what the processes of a group have used.
type Usage struct {
	CPU    time.Duration
	Memory int64 // bytes, without files that can be dropped at any time
}

// cpuPeriod is the period of the CPU quota in microseconds.
const cpuPeriod = 100_000

// leastQuota is the smallest CPU quota that Linux takes, in microseconds: a
// hundredth of a processor.
const leastQuota = 1_000

// quotaOf is the CPU quota of a number of processors.
func quotaOf(processors float64) string {
	return strconv.FormatInt(max(int64(processors*cpuPeriod), leastQuota), 10)
}

// Create makes a group.
func (h *Hierarchy) Create(id string, limits Limits) (*Group, error) {
	g := &Group{Version: h.Version, Dirs: make(map[string]string)}
	for controller, base := range h.bases {
		dir := filepath.Join(base, id)
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, errors.Join(err, g.Remove())
		}
		g.Dirs[controller] = dir
	}
	if err := g.limit(limits); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot set the limits: %w", err), g.Remove())
	}
	return g, nil
}

func (g *Group) limit(limits Limits) error {
	if err := g.SetCPU(limits.CPU); err != nil {
		return err
	}
	var settings []setting
	memory := strconv.FormatInt(limits.Memory, 10)
	processes := strconv.Itoa(limits.Processes)
	switch g.Version {
	case V1:
		if limits.Memory > 0 {
			settings = append(settings, setting{"memory", "memory.limit_in_bytes", memory})
			// Present only where swap is accounted; then no swap on top.
			if _, err := os.Stat(g.file("memory", "memory.memsw.limit_in_bytes")); err == nil {
				settings = append(settings, setting{"memory", "memory.memsw.limit_in_bytes", memory})
			}
		}
		if limits.Processes > 0 {
			settings = append(settings, setting{"pids", "pids.max", processes})
		}
	case V2:
		if limits.Memory > 0 {
			settings = append(settings, setting{"", "memory.max", memory}, setting{"", "memory.oom.group", "1"})
			if _, err := os.Stat(g.file("", "memory.swap.max")); err == nil {
				settings = append(settings, setting{"", "memory.swap.max", "0"})
			}
		}
		if limits.Processes > 0 {
			settings = append(settings, setting{"", "pids.max", processes})
		}
	}
	return g.set(settings...)
}

// SetCPU limits the processors of a group; 0 leaves the limit as it is.
func (g *Group) SetCPU(cores float64) error {
	if cores <= 0 {
		return nil
	}
	quota, period := quotaOf(cores), strconv.Itoa(cpuPeriod)
	if g.Version == V2 {
		return g.set(setting{"", "cpu.max", quota + " " + period})
	}
	return g.set(setting{"cpu", "cpu.cfs_period_us", period}, setting{"cpu", "cpu.cfs_quota_us", quota})
}

// setting is what is to be written to a control file.
type setting struct{ controller, file, value string }

func (g *Group) set(settings ...setting) error {
	for _, s := range settings {
		if err := write(g.file(s.controller, s.file), s.value); err != nil {
			return err
		}
	}
	return nil
}

func (g *Group) file(controller, name string) string {
	if g.Version == V2 {
		controller = ""
	}
	return filepath.Join(g.Dirs[controller], name)
}

// Add moves a process into the group.
func (g *Group) Add(pid int) error {
	for controller := range g.Dirs {
		if err := write(g.file(controller, "cgroup.procs"), strconv.Itoa(pid)); err != nil {
			return err
		}
	}
	return nil
}

// Processes lists the processes in the group.
func (g *Group) Processes() ([]int, error) {
	return readPIDs(g.file("pids", "cgroup.procs"))
}

// Usage measures the group.
func (g *Group) Usage() (Usage, error) {
	var cpuFile, cpuKey, memoryFile, cacheKey = "cpuacct.usage", "", "memory.usage_in_bytes", "total_inactive_file"
	unit := time.Nanosecond
	if g.Version == V2 {
		cpuFile, cpuKey, memoryFile, cacheKey, unit = "cpu.stat", "usage_usec", "memory.current", "inactive_file", time.Microsecond
	}
	cpu, err := readNumber(g.file("cpuacct", cpuFile), cpuKey)
	if err != nil {
		return Usage{}, err
	}
	memory, err := readNumber(g.file("memory", memoryFile), "")
	if err != nil {
		return Usage{}, err
	}
	cache, err := readNumber(g.file("memory", "memory.stat"), cacheKey)
	if err != nil {
		return Usage{}, err
	}
	return Usage{CPU: time.Duration(cpu) * unit, Memory: max(memory-cache, 0)}, nil
}

// OOMKills counts the processes killed because the group was out of memory.
func (g *Group) OOMKills() (int64, error) {
	name := "memory.oom_control"
	if g.Version == V2 {
		name = "memory.events"
	}
	return readNumber(g.file("memory", name), "oom_kill")
}

// ForksRefused counts the processes and threads that were not started because
// the group had too many.
func (g *Group) ForksRefused() (int64, error) {
	return readNumber(g.file("pids", "pids.events"), "max")
}

// removeTries and removeWait bound the wait for the last process to leave: it
// can still be in the group for a moment after its end was seen.
const (
	removeTries = 200
	removeWait  = 5 * time.Millisecond
)

// Remove deletes the group. Removing one that is gone is no error.
func (g *Group) Remove() error {
	var failures []error
	for _, dir := range g.Dirs {
		var err error
		for range removeTries {
			err = syscall.Rmdir(dir)
			if !errors.Is(err, syscall.EBUSY) {
				break
			}
			time.Sleep(removeWait)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			failures = append(failures, fmt.Errorf("cannot remove %s: %w", dir, err))
		}
	}
	return errors.Join(failures...)
}

// MemoryLimit is the limit on the server's own group in bytes, 0 if there is
// none.
func MemoryLimit() int64 {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return 0
	}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return 0
	}
	return memoryLimit(ownDirs(parseMounts(bytes.NewReader(mounts)), string(own)))
}

func memoryLimit(dirs map[string]string) int64 {
	var lowest int64
	note := func(limit int64, err error) {
		// Version 1 writes "no limit" as the largest multiple of a page.
		if err == nil && limit > 0 && limit < 1<<62 && (lowest == 0 || limit < lowest) {
			lowest = limit
		}
	}
	if dir, mounted := dirs["memory"]; mounted {
		note(readNumber(filepath.Join(dir, "memory.stat"), "hierarchical_memory_limit"))
	}
	// Version 2 does not tell what the groups above allow; they are asked.
	for dir := dirs[""]; len(dir) > 1; dir = filepath.Dir(dir) {
		note(readNumber(filepath.Join(dir, "memory.max"), ""))
	}
	return lowest
}

// readNumber reads a file that holds one number, or, with a key, lines of key
// and number.
func readNumber(path, key string) (int64, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	if key == "" {
		return strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	}
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == key {
			return strconv.ParseInt(value, 10, 64)
		}
	}
	return 0, fmt.Errorf("%s has no %s", path, key)
}

// readPIDs reads a list of process IDs, one to a line.
func readPIDs(path string) ([]int, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []int
	for field := range strings.FieldsSeq(string(data)) {
		pid, err := strconv.Atoi(field)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		list = append(list, pid)
	}
	return list, nil
}
