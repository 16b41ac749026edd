//go:build unix

package storage

import "golang.org/x/sys/unix"

// DiskUsage is how full the volume's disk is, in percent of what its users may
// fill.
func (v *Volume) DiskUsage() (float64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(v.Dir, &s); err != nil {
		return 0, wrap("disk usage", v.Dir, err)
	}
	used := uint64(s.Blocks) - uint64(s.Bfree)
	if total := used + uint64(s.Bavail); total > 0 {
		return 100 * float64(used) / float64(total), nil
	}
	return 0, nil
}
