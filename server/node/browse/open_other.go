//go:build !unix

package browse

// nonBlocking is for systems with pipes in their file systems.
const nonBlocking = 0
