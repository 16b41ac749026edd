// Package procfs reads from Linux's /proc what a node needs to know of
// processes: who descends from whom, when they started, and what they use.
package procfs
