//go:build unix

package browse

import "syscall"

// nonBlocking opens pipes and devices without waiting for their other end.
const nonBlocking = syscall.O_NONBLOCK
