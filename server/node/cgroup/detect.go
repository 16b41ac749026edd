//go:build linux

package cgroup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// The versions of control groups.
const (
	V1 = 1
	V2 = 2
)

// needed1 are the version 1 controllers without which the limits would be
// incomplete.
var needed1 = [...]string{"memory", "cpu", "cpuacct", "pids"}

// Hierarchy is where a server makes groups for its kernels.
type Hierarchy struct {
	Version int
	// bases is the directory below which groups are made, by controller; for
	// version 2 there is one, under "".
	bases map[string]string
}

// Detect finds a usable hierarchy and prepares it; name is the directory made
// in it. The error says why there is none.
func Detect(name string) (*Hierarchy, error) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	dirs := ownDirs(parseMounts(strings.NewReader(string(mounts))), string(own))
	h2, err2 := prepare2(dirs[""], name, os.Getpid())
	if err2 == nil {
		return h2, nil
	}
	h1, err1 := prepare1(dirs, name)
	if err1 == nil {
		return h1, nil
	}
	return nil, fmt.Errorf("cgroup v2: %w; cgroup v1: %w", err2, err1)
}

// mount is one mounted hierarchy.
type mount struct {
	controller string // "" for version 2
	root, at   string
}

// parseMounts reads the hierarchies from /proc/self/mountinfo.
func parseMounts(mountinfo io.Reader) []mount {
	var mounts []mount
	lines := bufio.NewScanner(mountinfo)
	for lines.Scan() {
		before, after, found := strings.Cut(lines.Text(), " - ")
		place, kind := strings.Fields(before), strings.Fields(after)
		if !found || len(place) < 5 || len(kind) < 3 {
			continue
		}
		switch kind[0] {
		case "cgroup2":
			mounts = append(mounts, mount{root: place[3], at: place[4]})
		case "cgroup":
			for option := range strings.SplitSeq(kind[2], ",") {
				if slices.Contains(needed1[:], option) {
					mounts = append(mounts, mount{controller: option, root: place[3], at: place[4]})
				}
			}
		}
	}
	return mounts
}

// ownDirs gives the directory of this process's group by controller, from
// /proc/self/cgroup.
func ownDirs(mounts []mount, own string) map[string]string {
	paths := make(map[string]string)
	for line := range strings.Lines(own) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		for controller := range strings.SplitSeq(parts[1], ",") {
			paths[controller] = parts[2]
		}
	}
	dirs := make(map[string]string)
	for _, m := range mounts {
		path, known := paths[m.controller]
		if !known {
			continue
		}
		// In a container the mount may show only a part of the hierarchy.
		if relative, err := filepath.Rel(m.root, path); err == nil && filepath.IsLocal(relative) {
			path = relative
		}
		dirs[m.controller] = filepath.Join(m.at, path)
	}
	return dirs
}

// prepare1 makes the base directories in every needed controller.
func prepare1(dirs map[string]string, name string) (*Hierarchy, error) {
	h := &Hierarchy{Version: V1, bases: make(map[string]string)}
	for _, controller := range needed1 {
		dir, mounted := dirs[controller]
		if !mounted {
			return nil, fmt.Errorf("the controller %q is not mounted", controller)
		}
		base := filepath.Join(dir, name)
		if err := os.Mkdir(base, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, err
		}
		h.bases[controller] = base
	}
	return h, nil
}

// prepare2 enables the needed controllers for groups below dir.
func prepare2(dir, name string, self int) (*Hierarchy, error) {
	if dir == "" {
		return nil, errors.New("not mounted")
	}
	available, err := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	if err != nil {
		return nil, err
	}
	controllers := strings.Fields(string(available))
	enable := "+cpu +memory +pids"
	for _, needed := range [...]string{"cpu", "memory", "pids"} {
		if !slices.Contains(controllers, needed) {
			return nil, fmt.Errorf("the controller %q is not available to the server's group", needed)
		}
	}
	base := filepath.Join(dir, name)
	if err := os.Mkdir(base, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	control := filepath.Join(dir, "cgroup.subtree_control")
	err = write(control, enable)
	if errors.Is(err, syscall.EBUSY) {
		// A group with processes of its own cannot hand controllers on. If it is
		// ours alone, we step down into a leaf.
		if err = stepDown(dir, name+"-server", self); err == nil {
			err = write(control, enable)
		}
	}
	if err == nil {
		err = write(filepath.Join(base, "cgroup.subtree_control"), enable)
	}
	if err != nil {
		os.Remove(base)
		return nil, err
	}
	return &Hierarchy{Version: V2, bases: map[string]string{"": base}}, nil
}

// stepDown moves the process self from dir into a leaf of it, unless others are
// there too.
func stepDown(dir, leaf string, self int) error {
	processes, err := readPIDs(filepath.Join(dir, "cgroup.procs"))
	if err != nil {
		return err
	}
	if len(processes) != 1 || processes[0] != self {
		return errors.New("the server shares its group with other processes")
	}
	path := filepath.Join(dir, leaf)
	if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return write(filepath.Join(path, "cgroup.procs"), strconv.Itoa(self))
}

// Close removes the base directories if no group is left in them.
func (h *Hierarchy) Close() {
	for _, base := range h.bases {
		_ = os.Remove(base)
	}
}

// write writes to a control file, which must exist already.
func write(path, value string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteString(value)
	return errors.Join(err, file.Close())
}

// Sweep removes the groups below the base directories whose name is not one to
// keep: a server that was killed between making a group and noting it down
// leaves an empty one.
func (h *Hierarchy) Sweep(keep func(id string) bool) {
	for controller, base := range h.bases {
		entries, err := os.ReadDir(base)
		if err != nil {
			continue
		}
		for _, entry := range entries {
			if entry.IsDir() && !keep(entry.Name()) {
				g := &Group{Version: h.Version, Dirs: map[string]string{controller: filepath.Join(base, entry.Name())}}
				_ = g.Remove()
			}
		}
	}
}
