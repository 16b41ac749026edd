//go:build linux

package node

import (
	"errors"
	"fmt"

	"github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/pid1"
)

// landlockVersion is the version of Landlock this Linux has.
func landlockVersion() (int, error) {
	version, err := syscall.LandlockGetABIVersion()
	switch {
	case errors.Is(err, unix.ENOSYS):
		return 0, errors.New("this Linux has no Landlock")
	case errors.Is(err, unix.EOPNOTSUPP):
		return 0, errors.New("this Linux has Landlock switched off")
	case err != nil:
		return 0, fmt.Errorf("landlock: %w", err)
	}
	return version, nil
}

// bounds are what a kernel is kept to with Landlock, nil without it.
func (l *Local) bounds(k *kernel, binds []pid1.Bind) *pid1.Bounds {
	if l.info.Landlock == 0 {
		return nil
	}
	if l.info.Isolation == IsolationNone {
		return l.hostBounds(k)
	}
	// All of its own root, which has nothing else in it.
	bounds := &pid1.Bounds{ReadOnly: []string{"/"}, Writable: []string{"/tmp", "/run", "/dev", "/proc"}}
	for _, bind := range binds {
		if bind.Writable && !bind.Changes || bind.Overlay != "" {
			bounds.Writable = append(bounds.Writable, bind.Target)
		}
	}
	return bounds
}

// hostBounds are those of a kernel that sees the host's files: its home and what
// is not private on any machine. The server's data is not among it.
func (l *Local) hostBounds(k *kernel) *pid1.Bounds {
	bounds := &pid1.Bounds{Writable: []string{k.path(dirHome), "/tmp", "/dev", "/proc"}}
	for _, dir := range append([]string{
		"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/run", "/sys", "/nix",
	}, l.readOnly...) {
		if !below(l.dir, dir) {
			bounds.ReadOnly = append(bounds.ReadOnly, dir)
		}
	}
	return bounds
}
