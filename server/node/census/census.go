package census

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/baiui/baiui/server/node"
)

// Counts is what there is at one moment.
type Counts struct {
	// Processes are those of kernels: processes of the server's own program other
	// than the server, and all that is in the kernels' control groups.
	Processes   int
	Descriptors int // open files of the server
	Mounts      int // below the data folder, as the server sees them
	Groups      int // control groups of kernels
}

// pooled is how many descriptors a server may open on demand and keep: connections
// to its database and between its parts.
const pooled = 24

// NoMoreThan reports whether nothing was left since before, but for connections
// that a server keeps.
func (c Counts) NoMoreThan(before Counts) bool {
	return c.Processes <= before.Processes && c.Descriptors <= before.Descriptors+pooled && c.Mounts <= before.Mounts && c.Groups <= before.Groups
}

// Server is whose things are counted.
type Server struct {
	Binary string // the program
	Data   string // its data folder, absolute
	PID    int    // 0: it does not run
}

// Take counts.
func (s Server) Take() (c Counts, err error) {
	kernels, err := s.Kernels()
	if err != nil {
		return c, err
	}
	seen := map[int]bool{}
	for pid := range kernels {
		seen[pid] = true
	}
	groups, err := s.groups()
	if err != nil {
		return c, err
	}
	c.Groups = len(groups)
	for _, group := range groups {
		// One that is being removed has no processes.
		list, err := os.ReadFile(filepath.Join(group, "cgroup.procs"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		for _, text := range strings.Fields(string(list)) {
			if pid, err := strconv.Atoi(text); err == nil {
				seen[pid] = true
			}
		}
	}
	c.Processes = len(seen)
	mounts := "/proc/self/mountinfo"
	if s.PID != 0 {
		mounts = fmt.Sprintf("/proc/%d/mountinfo", s.PID)
		files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.PID))
		if err != nil {
			return c, err
		}
		c.Descriptors = len(files)
	}
	list, err := os.ReadFile(mounts)
	c.Mounts = mountsBelow(string(list), s.Data)
	return c, err
}

// mountsBelow counts the lines of a mountinfo (proc(5)) that mount something on a
// folder or below it. Others mount too, at any time.
func mountsBelow(info, dir string) (count int) {
	for line := range strings.Lines(info) {
		if fields := strings.Fields(line); len(fields) > 4 && (fields[4] == dir || strings.HasPrefix(fields[4], dir+"/")) {
			count++
		}
	}
	return count
}

// Kernels finds the processes of the program besides the server and the caller,
// by process ID, with their arguments.
func (s Server) Kernels() (map[int][]string, error) {
	own, err := os.Stat(s.Binary)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	found := map[int][]string{}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == s.PID || pid == os.Getpid() {
			continue
		}
		// Any of these may have ended since, or be somebody else's.
		program, err := os.Stat(filepath.Join("/proc", entry.Name(), "exe"))
		if err != nil || !os.SameFile(own, program) {
			continue
		}
		line, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "cmdline"))
		if err == nil {
			found[pid] = strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
		}
	}
	return found, nil
}

// groups finds the control groups of kernels, in every hierarchy.
func (s Server) groups() ([]string, error) {
	name := node.GroupName(filepath.Join(s.Data, "node"))
	var found []string
	err := filepath.WalkDir("/sys/fs/cgroup", func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
			return nil
		}
		if err != nil || !entry.IsDir() || entry.Name() != name {
			return err
		}
		kernels, err := os.ReadDir(path)
		if err != nil {
			return err
		}
		for _, kernel := range kernels {
			if kernel.IsDir() {
				found = append(found, filepath.Join(path, kernel.Name()))
			}
		}
		return fs.SkipDir
	})
	return found, err
}
