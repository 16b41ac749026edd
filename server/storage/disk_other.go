//go:build !unix

package storage

import "errors"

// DiskBytes tells the bytes of the volume's disk. They are only known on Unix
// systems, where nodes run.
func (v *Volume) DiskBytes() (used, capacity int64, err error) {
	return 0, 0, wrap("disk usage", v.Dir, errors.ErrUnsupported)
}
