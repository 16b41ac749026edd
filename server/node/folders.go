//go:build linux

package node

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/pid1"
)

// owners makes the server's files appear as the kernels' user's. It holds the
// user namespace that ID-mapped mounts are described by.
type owners struct {
	mu   sync.Mutex
	file *os.File
}

// namespace gives a user namespace in which the server's user is the kernels'.
func (o *owners) namespace(l *Local) (*os.File, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file != nil {
		return o.file, nil
	}
	// A namespace can only be made together with a process.
	hold, release, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer hold.Close()
	defer release.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	ids := []syscall.SysProcIDMap{{ContainerID: 0, HostID: l.workUID(), Size: 1}}
	pid, err := syscall.ForkExec(nameOf(l.binary), []string{pid1.Argv0, pid1.StageHold, "-"}, &syscall.ProcAttr{
		Files: []uintptr{hold.Fd(), null.Fd(), null.Fd()},
		Sys: &syscall.SysProcAttr{
			Cloneflags: syscall.CLONE_NEWUSER, UidMappings: ids, GidMappings: ids,
			Credential: &syscall.Credential{NoSetGroups: true}, Pdeathsig: syscall.SIGKILL,
		},
	})
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		_, _ = syscall.Wait4(pid, nil, 0, nil)
	}()
	o.file, err = os.Open(fmt.Sprintf("/proc/%d/ns/user", pid))
	return o.file, err
}

func (o *owners) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file != nil {
		o.file.Close()
	}
}

// folders lists the mounts of a kernel. As root they are opened here, as
// [Local.binds] does with the rest.
func (l *Local) folders(k *kernel) (binds []pid1.Bind, err error) {
	for _, mount := range k.spec.Mounts {
		bind := pid1.Bind{
			Source: mount.Source, Subpath: mount.Subpath, Target: mount.Target, Writable: !mount.ReadOnly, Folder: true,
		}
		if l.root {
			if bind.FD, err = l.openFolder(bind); err != nil {
				return binds, fmt.Errorf("cannot mount at %s: %w", bind.Target, err)
			}
		}
		binds = append(binds, bind)
	}
	return binds, nil
}

// openFolder opens a folder so that the server's files in it are the kernels'
// user's.
func (l *Local) openFolder(bind pid1.Bind) (int, error) {
	namespace, err := l.owners.namespace(l)
	if err == nil {
		var tree int
		tree, err = pid1.OpenFolder(bind, int(namespace.Fd()))
		if err == nil || !errors.Is(err, pid1.ErrNotMapped) {
			return tree, err
		}
	}
	l.log.Warn("a folder's files are given to the kernels' user, because they cannot be shown as his", "folder", bind.Source, "error", err)
	if err := l.handOver(bind); err != nil {
		return -1, err
	}
	return pid1.OpenFolder(bind, -1)
}

// handOver gives a folder and what is in it to the kernels' user. It follows no
// link and cannot be led out of the folder, though a kernel may be changing it.
func (l *Local) handOver(bind pid1.Bind) error {
	folder, err := pid1.OpenSource(bind)
	if err != nil {
		return err
	}
	defer unix.Close(folder)
	root, err := os.OpenRoot(fmt.Sprintf("/proc/self/fd/%d", folder))
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = root.Lchown(path, l.workUID(), l.workUID())
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		return err
	})
}
