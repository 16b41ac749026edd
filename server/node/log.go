//go:build linux

package node

import (
	"context"
	"errors"
	"io"
	"os"
)

// Log returns what the kernel's processes wrote, at most limit bytes from the
// end; cut reports that there was more. A limit of 0 or less means all that is
// kept. Messages of the kernel's start are not in it.
func (l *Local) Log(ctx context.Context, id string, limit int64) (log []byte, cut bool, err error) {
	k, err := l.find(id)
	if err != nil {
		return nil, false, err
	}
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	return tail(k.path(fileLog), limit, l.logLimit)
}

// readTail is tail for who does not care whether there was more.
func readTail(path string, limit, kept int64) ([]byte, error) {
	data, _, err := tail(path, limit, kept)
	return data, err
}

// tail reads the end of a log of which the last kept bytes are there; before
// them the file has holes.
func tail(path string, limit, kept int64) (log []byte, cut bool, err error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, false, nil // it never started
	}
	if err != nil {
		return nil, false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, false, err
	}
	if limit <= 0 || limit > kept {
		limit = kept
	}
	start := max(0, info.Size()-limit)
	log, err = io.ReadAll(io.NewSectionReader(file, start, info.Size()-start))
	return log, start > 0, err
}
