package machine

import "syscall"

// DiskUse tells the bytes of the disk that a folder lies on: used, and all that
// an ordinary process can have.
func DiskUse(folder string) (used, total int64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, 0, false
	}
	block := int64(s.Bsize)
	used = int64(s.Blocks-s.Bfree) * block
	return used, used + int64(s.Bavail)*block, true
}
