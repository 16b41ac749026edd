//go:build unix

package storage

import "golang.org/x/sys/unix"

// DiskBytes tells the bytes of the volume's disk: used, and all that its users may
// fill.
func (v *Volume) DiskBytes() (used, capacity int64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(v.Dir, &s); err != nil {
		return 0, 0, wrap("disk usage", v.Dir, err)
	}
	block := int64(s.Bsize)
	used = (int64(s.Blocks) - int64(s.Bfree)) * block
	return used, used + int64(s.Bavail)*block, nil
}
