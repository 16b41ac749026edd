//go:build !linux

package machine

// DiskUse is not known here; see the package comment.
func DiskUse(string) (used, total int64, ok bool) { return 0, 0, false }
