package node

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Mount shows a directory of the host in a kernel, for good: what is written to
// it stays when the kernel has gone.
//
// The files stay owned by the server's user on disk and appear as the kernel's
// user's in the kernel. As root that takes an ID-mapped mount; on file systems
// that have none (some network ones) the files are given to the kernels' host
// user instead, each time they are mounted. Files of others on disk belong to
// nobody in the kernel. Mounts take isolation.
type Mount struct {
	// Source is an absolute path of the host that the caller answers for; only
	// its last part must not be a symbolic link. What is mounted below it is not
	// shown.
	Source string
	// Subpath is a path below Source that need not be trusted: no part of it may
	// be a symbolic link. Empty for Source itself.
	Subpath string
	// Target is where the kernel finds it: below /home/work, or an absolute path
	// that is not the system's. No part of it may be a symbolic link.
	Target   string
	ReadOnly bool
}

// systemTargets are the top directories of a kernel that are not for mounts.
var systemTargets = [...]string{
	"bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "opt", "proc", "root", "run", "sbin", "sys",
	"tmp", "usr", "var",
}

// check refuses a mount that would hide or change what is not the user's.
func (m Mount) check() error {
	fail := func(reason string) error { return fmt.Errorf("mount at %q: %s", m.Target, reason) }
	switch {
	case !path.IsAbs(m.Source):
		return fail("the source is not an absolute path")
	case !path.IsAbs(m.Target) || path.Clean(m.Target) != m.Target || strings.ContainsRune(m.Target, 0):
		return fail("the target is not a clean absolute path")
	case m.Subpath != "" && (path.IsAbs(m.Subpath) || path.Clean(m.Subpath) != m.Subpath ||
		m.Subpath == ".." || strings.HasPrefix(m.Subpath, "../") || strings.ContainsRune(m.Subpath, 0)):
		return fail("the path in the source is not a clean relative path")
	}
	parts := strings.Split(m.Target[1:], "/")
	if slices.Contains(systemTargets[:], parts[0]) {
		return fail("it is a place of the system")
	}
	if m.Target == "/" || m.Target == "/home" || m.Target == "/home/work" {
		return fail("it would hide the home")
	}
	return nil
}

// maxMounts bounds the mounts of a kernel.
const maxMounts = 128

// checkMounts refuses mounts that are wrong or in each other's way.
func checkMounts(mounts []Mount) error {
	if len(mounts) > maxMounts {
		return fmt.Errorf("there are more than %d mounts", maxMounts)
	}
	for i, mount := range mounts {
		if err := mount.check(); err != nil {
			return err
		}
		for _, other := range mounts[:i] {
			if below(mount.Target, other.Target) || below(other.Target, mount.Target) {
				return fmt.Errorf("mounts at %q and %q are in each other's way", other.Target, mount.Target)
			}
		}
	}
	return nil
}

// below reports whether a path is another or lies below it.
func below(path, top string) bool { return path == top || strings.HasPrefix(path, top+"/") }
