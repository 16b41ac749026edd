package launcher

import (
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
)

// Batch is what only batch sessions have.
type Batch struct {
	Command   string    `json:"command,omitempty"`
	Scheduled bool      `json:"scheduled,omitempty"`
	Start     time.Time `json:"start,omitzero"`
	Limited   bool      `json:"limited,omitempty"`
	Limit     int       `json:"limit"`
	LimitUnit Unit      `json:"limit_unit"`
}

// Unit is a unit of time in which a time limit is given.
type Unit string

// The units of a time limit.
const (
	UnitSecond Unit = "s"
	UnitMinute Unit = "m"
	UnitHour   Unit = "h"
	UnitDay    Unit = "d"
	UnitWeek   Unit = "w"
)

// Units lists the units from the shortest.
func Units() []Unit { return []Unit{UnitSecond, UnitMinute, UnitHour, UnitDay, UnitWeek} }

// length is how long one of a unit lasts; 0 for a unit that there is not.
func (u Unit) length() time.Duration {
	switch u {
	case UnitSecond:
		return time.Second
	case UnitMinute:
		return time.Minute
	case UnitHour:
		return time.Hour
	case UnitDay:
		return 24 * time.Hour
	case UnitWeek:
		return 7 * 24 * time.Hour
	}
	return 0
}

// MaxLimit bounds a time limit: ten years.
const MaxLimit = 3650 * 24 * time.Hour

// Duration is the time limit; 0 for none.
func (b Batch) Duration() time.Duration {
	if !b.Limited || b.Limit <= 0 || b.LimitUnit.length() == 0 {
		return 0
	}
	if time.Duration(b.Limit) > MaxLimit/b.LimitUnit.length() {
		return MaxLimit + 1
	}
	return time.Duration(b.Limit) * b.LimitUnit.length()
}

// DefaultStart is what a start time begins with when it is switched on: two
// minutes from now, to the minute.
func DefaultStart(now time.Time) time.Time { return now.Add(2 * time.Minute).Truncate(time.Minute) }

// CheckBatch applies the rules of batch sessions: a command is needed, the start
// lies in the future, a time limit is a whole number of at least 1.
func CheckBatch(kind model.SessionType, b Batch, now time.Time) Problems {
	if kind != model.TypeBatch {
		return nil
	}
	var found Problems
	if strings.TrimSpace(b.Command) == "" {
		found = append(found, problem(FieldCommand, "command.missing"))
	}
	if b.Scheduled && b.Start.IsZero() {
		found = append(found, problem(FieldStart, "start.missing"))
	} else if b.Scheduled && !b.Start.After(now) {
		found = append(found, problem(FieldStart, "start.past"))
	}
	if b.Limited {
		switch limit := b.Duration(); {
		case limit <= 0:
			found = append(found, problem(FieldLimit, "limit.missing"))
		case limit > MaxLimit:
			found = append(found, problem(FieldLimit, "limit.long", "days", int(MaxLimit.Hours()/24)))
		}
	}
	return found
}

// spellLimit spells a time limit as the manager reads it, in the largest unit
// that holds it whole; weeks it does not know.
func spellLimit(d time.Duration) string {
	for _, u := range []Unit{UnitDay, UnitHour, UnitMinute} {
		if d%u.length() == 0 {
			return strconv.FormatInt(int64(d/u.length()), 10) + string(u)
		}
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + "s"
}
