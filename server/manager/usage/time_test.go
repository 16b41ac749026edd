package usage

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestDurationsAreSpelledAsInPython(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0:00:00":                 0,
		"0:00:01.500000":          1500 * time.Millisecond,
		"9:59:59":                 10*time.Hour - time.Second,
		"1 day, 2:03:04":          26*time.Hour + 3*time.Minute + 4*time.Second,
		"12 days, 0:00:00.000001": 12*24*time.Hour + time.Microsecond,
	} {
		assert.Equal(t, want, clock(d))
	}
}

func TestUsedDaysAreThoseOfTheCalendar(t *testing.T) {
	at := time.Date(2026, 1, 31, 23, 59, 0, 0, time.UTC)
	text, days := spent(at, at.Add(2*time.Minute))
	assert.Equal(t, "0:02:00", *text)
	assert.Equal(t, 2, *days)
	text, days = spent(at, time.Time{})
	assert.Nil(t, text)
	assert.Nil(t, days)
}
