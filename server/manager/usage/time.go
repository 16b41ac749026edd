package usage

import (
	"fmt"
	"time"
)

// spent is the time between two instants as Python spells it ("1 day, 2:03:04"), and
// how many days of UTC it touches; nothing before it is over.
func spent(from, to time.Time) (text *string, days *int) {
	if to.IsZero() {
		return nil, nil
	}
	d := max(to.Sub(from), 0)
	out := clock(d)
	n := int(day(to).Sub(day(from))/(24*time.Hour)) + 1
	return &out, &n
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// clock spells a duration as Python's timedelta does.
func clock(d time.Duration) string {
	const full = 24 * time.Hour
	text := ""
	switch days := d / full; {
	case days == 1:
		text = "1 day, "
	case days > 1:
		text = fmt.Sprintf("%d days, ", days)
	}
	d %= full
	text += fmt.Sprintf("%d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
	if micros := d % time.Second / time.Microsecond; micros > 0 {
		text += fmt.Sprintf(".%06d", micros)
	}
	return text
}
