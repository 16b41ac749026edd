//go:build linux

package node

import (
	"io/fs"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// scratchEvery is the least time between two looks through a kernel's files.
	scratchEvery = 10 * time.Second
	// limitedEvery is the same where their size is limited.
	limitedEvery = time.Second
	// scratchFiles bounds one look; larger trees are reported as large as what
	// was seen. Those with a limit are looked through further.
	scratchFiles, limitedFiles = 20_000, 1_000_000
)

// scratch knows how much disk space a kernel takes.
type scratch struct {
	bytes int64
	next  time.Time
}

// size gives the space in bytes, measured again now and then. The slower the
// walk, the rarer: at most a hundredth of the time is spent on it.
func (s *scratch) size(now time.Time, limited bool, dirs ...string) int64 {
	if now.Before(s.next) {
		return s.bytes
	}
	started := time.Now()
	every, files := scratchEvery, scratchFiles
	if limited {
		every, files = limitedEvery, limitedFiles
	}
	s.bytes = 0
	for _, dir := range dirs {
		s.bytes += diskUse(dir, files)
	}
	s.next = now.Add(max(every, 100*time.Since(started)))
	return s.bytes
}

// diskUse adds up the blocks of all files below dir, each once however many
// names it has.
func diskUse(dir string, most int) int64 {
	type inode struct{ device, number uint64 }
	seen := make(map[inode]bool)
	var bytes int64
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if most--; most < 0 {
			return fs.SkipAll
		}
		if err != nil {
			return nil // what cannot be read is not counted
		}
		info, err := entry.Info()
		if err != nil {
			return nil
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return nil
		}
		if stat.Nlink > 1 && !entry.IsDir() {
			id := inode{uint64(stat.Dev), stat.Ino}
			if seen[id] {
				return nil
			}
			seen[id] = true
		}
		bytes += stat.Blocks * 512
		return nil
	})
	return bytes
}
