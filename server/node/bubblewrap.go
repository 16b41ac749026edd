//go:build linux

package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/cgroup"
	"github.com/baiui/baiui/server/node/pid1"
	"github.com/baiui/baiui/server/node/procfs"
)

// findBubblewrap looks for bubblewrap.
func (l *Local) findBubblewrap() error {
	if l.root {
		return errors.New("it is for servers that do not run as root")
	}
	found, err := exec.LookPath("bwrap")
	if err != nil {
		return errors.New("bubblewrap is not installed")
	}
	l.bubblewrap, err = filepath.Abs(found)
	return err
}

// openBubbleSources opens what bubblewrap is to show, in the order of the binds.
func (l *Local) openBubbleSources(k *kernel, binds []pid1.Bind) (sources []*os.File, err error) {
	for i := range binds {
		var fd int
		if binds[i].Folder {
			if err = linkless(k.path(dirHome), binds[i].Target); err == nil {
				fd, err = pid1.OpenSource(binds[i])
			}
		} else {
			fd, err = unix.Open(binds[i].Source, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		}
		if err != nil {
			return sources, fmt.Errorf("cannot show %s: %w", binds[i].Target, err)
		}
		sources = append(sources, os.NewFile(uintptr(fd), binds[i].Source))
	}
	return sources, nil
}

// linkless refuses a target in the home that leads over a symbolic link: the home
// is the user's, and bubblewrap would follow it. Nothing runs in the kernel yet
// that could change it.
func linkless(home, target string) error {
	inside, found := strings.CutPrefix(target, homeInside+"/")
	for at := home; found && inside != ""; {
		var part string
		part, inside, _ = strings.Cut(inside, "/")
		at = filepath.Join(at, part)
		info, err := os.Lstat(at)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return fmt.Errorf("%s in the home is not a directory", part)
		}
	}
	return nil
}

// bubbleArguments are bubblewrap's, for the same file system that the init process
// otherwise makes itself. The files of /etc that every kernel has of its own are
// in a directory of the host.
func (l *Local) bubbleArguments(k *kernel, config pid1.Config, status int) ([]string, error) {
	etc, err := k.writeEtc(config)
	if err != nil {
		return nil, err
	}
	arguments := []string{
		"bwrap", "--unshare-user", "--uid", strconv.Itoa(workID), "--gid", strconv.Itoa(workID), "--unshare-pid", "--as-pid-1",
		"--unshare-net", "--unshare-ipc", "--unshare-cgroup", "--unshare-uts", "--hostname", config.Hostname,
		"--cap-drop", "ALL", "--info-fd", strconv.Itoa(status),
	}
	add := func(words ...string) { arguments = append(arguments, words...) }
	for _, dir := range pid1.SystemDirs() {
		info, err := os.Lstat(dir)
		if err != nil {
			continue
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			add("--ro-bind", dir, dir)
		} else if to, err := os.Readlink(dir); err == nil {
			add("--symlink", to, dir)
		}
	}
	for _, path := range pid1.SharedFiles() {
		add("--ro-bind-try", path, path)
	}
	for _, file := range etc {
		add("--ro-bind", file, "/etc/"+filepath.Base(file))
	}
	tmpfs := func(at string, size int64) {
		add("--perms", "1777", "--size", strconv.FormatInt(size, 10), "--tmpfs", at)
	}
	add("--dev", "/dev")
	tmpfs("/dev/shm", config.Root.ShmSize)
	add("--proc", "/proc")
	tmpfs("/tmp", config.Root.TmpSize)
	tmpfs("/run", 16<<20)
	add("--dir", "/var", "--symlink", "../tmp", "/var/tmp", "--symlink", "../run", "/var/run")
	for i, bind := range config.Root.Binds {
		how := "--ro-bind-fd"
		if bind.Writable {
			how = "--bind-fd"
		}
		add(how, strconv.Itoa(pid1.FDBinds+i), bind.Target)
	}
	add("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--",
		fmt.Sprintf("/proc/self/fd/%d", pid1.FDBinary), pid1.StageSetup, k.id)
	return arguments, nil
}

// writeEtc writes the files of /etc that are the kernel's own.
func (k *kernel) writeEtc(config pid1.Config) (paths []string, err error) {
	dir := k.path(dirEtc)
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	for name, content := range pid1.OwnEtc(config) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// bubblePatience bounds the time bubblewrap takes to say which process it made.
const bubblePatience = 10 * time.Second

// forkInBubble starts the init process with bubblewrap, which stays beside it to
// wait for its end and needs nothing of the server for that.
func (l *Local) forkInBubble(k *kernel, config pid1.Config, files []*os.File, group *cgroup.Group) (*process, error) {
	said, say, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer said.Close()
	defer say.Close()
	arguments, err := l.bubbleArguments(k, config, len(files))
	if err != nil {
		return nil, err
	}
	wrong, err := os.OpenFile(k.path(fileBubble), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer wrong.Close()
	descriptors := make([]uintptr, len(files), len(files)+1)
	for i, file := range files {
		descriptors[i] = file.Fd()
	}
	descriptors[2] = wrong.Fd() // what bubblewrap complains about; the command has a log of its own
	attributes := &syscall.SysProcAttr{Setsid: true}
	if group != nil && group.Version == cgroup.V2 {
		dir, err := os.Open(group.Dirs[""])
		if err != nil {
			return nil, err
		}
		defer dir.Close()
		attributes.UseCgroupFD, attributes.CgroupFD = true, int(dir.Fd())
	}
	wrapper, err := syscall.ForkExec(l.bubblewrap, arguments, &syscall.ProcAttr{
		Env: initEnvironment(), Files: append(descriptors, say.Fd()), Sys: attributes,
	})
	runtime.KeepAlive(files)
	if err != nil {
		return nil, fmt.Errorf("cannot start bubblewrap: %w", err)
	}
	// It ends with the kernel, whoever is there then.
	go func() { _, _ = syscall.Wait4(wrapper, nil, 0, nil) }()
	say.Close()
	started, err := initOf(wrapper, said)
	if err != nil {
		_ = syscall.Kill(wrapper, syscall.SIGKILL)
		complaint, _ := readTail(k.path(fileBubble), serviceTail, serviceTail)
		return nil, fmt.Errorf("bubblewrap: %w: %s", err, strings.TrimSpace(string(complaint)))
	}
	return started, nil
}

// initOf opens the process that bubblewrap says it has made.
func initOf(wrapper int, said *os.File) (*process, error) {
	_ = said.SetReadDeadline(time.Now().Add(bubblePatience))
	var status struct {
		PID int `json:"child-pid"`
	}
	if err := json.NewDecoder(io.LimitReader(said, 4<<10)).Decode(&status); err != nil {
		return nil, errors.New("it did not start the kernel")
	}
	fd, err := unix.PidfdOpen(status.PID, unix.PIDFD_NONBLOCK)
	if err != nil {
		return nil, err
	}
	// After the open, so that it is this process and no later one of its number.
	stat, err := procfs.Read(status.PID)
	if err != nil || stat.Parent != wrapper {
		unix.Close(fd)
		return nil, errGone
	}
	return newProcess(status.PID, fd)
}
