//go:build linux

package procfs

import (
	"io/fs"
	"syscall"
)

// owner gives the user ID a file belongs to, -1 if unknown.
func owner(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return -1
}
