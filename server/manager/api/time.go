package api

import "time"

// ISO spells an instant as the manager does in GraphQL and in status
// histories: UTC, microseconds unless they are zero, offset "+00:00". REST
// answers put a space where this has a T; see [ISOSpace].
func ISO(t time.Time) string { return iso(t, "2006-01-02T15:04:05") }

// ISOSpace is [ISO] with a space between date and time.
func ISOSpace(t time.Time) string { return iso(t, "2006-01-02 15:04:05") }

func iso(t time.Time, layout string) string {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Nanosecond() != 0 {
		layout += ".000000"
	}
	return t.Format(layout + "-07:00")
}
