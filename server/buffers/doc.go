// Package buffers lends the memory in which reverse proxies copy answers, so
// that a busy server does not make it anew for each.
package buffers
