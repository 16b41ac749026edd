package i18n

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Int writes a whole number with separators between thousands: "12,345". Both
// languages use the comma.
func (t *Texts) Int(n int) string {
	return group(strconv.Itoa(n))
}

// Number writes a number with at most digits decimals, without trailing zeros
// and with separators between thousands: "1,234.5".
func (t *Texts) Number(value float64, digits int) string {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return "–"
	}
	text := strconv.FormatFloat(value, 'f', digits, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "-0" && fraction == "" {
		whole = "0"
	}
	if fraction == "" {
		return group(whole)
	}
	return group(whole) + "." + fraction
}

// group puts a comma between the thousands of a whole number.
func group(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// DateTime writes an instant in the zone of the given time, to the second and
// with the zone: "2026-03-04 15:04:05 +09:00". The same form serves both
// languages and sorts as text. The zero time is a dash.
func (t *Texts) DateTime(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return at.Format("2006-01-02 15:04:05 -07:00")
}

// Clock writes the time of day to the second: "15:04:05".
func (t *Texts) Clock(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return at.Format("15:04:05")
}

// ShortTime writes an instant in the zone of the given time, for a place where
// the exact one shows on hover: day and time, "Mar 4, 15:04", or the date alone
// in another year than that of now, "Mar 4, 2025".
func (t *Texts) ShortTime(now, at time.Time) string {
	switch {
	case at.IsZero():
		return "–"
	case at.Year() == now.In(at.Location()).Year():
		return at.Format(t.T("common.time.day"))
	}
	return at.Format(t.T("common.time.year"))
}
