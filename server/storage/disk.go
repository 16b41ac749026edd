package storage

// DiskUsage is how full the volume's disk is, in percent of what its users may
// fill.
func (v *Volume) DiskUsage() (float64, error) {
	used, capacity, err := v.DiskBytes()
	if err != nil || capacity == 0 {
		return 0, err
	}
	return 100 * float64(used) / float64(capacity), nil
}
