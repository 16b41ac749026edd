// Package cgroup limits and measures the processes of a kernel with Linux
// control groups, of version 2 where the server may use them, else of version 1.
//
// [Detect] finds out which; a [Hierarchy] makes one [Group] per kernel below the
// server's own group, so that what limits the server limits its kernels too. A
// Group can be kept as JSON and used by a later process.
package cgroup
