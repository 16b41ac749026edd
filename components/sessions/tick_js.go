//go:build js

package sessions

import (
	"strconv"
	"syscall/js"
	"time"

	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/session"
)

// ticker keeps running times running. It writes the text of the time elements
// itself, once a second and only where it changed: drawing the table again for
// that would cost a hundred times as much.
type ticker struct{ stop chan struct{} }

// Start begins to tick, if it does not yet.
func (t *ticker) Start() {
	if t.stop != nil {
		return
	}
	stop := make(chan struct{})
	t.stop = stop
	go func() {
		second := time.NewTicker(time.Second)
		defer second.Stop()
		for {
			select {
			case <-stop:
				return
			case <-second.C:
				t.tick(time.Now())
			}
		}
	}()
}

// Stop ends the ticking.
func (t *ticker) Stop() {
	if t.stop != nil {
		close(t.stop)
		t.stop = nil
	}
}

func (t *ticker) tick(now time.Time) {
	defer func() { _ = recover() }() // an element that is gone is no reason to end the program
	times := js.Global().Get("document").Call("querySelectorAll", "time[data-since], time[data-ends]")
	for i, n := 0, times.Length(); i < n; i++ {
		element := times.Index(i)
		data := element.Get("dataset")
		if ends := data.Get("ends"); !ends.IsUndefined() {
			if text := session.Countdown(max(unixTime(ends).Sub(now), 0)); element.Get("textContent").String() != text {
				element.Set("textContent", text)
			}
			continue
		}
		text := facts.FormatElapsed(facts.Elapsed(unixTime(data.Get("since")), unixTime(data.Get("until")), now))
		if element.Get("textContent").String() != text {
			element.Set("textContent", text)
		}
	}
}

// unixTime reads a data attribute written by unixText.
func unixTime(v js.Value) time.Time {
	if v.Type() != js.TypeString {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(v.String(), 10, 64)
	if err != nil || seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}
