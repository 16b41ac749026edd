//go:build !js

package logview

// Outside of a browser there is no document; most functions do nothing.

func watchScroll(func()) (stop func())             { return func() {} }
func measured() (s sizes, scroll float64, ok bool) { return sizes{}, 0, false }
func placeRows(_, _, _ float64, _ int, _ bool)     {}
func colorRules(style)                             {}

// afterOthers calls f: there is nobody to wait for.
func afterOthers(f func()) { go f() }
