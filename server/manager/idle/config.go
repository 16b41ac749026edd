package idle

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/server/manager/store"
)

// prefix is where the cluster's settings of idle checks are, as in manager 24.09.
const prefix = "config/idle/"

// rules are the settings of the whole cluster. Limits that policies have are not
// among them.
type rules struct {
	network     bool // report the network check of every session
	utilization bool
	window      time.Duration
	grace       time.Duration
	any         bool               // end a session if any metric is too low, not only if all are
	thresholds  map[string]float64 // by metric
}

// readRules reads the settings. One that makes no sense counts as not given: a
// mistake there must not end sessions.
func readRules(ctx context.Context, s *store.Store) (rules, error) {
	all, err := s.Settings(ctx, strings.TrimSuffix(prefix, "/"))
	if err != nil {
		return rules{}, err
	}
	get := func(key string) string { return all[prefix+key] }
	enabled := strings.Split(strings.ReplaceAll(get("enabled"), " ", ""), ",")
	const at = "checkers/utilization/"
	r := rules{network: slices.Contains(enabled, "network_timeout"), utilization: slices.Contains(enabled, "utilization"),
		window: duration(get(at+"time-window"), 24*time.Hour), grace: duration(get(at+"initial-grace-period"), time.Hour),
		any: get(at+"thresholds-check-operator") == "or", thresholds: map[string]float64{}}
	for key, value := range all {
		metric, ok := strings.CutPrefix(key, prefix+at+"resource-thresholds/")
		if !ok {
			continue
		}
		metric, ok = strings.CutSuffix(metric, "/average")
		if limit, err := strconv.ParseFloat(value, 64); ok && err == nil && limit > 0 {
			r.thresholds[metric] = limit
		}
	}
	if len(r.thresholds) == 0 {
		r.utilization = false
	}
	return r, nil
}

// duration reads "10m", "1d" or a number of seconds.
func duration(text string, fallback time.Duration) time.Duration {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n < 10_000 {
			return time.Duration(n) * 24 * time.Hour
		}
		return fallback
	}
	if n, err := strconv.Atoi(text); err == nil && n > 0 && n < 1<<30 {
		return time.Duration(n) * time.Second
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d
	}
	return fallback
}
