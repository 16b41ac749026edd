package idle

import (
	"encoding/json"
	"maps"
	"math"
	"time"

	"github.com/baiui/baiui/server/manager/store"
)

// entry is the report of one checker.
type entry struct {
	Remaining *float64        `json:"remaining"` // seconds; -1: over; null: nothing to say
	Kind      string          `json:"remaining_time_type"`
	Extra     json.RawMessage `json:"extra"`
}

// Report is what the checkers say about a session, as an object. The one for the
// lifetime is always there, with or without a limit.
func (c *Checker) Report(sessionID string) json.RawMessage {
	c.mu.Lock()
	var verdicts map[string]verdict
	if w := c.sessions[sessionID]; w != nil {
		verdicts = maps.Clone(w.verdicts)
	}
	c.mu.Unlock()
	out := map[string]entry{lifetime: {Kind: expireAfter}}
	for name, v := range verdicts {
		until := v.until
		if name == network && v.limit > 0 {
			until = c.Activity.Last(sessionID).Add(v.limit)
		}
		out[name] = entry{remaining(until, c.Now()), v.kind, v.extra}
	}
	return json.RawMessage(store.ToJSON(out))
}

// remaining is the time to until in seconds.
func remaining(until, now time.Time) *float64 {
	if until.IsZero() {
		return nil
	}
	left := math.Round(until.Sub(now).Seconds()*1000) / 1000
	if left <= 0 {
		left = -1
	}
	return &left
}
