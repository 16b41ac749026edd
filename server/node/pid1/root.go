//go:build linux

package pid1

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// staging is where the new root is put together. The mount is seen by this
// process alone; the directory exists on every Linux system and may be entered
// by the kernel's unprivileged user.
const staging = "/tmp"

// systemDirs are shown read-only. Where one is a link on the host (merged /usr)
// the link is repeated.
var systemDirs = [...]string{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}

// SystemDirs lists the directories of the system that kernels are shown, beside
// single files.
func SystemDirs() []string { return slices.Clone(systemDirs[:]) }

// SharedFiles lists the files and directories of the host that kernels are shown
// beside those, as far as they exist.
func SharedFiles() []string {
	files := slices.Clone(hardware[:])
	for _, name := range shared {
		files = append(files, "/etc/"+name)
	}
	return files
}

// hardware is what programs read to learn how many processors there are.
var hardware = [...]string{"/sys/devices/system/cpu", "/sys/devices/system/node"}

// buildRoot puts the kernel's file system together and makes it the root.
func buildRoot(config Config) error {
	// What is mounted from here on must not spread to the host.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("cannot separate the mounts: %w", err)
	}
	r := root{at: staging}
	// First of all, because what lies below the staging directory is hidden once
	// something is mounted there.
	binds := make([]Bind, len(config.Root.Binds))
	for i, bind := range config.Root.Binds {
		binds[i] = r.open(bind)
	}
	r.tmpfs("", "mode=0755,size=4m,nr_inodes=4096")
	for _, dir := range systemDirs {
		r.system(dir)
	}
	for _, dir := range hardware {
		if _, err := os.Stat(dir); err == nil {
			r.bind(r.open(Bind{Source: dir, Target: dir}))
		}
	}
	r.etc(config)
	r.dev(config.Root.ShmSize)
	r.mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	r.tmpfs("/tmp", fmt.Sprintf("mode=1777,size=%d", config.Root.TmpSize))
	r.tmpfs("/run", "mode=1777,size=16m")
	r.mkdir("/var")
	r.symlink("../tmp", "/var/tmp")
	r.symlink("../run", "/var/run")
	r.mkdir("/home")
	for _, bind := range binds {
		switch {
		case bind.Folder:
			r.folder(bind, config)
		case bind.Changes:
			bind.Target = changesPlace
			r.bind(bind)
		case bind.Overlay != "":
			r.overlay(bind)
		default:
			r.bind(bind)
		}
	}
	r.remove(changesPlace)
	if r.err != nil {
		return r.err
	}
	return r.enter(config.Dir)
}

// Flags are the restrictions a tree is shown with: never set-user-ID programs,
// devices only where the bind is one.
func (b Bind) Flags() uint64 {
	flags := uint64(unix.MOUNT_ATTR_NOSUID)
	switch {
	case b.Device:
		return flags | unix.MOUNT_ATTR_NOEXEC
	case b.Writable:
		return flags | unix.MOUNT_ATTR_NODEV
	}
	return flags | unix.MOUNT_ATTR_NODEV | unix.MOUNT_ATTR_RDONLY
}

// root is a file system under construction. After the first error the other
// steps do nothing.
type root struct {
	at  string
	err error
}

func (r *root) path(target string) string { return r.at + target }

func (r *root) fail(step, target string, err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("kernel root: %s %s: %w", step, target, err)
	}
}

func (r *root) mkdir(target string) {
	if r.err == nil {
		r.fail("make", target, os.MkdirAll(r.path(target), 0o755))
	}
}

func (r *root) symlink(to, target string) {
	if r.err == nil {
		r.fail("link", target, os.Symlink(to, r.path(target)))
	}
}

func (r *root) write(target, content string) {
	if r.err == nil {
		r.fail("write", target, os.WriteFile(r.path(target), []byte(content), 0o644))
	}
}

func (r *root) mount(source, target, kind string, flags uintptr, data string) {
	r.mkdir(target)
	if r.err == nil {
		r.fail("mount "+kind+" at", target, unix.Mount(source, r.path(target), kind, flags, data))
	}
}

func (r *root) tmpfs(target, data string) {
	r.mount("tmpfs", target, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, data)
}

// system shows a directory of the host's system, if there is one.
func (r *root) system(dir string) {
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		r.fail("look at", dir, err)
	case info.Mode()&fs.ModeSymlink != 0:
		to, err := os.Readlink(dir)
		r.fail("read link", dir, err)
		r.symlink(to, dir)
	default:
		r.bind(r.open(Bind{Source: dir, Target: dir}))
	}
}

// open opens the tree of a bind, unless the server did.
func (r *root) open(bind Bind) Bind {
	if r.err == nil && bind.FD == 0 {
		var fd int
		var err error
		if bind.Folder {
			fd, err = OpenFolder(bind, -1)
		} else {
			fd, err = OpenTree(bind.Source, bind.Flags())
		}
		r.fail("open", bind.Source, err)
		bind.FD = fd
	}
	return bind
}

// bind shows an opened tree of the host, with all that is mounted below it.
func (r *root) bind(bind Bind) {
	if r.err != nil {
		return
	}
	r.target(bind.FD, bind.Target)
	if r.err == nil {
		r.fail("show", bind.Target, unix.MoveMount(bind.FD, "", unix.AT_FDCWD, r.path(bind.Target), unix.MOVE_MOUNT_F_EMPTY_PATH))
	}
	unix.Close(bind.FD)
}

// target makes the directory or the empty file that a tree is mounted on.
func (r *root) target(tree int, target string) {
	var stat unix.Stat_t
	if err := unix.Fstat(tree, &stat); err != nil {
		r.fail("look at", target, err)
		return
	}
	if stat.Mode&unix.S_IFMT == unix.S_IFDIR {
		r.mkdir(target)
		return
	}
	r.mkdir(filepath.Dir(target))
	r.write(target, "")
}

// OpenTree gives a detached copy of the mounts at path, with more restrictions:
// a set of MOUNT_ATTR flags. Needs CAP_SYS_ADMIN in the caller's user namespace.
func OpenTree(path string, flags uint64) (int, error) {
	tree, err := unix.OpenTree(unix.AT_FDCWD, path, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if err != nil {
		return -1, err
	}
	attr := &unix.MountAttr{Attr_set: flags, Propagation: unix.MS_PRIVATE}
	if err := unix.MountSetattr(tree, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, attr); err != nil {
		unix.Close(tree)
		return -1, err
	}
	return tree, nil
}

// enter makes the tree the root of this process, lets go of the host's and
// forbids writing to what was put together here.
func (r *root) enter(dir string) error {
	if err := os.Chdir(r.at); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("cannot change the root: %w", err)
	}
	// The old root now lies over the new one.
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("cannot leave the old root: %w", err)
	}
	readOnly := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	if err := unix.MountSetattr(unix.AT_FDCWD, "/", 0, readOnly); err != nil {
		return fmt.Errorf("cannot protect the root: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	if !strings.HasPrefix(dir, "/") {
		return fmt.Errorf("home %q is not an absolute path", dir)
	}
	return nil
}
