//go:build !linux

package storage

import (
	"io/fs"
	"time"
)

// changeTime is when the content was last changed: no other time is the same
// everywhere.
func changeTime(info fs.FileInfo) time.Time { return info.ModTime() }
