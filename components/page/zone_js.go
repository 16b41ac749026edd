//go:build js

package page

import (
	"syscall/js"
	"time"
)

// Zone is the time zone of the browser.
func Zone() *time.Location {
	date := js.Global().Get("Date").New()
	return ZoneOf(func(unix int64) int {
		date.Call("setTime", unix*1000)
		return -60 * date.Call("getTimezoneOffset").Int()
	})
}
