package storage

import (
	"io/fs"
	"syscall"
	"time"
)

// changeTime is when the entry itself was last changed.
func changeTime(info fs.FileInfo) time.Time {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(s.Ctim.Unix())
	}
	return info.ModTime()
}
