// Package usage tells what sessions have used: per month and per period for
// administrators, and in bins of a quarter of an hour over the last 30 days for
// the statistics of one user or of everybody.
//
// The answers are those of manager 24.09 (/resource/usage and /resource/stats),
// computed from the rows of sessions and kernels when they are asked for. Their
// cost grows with the kernels that were there in the time asked for, not with all
// that ever were; a report is refused beyond a number of kernels, and few are made
// at a time.
package usage
