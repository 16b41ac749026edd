// Package nodetest has a node for tests: kernels that run until they are told
// otherwise, without a process behind them.
package nodetest
