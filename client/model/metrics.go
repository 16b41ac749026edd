package model

import "encoding/json"

// Metrics is what live_stat and last_stat hold: a value per metric name, for
// example "cpu_util", "mem", "io_read", "cuda_mem".
type Metrics map[string]Metric

// Metric is one measured value. All numbers are decimal texts with at most
// three decimals, as on the wire.
type Metric struct {
	Current  string `json:"current"`
	Capacity string `json:"capacity"` // empty when there is none; see the note below
	Pct      string `json:"pct"`
	// UnitHint is the unit of Current: bytes, msec, percent, millicores, bps, count.
	UnitHint string `json:"unit_hint"`
	// The statistics below are sent only for some metrics.
	Min  string `json:"stats.min,omitempty"`
	Max  string `json:"stats.max,omitempty"`
	Sum  string `json:"stats.sum,omitempty"`
	Avg  string `json:"stats.avg,omitempty"`
	Diff string `json:"stats.diff,omitempty"`
	Rate string `json:"stats.rate,omitempty"`
}

// A note on Capacity: managers 24.09 send the first sample for metrics that
// have no capacity, 26.x the largest int64. Only mem, cpu_util and the
// accelerator metrics have one that means anything.

// UnmarshalJSON accepts an object or a JSONString that holds one; metrics whose
// value has another shape ("version": 2) are left out. Anything else is no
// metrics: see the package comment.
func (m *Metrics) UnmarshalJSON(data []byte) error {
	*m = nil
	raw := unwrapJSONString(data)
	if raw == nil {
		return nil
	}
	var all map[string]Metric
	if json.Unmarshal(raw, &all) == nil {
		*m = Metrics(all).withoutEmpty()
		return nil
	}
	var values map[string]json.RawMessage
	if json.Unmarshal(raw, &values) != nil {
		return nil
	}
	metrics := make(Metrics, len(values))
	for name, value := range values {
		var metric Metric
		if json.Unmarshal(value, &metric) == nil {
			metrics[name] = metric
		}
	}
	*m = metrics.withoutEmpty()
	return nil
}

// withoutEmpty deletes the metrics that were null or had no known part.
func (m Metrics) withoutEmpty() Metrics {
	for name, metric := range m {
		if metric == (Metric{}) {
			delete(m, name)
		}
	}
	return m
}
