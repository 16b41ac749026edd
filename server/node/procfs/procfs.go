//go:build linux

package procfs

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Process is one line of /proc/PID/stat, as far as it is needed.
type Process struct {
	PID    int
	Parent int
	State  byte // R, S, D, Z, T ...
	// CPUTicks is the processor time of the process and of those of its children
	// that it has waited for, in clock ticks (hundredths of a second).
	CPUTicks uint64
	// StartTicks is when it started, in clock ticks since the machine did. With
	// the process ID it identifies a process until the next boot.
	StartTicks uint64
	Threads    int
	// RSSPages is the resident memory in pages.
	RSSPages int64
}

var errStat = errors.New("not a line of /proc/PID/stat")

// ParseStat parses the content of /proc/PID/stat (proc_pid_stat(5)).
func ParseStat(line string) (Process, error) {
	// The second field is the program's name in parentheses, and may itself hold
	// blanks and parentheses.
	open, shut := strings.IndexByte(line, '('), strings.LastIndexByte(line, ')')
	if open < 1 || shut < open {
		return Process{}, errStat
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line[:open]))
	if err != nil {
		return Process{}, errStat
	}
	fields := strings.Fields(line[shut+1:])
	if len(fields) < 22 || len(fields[0]) != 1 {
		return Process{}, errStat
	}
	process := Process{PID: pid, State: fields[0][0]}
	// Numbered from the field after the name, which is field 3 of the manual.
	number := func(field int) uint64 {
		value, parseErr := strconv.ParseInt(fields[field-3], 10, 64)
		if parseErr != nil {
			err = errStat
		}
		return uint64(max(value, 0))
	}
	process.Parent = int(number(4))
	process.CPUTicks = number(14) + number(15) + number(16) + number(17)
	process.Threads = int(number(20))
	process.StartTicks = number(22)
	process.RSSPages = int64(number(24))
	return process, err
}

// Read gives one process. The error is os.ErrNotExist if there is none.
func Read(pid int) (Process, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return Process{}, err
	}
	return ParseStat(string(data))
}

// Processes lists all processes that this one can see.
func Processes() ([]Process, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var processes []Process
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		// One that ended since is not an error.
		if process, err := Read(pid); err == nil {
			processes = append(processes, process)
		}
	}
	return processes, nil
}

// Tree gives the process root and all that descend from it.
func Tree(processes []Process, root int) []Process {
	children := make(map[int][]Process)
	var tree []Process
	for _, process := range processes {
		children[process.Parent] = append(children[process.Parent], process)
		if process.PID == root {
			tree = append(tree, process)
		}
	}
	for i := 0; i < len(tree); i++ {
		tree = append(tree, children[tree[i].PID]...)
	}
	return tree
}

// Threads counts the threads of all processes of a user.
func Threads(uid int) int {
	processes, err := Processes()
	if err != nil {
		return 0
	}
	threads := 0
	for _, process := range processes {
		info, err := os.Stat(fmt.Sprintf("/proc/%d", process.PID))
		if err == nil && owner(info) == uid {
			threads += process.Threads
		}
	}
	return threads
}

// HasEnv reports whether a process was started with the variable set to value.
func HasEnv(pid int, name, value string) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	return err == nil && strings.Contains("\x00"+string(data), "\x00"+name+"="+value+"\x00")
}
