package page

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones of the test, wherever it runs

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAZoneFollowsTheClockChangesOfItsPlace(t *testing.T) {
	for _, name := range []string{
		"UTC", "Asia/Seoul", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu",
		"Africa/Casablanca", "America/Sao_Paulo", "Pacific/Apia",
	} {
		t.Run(name, func(t *testing.T) {
			place, err := time.LoadLocation(name)
			require.NoError(t, err)
			zone := ZoneOf(func(unix int64) int {
				_, offset := time.Unix(unix, 0).In(place).Zone()
				return offset
			})
			for at := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2038; at = at.Add(7 * time.Hour) {
				if want, got := at.In(place).Format(time.DateTime), at.In(zone).Format(time.DateTime); want != got {
					require.Equal(t, want, got, "%s", at)
				}
			}
		})
	}
}

func TestAZoneChangesToTheMinute(t *testing.T) {
	place, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	asked := 0
	zone := ZoneOf(func(unix int64) int {
		asked++
		_, offset := time.Unix(unix, 0).In(place).Zone()
		return offset
	})
	change := time.Date(2027, 3, 28, 1, 0, 0, 0, time.UTC)
	assert.Equal(t, "01:59:59", change.Add(-time.Second).In(zone).Format(time.TimeOnly))
	assert.Equal(t, "03:00:00", change.In(zone).Format(time.TimeOnly))

	typed, err := time.ParseInLocation("2006-01-02T15:04", "2027-07-01T09:00", zone)
	require.NoError(t, err)
	assert.Equal(t, time.Date(2027, 7, 1, 7, 0, 0, 0, time.UTC), typed.UTC())
	assert.Less(t, asked, 2000, "it is asked at every start of the page")
}
