//go:build linux

package node

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/pid1"
)

const (
	// skeletonDepth and skeletonDirs bound the directories of a tree that are
	// made in advance: down to the site-packages of a Python below a version
	// manager, the upper ones first.
	skeletonDepth, skeletonDirs = 5, 500
	// skeletonLooks bounds the directories that are looked at for it.
	skeletonLooks = 5000
)

// skeletons knows the directories of each tree that a kernel's user could put
// nothing into, because they belong to somebody who is not in the kernel. They
// are looked for once.
type skeletons struct {
	mu sync.Mutex
	by map[string][]string
}

func (s *skeletons) of(l *Local, tree string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	dirs, known := s.by[tree]
	if !known {
		dirs = l.strangers(tree)
		if s.by == nil {
			s.by = make(map[string][]string)
		}
		s.by[tree] = dirs
	}
	return dirs
}

// strangers lists the directories of a tree that do not appear as the kernels'
// user's, relative to it.
func (l *Local) strangers(tree string) []string {
	all := l.root && !l.mapped(tree)
	var found []string
	level := []string{"."}
	looks := 0
	for depth := 0; depth < skeletonDepth && len(level) > 0; depth++ {
		var next []string
		for _, dir := range level {
			entries, err := os.ReadDir(filepath.Join(tree, dir))
			if looks++; err != nil || looks > skeletonLooks {
				continue
			}
			for _, entry := range entries {
				if !entry.IsDir() {
					continue
				}
				inner := filepath.Join(dir, entry.Name())
				next = append(next, inner)
				if info, err := entry.Info(); err == nil && (all || !ownedBy(info, os.Getuid(), os.Getgid())) {
					if found = append(found, inner); len(found) >= skeletonDirs {
						return found
					}
				}
			}
		}
		level = next
	}
	return found
}

// mapped reports whether the server's files in a tree can be shown as the
// kernels' user's.
func (l *Local) mapped(tree string) bool {
	namespace, err := l.owners.namespace(l)
	if err != nil {
		return false
	}
	fd, err := pid1.OpenFolder(pid1.Bind{Source: tree}, int(namespace.Fd()))
	if err != nil {
		return false
	}
	unix.Close(fd)
	return true
}

func ownedBy(info os.FileInfo, uid, gid int) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == uid && int(stat.Gid) == gid
}

// makeSkeleton makes those directories in an upper directory, as the kernels'
// user's.
func (l *Local) makeSkeleton(tree, upper string) error {
	for _, dir := range l.skeletons.of(l, tree) {
		made := upper
		for part := range strings.SplitSeq(dir, "/") {
			made = filepath.Join(made, part)
			if _, err := os.Lstat(made); err == nil {
				continue
			}
			if err := l.giveDir(made); err != nil {
				return err
			}
			if err := os.Chmod(made, 0o755); err != nil {
				return err
			}
		}
	}
	return nil
}
