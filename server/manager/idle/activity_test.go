package idle

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestWhenASessionWasLastUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := NewActivity(time.Now)
		since := func(want time.Duration, why string) {
			t.Helper()
			assert.Equal(t, want, time.Since(a.Last("s")), why)
		}
		since(0, "nobody watched before")
		time.Sleep(time.Hour)
		since(time.Hour, "never used")
		c := a.Open("s")
		time.Sleep(4 * time.Minute)
		since(0, "in use")
		c.Packet()
		time.Sleep(8 * time.Minute)
		since(3*time.Minute, "a silent connection is none after five minutes")
		c.Packet()
		since(0, "it speaks again")
		c.Close()
		time.Sleep(time.Minute)
		since(time.Minute, "closed")
		a.Touch("s")
		since(0, "used in another way")
		time.Sleep(time.Hour)
		a.keep(map[string]bool{"other": true})
		since(0, "forgotten")
	})
}
