package inside

import (
	"io/fs"
	"syscall"
	"time"
)

// nonBlocking lets the opening of a pipe not wait for its other end.
const nonBlocking = syscall.O_NONBLOCK

func describe(info fs.FileInfo) File {
	file := File{Name: info.Name(), Mode: info.Mode(), Size: info.Size(), Modified: info.ModTime()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		file.Changed, file.Accessed = time.Unix(stat.Ctim.Unix()), time.Unix(stat.Atim.Unix())
	}
	return file
}
