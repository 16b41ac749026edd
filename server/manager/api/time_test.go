package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestTimesAreSpelledAsTheManagerDoes(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 5, 3, 190167999, time.FixedZone("", 9*3600))
	assert.Equal(t, "2026-11-22T03:05:03.190167+00:00", ISO(at))
	assert.Equal(t, "2026-11-22 03:05:03.190167+00:00", ISOSpace(at))
	assert.Equal(t, "2026-11-22T03:05:03+00:00", ISO(at.Truncate(time.Second)))
}
