package session

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
)

// The checks that may end a session by themselves, by their names on the wire.
const (
	CheckLifetime    = "session_lifetime"
	CheckNetwork     = "network_timeout"
	CheckUtilization = "utilization"
)

// IdleCheck is one active check of a session.
type IdleCheck struct {
	Name string
	// Deadline is when the session may be ended; zero where the manager does not
	// say.
	Deadline time.Time
	// Over says that the time has passed already.
	Over bool
	// Grace says that the deadline is only the end of a time in which the check
	// does not look.
	Grace bool
	// All says that a session is ended when all devices are under their
	// thresholds; else one is enough.
	All     bool
	Devices []IdleDevice // by name; of the utilisation only
}

// IdleDevice is how much a device was used against the threshold under which a
// session is reclaimed, both in percent.
type IdleDevice struct {
	Name            string // cpu_util, mem, cuda_util …
	Used, Threshold float64
}

// The times under which a deadline is worth a warning, and an alarm.
const (
	idleSoon  = 4 * time.Hour
	idleAlarm = time.Hour
)

// IdleChecks reads idle_checks as it was at a moment. Checks about which the
// manager has nothing to say are left out.
func IdleChecks(raw model.RawObject, at time.Time) []IdleCheck {
	var entries map[string]*struct {
		Remaining *float64 `json:"remaining"`
		Kind      string   `json:"remaining_time_type"`
		Extra     *struct {
			Operator  string                `json:"thresholds_check_operator"`
			Resources map[string][]*float64 `json:"resources"`
		} `json:"extra"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &entries) != nil {
		return nil
	}
	var checks []IdleCheck
	for name, e := range entries {
		if e == nil || (e.Remaining == nil && e.Extra == nil) {
			continue
		}
		check := IdleCheck{Name: name, Grace: e.Kind == "grace_period"}
		if e.Remaining != nil {
			check.Over = *e.Remaining < 0
			seconds := min(max(*e.Remaining, 0), math.MaxInt32)
			check.Deadline = at.Add(time.Duration(seconds * float64(time.Second)))
		}
		if e.Extra != nil {
			check.All = e.Extra.Operator == "and"
			for device, values := range e.Extra.Resources {
				if len(values) == 2 && values[0] != nil && values[1] != nil {
					check.Devices = append(check.Devices, IdleDevice{Name: device, Used: *values[0], Threshold: *values[1]})
				}
			}
			slices.SortFunc(check.Devices, func(a, b IdleDevice) int { return cmp.Compare(a.Name, b.Name) })
		}
		checks = append(checks, check)
	}
	slices.SortFunc(checks, func(a, b IdleCheck) int {
		return cmp.Or(cmp.Compare(checkRank(a.Name), checkRank(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return checks
}

func checkRank(name string) int {
	return max(slices.Index([]string{CheckLifetime, CheckNetwork, CheckUtilization}, name), -1)
}

// Remaining is the time left at a moment; ok is false where it is not known.
func (c IdleCheck) Remaining(now time.Time) (left time.Duration, ok bool) {
	if c.Deadline.IsZero() {
		return 0, false
	}
	return max(c.Deadline.Sub(now), 0), true
}

// Tone is the colour at a moment, as the user guide has it: under an hour bad,
// under four hours a warning. The utilisation is coloured by its devices once
// less than four hours are left: the guide's "the lower the use, the closer to
// being reclaimed".
func (c IdleCheck) Tone(now time.Time) facts.Tone {
	left, known := c.Remaining(now)
	switch {
	case !known && len(c.Devices) == 0:
		return facts.ToneNeutral
	case len(c.Devices) > 0 && !c.Grace && (!known || left < idleSoon):
		return c.deviceTone()
	case left < idleAlarm:
		return facts.ToneBad
	case left < idleSoon:
		return facts.ToneWait
	}
	return facts.ToneGood
}

// deviceTone looks at all devices, or at any, as the check itself does.
func (c IdleCheck) deviceTone() facts.Tone {
	under := func(limit func(threshold float64) float64) bool {
		low := func(d IdleDevice) bool { return d.Used >= 0 && d.Used < limit(d.Threshold) }
		if c.All {
			return !slices.ContainsFunc(c.Devices, func(d IdleDevice) bool { return !low(d) })
		}
		return slices.ContainsFunc(c.Devices, low)
	}
	switch {
	case under(func(t float64) float64 { return min(2*t, t+5) }):
		return facts.ToneBad
	case under(func(t float64) float64 { return min(10*t, t+10) }):
		return facts.ToneWait
	}
	return facts.ToneGood
}

// Tone is the colour of one device.
func (d IdleDevice) Tone() facts.Tone {
	switch {
	case d.Used < 0:
		return facts.ToneNeutral
	case d.Used < 2*d.Threshold:
		return facts.ToneBad
	case d.Used < 10*d.Threshold:
		return facts.ToneWait
	}
	return facts.ToneGood
}

// Text is "use / threshold (%)" with one decimal; a use that is not measured is a
// dash.
func (d IdleDevice) Text() string {
	used := "-"
	if d.Used >= 0 {
		used = strconv.FormatFloat(d.Used, 'f', 1, 64)
	}
	return used + " / " + facts.Number(d.Threshold) + " %"
}

// Countdown writes the time left as "[Nd ]HH:MM:SS".
func Countdown(left time.Duration) string { return facts.FormatElapsed(left) }
