// Package machine measures the machine that this program runs on, as a whole:
// processors, memory, the disk of the data folder, network. It is what
// Agent.live_stat answers, in the metrics of manager 24.09.
//
// A [Machine] measures when it is asked, not more often than every two seconds,
// so that nothing runs while nobody looks. On systems without a Linux /proc
// there are no metrics.
package machine
