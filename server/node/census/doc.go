// Package census counts what a server and its kernels hold of the machine:
// processes, descriptors, mounts, control groups. What is more after a thousand
// sessions than before has leaked. It reads /proc, which only Linux has.
package census
