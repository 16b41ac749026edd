// Package e2e runs the whole program as a person would meet it: the built
// bin/baiui, its embedded manager, real sessions, and Chromium.
//
// [StartServer] starts the binary on free ports with a folder of its own and
// waits until it is ready. [StartBrowser] starts one Chromium; every
// [Browser.NewPage] is a fresh profile in it, which also writes down what a
// test must know: requests, console messages, violations of the content
// security policy. A [Counter] stands before a manager and counts what reaches
// it.
//
// A test enters a world of its own, with a browser and servers that no other
// test uses meanwhile, and waits for what it needs rather than for a time: the
// machine may be far slower or faster than the one it was written on, and other
// tests run beside it. What an earlier test left in the world may end at any time.
//
// The tests have the build tag e2e, because they need the built binary, Chromium
// and axe-core: run `make test-browser`. server/bench measures with the same
// parts.
package e2e
