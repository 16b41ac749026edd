//go:build linux

package node

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/pid1"
	"github.com/baiui/baiui/server/node/procfs"
)

// open opens everything the init process inherits, in the order of its
// descriptors, and this side of the socket to it. Files are returned also with
// an error.
func (l *Local) open(k *kernel) (files []*os.File, sync *os.File, config pid1.Config, err error) {
	add := func(file *os.File, err error) error {
		if err == nil {
			files = append(files, file)
		}
		return err
	}
	for range 3 {
		if err := add(os.OpenFile(os.DevNull, os.O_RDWR, 0)); err != nil {
			return files, nil, config, err
		}
	}
	if err := add(again(l.binary)); err != nil {
		return files, nil, config, err
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return files, nil, config, err
	}
	files = append(files, os.NewFile(uintptr(pair[1]), "sync"))
	if err := unix.SetNonblock(pair[0], true); err != nil {
		unix.Close(pair[0])
		return files, nil, config, err
	}
	sync = os.NewFile(uintptr(pair[0]), "sync")
	binds, trees, err := l.binds(k)
	config = l.config(k, binds)
	if err == nil {
		config.HostKey, err = k.hostKey()
	}
	if err == nil {
		err = add(configFile(config))
	}
	if err == nil {
		err = add(os.OpenFile(k.path(fileLog), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600))
	}
	if err == nil {
		err = add(os.OpenFile(k.path(fileInit), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600))
	}
	if err == nil {
		err = add(listenUnix(k.dir, fileControl))
	}
	files = append(files, trees...)
	if err != nil {
		sync.Close()
		return files, nil, config, err
	}
	return files, sync, config, nil
}

// binds lists the host's trees to show. As root they are opened here, because
// the kernel's user can reach neither the data directory nor other private
// places; else the kernel's user is the server's and opens them itself.
func (l *Local) binds(k *kernel) (binds []pid1.Bind, trees []*os.File, err error) {
	if l.info.Isolation == IsolationNone {
		return nil, nil, nil
	}
	binds = []pid1.Bind{{Source: k.path(dirHome), Target: homeInside, Writable: true}}
	if l.overlaid(k) {
		binds = append(binds, l.overlays(k)...)
	} else {
		for _, dir := range l.readOnly {
			binds = append(binds, pid1.Bind{Source: dir, Target: dir})
		}
	}
	if l.info.Isolation == IsolationBubblewrap {
		folders, err := l.folders(k)
		if err != nil {
			return nil, nil, err
		}
		binds = append(binds, folders...)
		trees, err = l.openBubbleSources(k, binds)
		return binds, trees, err
	}
	for i := range binds {
		if !l.root {
			break
		}
		fd, err := l.openTree(binds[i])
		if err != nil {
			return nil, trees, fmt.Errorf("cannot show %s: %w", binds[i].Source, err)
		}
		binds[i].FD = fd
		trees = append(trees, os.NewFile(uintptr(fd), binds[i].Source))
	}
	folders, err := l.folders(k)
	for _, folder := range folders {
		if l.root {
			trees = append(trees, os.NewFile(uintptr(folder.FD), folder.Source))
		}
		binds = append(binds, folder)
	}
	for i := range trees {
		// From here on the number the init process knows it by.
		binds[i].FD = pid1.FDBinds + i
	}
	return binds, trees, err
}

// config is what the init process is told.
func (l *Local) config(k *kernel, binds []pid1.Bind) pid1.Config {
	config := pid1.Config{
		KernelID: k.id, Hostname: k.spec.Hostname, Command: k.spec.Command,
		Env: map[string]string{"PATH": l.path}, Dir: homeInside,
		Isolated: true, Furnished: l.info.Isolation == IsolationBubblewrap, Bounds: l.bounds(k, binds), SwitchUser: l.root, UID: workID, GID: workID,
		Root:    pid1.Root{Binds: binds, ShmSize: k.spec.Shm, TmpSize: k.spec.Memory},
		Network: networkOf(k.spec), OpenFiles: openFiles, LogLimit: l.logLimit, Tmux: k.spec.Tmux,
		Neighbours: l.neighbours(k),
	}
	if config.Hostname == "" {
		config.Hostname = "main1"
	}
	if config.Root.ShmSize <= 0 {
		config.Root.ShmSize = DefaultShm
	}
	if config.Root.TmpSize <= 0 {
		config.Root.TmpSize = l.memory / 4
	}
	for name, value := range k.spec.Env {
		config.Env[name] = value
	}
	if l.groups == nil {
		config.Processes = uint64(k.spec.processes())
	}
	if l.info.Isolation == IsolationNone {
		config.Isolated, config.Dir = false, k.path(dirHome)
		config.UID, config.GID = l.idBase+1, l.idBase+1
		if l.groups == nil {
			// The limit counts whatever else the user runs.
			config.Processes += uint64(procfs.Threads(l.workUID()))
		}
	}
	return config
}

const (
	// homeInside is where a kernel finds its home.
	homeInside = "/home/work"
	// workID is the user and group ID of "work" inside a kernel.
	workID = 1000
	// openFiles is the limit on open files of each process in a kernel.
	openFiles = 65536
)

// configFile gives the configuration as a file in memory: environments hold
// secrets, which belong neither on disk nor in an argument list.
func configFile(config pid1.Config) (*os.File, error) {
	data, err := config.Encode()
	if err != nil {
		return nil, err
	}
	fd, err := unix.MemfdCreate("kernel-config", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "kernel-config")
	if _, err := file.Write(data); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// listenUnix listens on a socket file. Through /proc because the path of the
// data directory may be longer than a socket address can be.
func listenUnix(dir, name string) (*os.File, error) {
	_ = os.Remove(filepath.Join(dir, name))
	at, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer at.Close()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), name)
	address := &unix.SockaddrUnix{Name: fmt.Sprintf("/proc/self/fd/%d/%s", at.Fd(), name)}
	if err = unix.Bind(fd, address); err == nil {
		err = unix.Listen(fd, 16)
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("control socket: %w", err)
	}
	return file, nil
}
