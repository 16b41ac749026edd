// Package tasks runs what takes longer than an answer: background tasks with a
// progress that their owner can follow. They live in memory. One that the end of
// the server cut off is gone, with its work undone; what it was to make is then
// asked for again.
package tasks
