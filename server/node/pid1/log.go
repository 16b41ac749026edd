//go:build linux

package pid1

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// capped collects what the kernel's processes write into a file of which only
// the last limit bytes keep their place on disk. The file's length still counts
// every byte written, so a reader sees from it that the beginning was cut.
type capped struct {
	file    *os.File
	limit   int64
	readers sync.WaitGroup

	mu      sync.Mutex
	written int64
	freed   int64 // everything before this offset has been given back
	full    bool  // the file system cannot give back; nothing more is kept
}

// freeStep is how much is given back at a time.
const freeStep = 1 << 20

func newCapped(file *os.File, limit int64) (*capped, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("kernel log: %w", err)
	}
	// After a restart of the kernel the log goes on.
	return &capped{file: file, limit: limit, written: info.Size()}, nil
}

// writer gives the file for a process's standard output.
func (c *capped) writer() (*os.File, error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return nil, err
	}
	// The command may open /dev/stdout anew, which checks the pipe's mode.
	if err := unix.Fchmod(ends[1], 0o622); err != nil {
		return nil, err
	}
	from := os.NewFile(uintptr(ends[0]), "output")
	c.readers.Go(func() { c.copy(from) })
	return os.NewFile(uintptr(ends[1]), "output"), nil
}

// finish returns when everything that was written has been kept. All writers
// must be gone.
func (c *capped) finish() { c.readers.Wait() }

func (c *capped) copy(from *os.File) {
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			c.keep(buffer[:n])
		}
		if err == io.EOF || (err != nil && n == 0) {
			return
		}
	}
}

// keep appends to the log. A full disk loses output but never stops the kernel.
func (c *capped) keep(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.full {
		return
	}
	n, _ := c.file.Write(data)
	c.written += int64(n)
	if c.written-c.freed < c.limit+freeStep {
		return
	}
	free := (c.written - c.limit) &^ 4095
	err := unix.Fallocate(int(c.file.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, c.freed, free-c.freed)
	if err != nil {
		c.full = true
		fmt.Fprintf(c.file, "\n[the log ends here: it may not grow beyond %d bytes]\n", c.limit)
		return
	}
	c.freed = free
}
