package signing

import (
	"strings"
	"time"
)

// MaxSkew is the difference between the clocks of client and manager from which
// on a request is refused.
const MaxSkew = 15 * time.Minute

// dateLayouts are the spellings that clients are known to send: ISO 8601 in its
// variants, then those of RFC 7231. A fraction of a second is accepted by each.
var dateLayouts = [...]string{
	time.RFC3339,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05Z0700",
	"2006-01-02 15:04:05",
	"20060102T150405Z0700",
	"20060102T150405",
	time.RFC1123,
	time.RFC1123Z,
	time.RFC850,
	time.ANSIC,
}

// FormatDate spells an instant as the browser client does: UTC, milliseconds.
func FormatDate(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// ParseDate reads a date header. A date without a zone is in UTC, and the zone
// that is written is kept, because the signing key depends on the calendar day
// in that zone. Unreadable text gives [ErrDate].
func ParseDate(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	for _, layout := range dateLayouts {
		if t, err := time.ParseInLocation(layout, text, time.UTC); err == nil {
			return t, nil
		}
	}
	return time.Time{}, ErrDate
}

// CheckDate reports whether a date header is near enough to now: [ErrDate] when
// it is missing or unreadable, [ErrSkew] when it is [MaxSkew] or more away. The
// manager answers 400 "Date/time sync error" to both, before it looks at
// anything else.
func CheckDate(text string, now time.Time) error {
	t, err := ParseDate(text)
	if err != nil {
		return err
	}
	if now.Sub(t).Abs() >= MaxSkew {
		return ErrSkew
	}
	return nil
}

// appendDay appends the calendar day of t in its own zone as YYYYMMDD.
func appendDay(dst []byte, t time.Time) []byte { return t.AppendFormat(dst, "20060102") }
