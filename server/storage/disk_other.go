//go:build !unix

package storage

import "errors"

// DiskUsage is how full the volume's disk is, in percent. It is only known on
// Unix systems, where nodes run.
func (v *Volume) DiskUsage() (float64, error) {
	return 0, wrap("disk usage", v.Dir, errors.ErrUnsupported)
}
