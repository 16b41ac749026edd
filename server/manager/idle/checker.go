package idle

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

// The checkers, as reports name them, and the reasons sessions end for.
const (
	lifetime    = "session_lifetime"
	network     = "network_timeout"
	utilization = "utilization"

	reasonLifetime    = "idle-session-lifetime"
	reasonNetwork     = "idle-timeout"
	reasonUtilization = "idle-utilization"
)

// every is how often sessions are looked at, as in manager 24.09.
const every = 15 * time.Second

// Options are what a checker works with.
type Options struct {
	Store    *store.Store
	Activity *Activity
	Metrics  func(kernelID string) model.Metrics
	// Warn tells the owner that a session will be ended for a reason; End ends it.
	Warn func(s *store.Session, reason string)
	End  func(ctx context.Context, sessionID, reason string) error
	Log  *slog.Logger
	Now  func() time.Time
}

// Checker looks at the sessions that run. Its methods may be called from several
// goroutines.
type Checker struct {
	Options
	mu       sync.Mutex
	sessions map[string]*watched
}

// watched is what is known of one session.
type watched struct {
	verdicts map[string]verdict // by checker
	warned   map[string]time.Time
	usage    map[string]*window // by metric
	since    time.Time          // when it was first looked at
}

// verdict is what one checker says about one session.
type verdict struct {
	reason  string
	kind    string    // remaining_time_type
	until   time.Time // zero: nothing to say
	limit   time.Duration
	expired bool // utilization: it is too low now
	extra   json.RawMessage
}

// New makes a checker that has seen nothing yet.
func New(o Options) *Checker { return &Checker{Options: o, sessions: map[string]*watched{}} }

// Run looks at sessions until ctx ends.
func (c *Checker) Run(ctx context.Context) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := c.Check(ctx); err != nil && ctx.Err() == nil {
			c.Log.Error("checking for idle sessions failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Check looks at all sessions once.
func (c *Checker) Check(ctx context.Context) error {
	r, err := readRules(ctx, c.Store)
	if err != nil {
		return err
	}
	running, _, err := c.Store.Sessions(ctx, store.SessionQuery{WithKernels: true,
		Statuses: []model.Status{model.StatusRunning, model.StatusRunningDegraded}})
	if err != nil {
		return err
	}
	live := map[string]bool{}
	policies := map[string]store.KeyPairPolicy{}
	for _, s := range running {
		live[s.ID] = true
		policy, known := policies[s.AccessKey]
		if !known {
			if policy, err = c.policy(ctx, s.AccessKey); err != nil {
				return err
			}
			policies[s.AccessKey] = policy
		}
		c.check(ctx, s, policy, r)
	}
	c.mu.Lock()
	maps.DeleteFunc(c.sessions, func(id string, _ *watched) bool { return !live[id] })
	c.mu.Unlock()
	c.Activity.keep(live)
	return nil
}

func (c *Checker) policy(ctx context.Context, accessKey string) (store.KeyPairPolicy, error) {
	pair, err := c.Store.KeyPair(ctx, accessKey)
	if err != nil {
		return store.KeyPairPolicy{}, err
	}
	return c.Store.KeyPairPolicy(ctx, pair.ResourcePolicy)
}

// check judges one session, warns, and ends it if it must be.
func (c *Checker) check(ctx context.Context, s *store.Session, policy store.KeyPairPolicy, r rules) {
	c.mu.Lock()
	w := c.sessions[s.ID]
	if w == nil {
		w = &watched{warned: map[string]time.Time{}, usage: map[string]*window{}, since: c.Now()}
		c.sessions[s.ID] = w
	}
	w.verdicts = c.verdicts(s, policy, r, w)
	var warn, end []string // reasons
	for _, name := range slices.Sorted(maps.Keys(w.verdicts)) {
		v := w.verdicts[name]
		switch c.step(w, name, v) {
		case stepWarn:
			warn = append(warn, v.reason)
		case stepEnd:
			end = append(end, v.reason)
		}
	}
	c.mu.Unlock()
	for _, reason := range warn {
		c.Log.Info("an idle session will be ended", "session", s.ID, "reason", reason)
		c.Warn(s, reason)
	}
	if len(end) > 0 {
		if err := c.End(ctx, s.ID, end[0]); err != nil && ctx.Err() == nil {
			c.Log.Error("ending an idle session failed", "session", s.ID, "error", err)
		}
	}
}

// What follows from a verdict.
const (
	stepNone = iota
	stepWarn
	stepEnd
)

// step decides whether to warn or to end. Nobody is ended without a warning some
// time before, also when a limit was already over at the first look: it may have
// been set only now.
func (c *Checker) step(w *watched, name string, v verdict) int {
	now := c.Now()
	lead := min(5*time.Minute, v.limit/5)
	over := v.expired || !v.until.IsZero() && !v.until.After(now)
	near := v.expired || !v.until.IsZero() && !v.until.After(now.Add(lead)) && v.kind == expireAfter
	warned, before := w.warned[name]
	switch {
	case !near:
		delete(w.warned, name) // it was used again
		return stepNone
	case !before:
		w.warned[name] = now
		return stepWarn
	case over && (v.expired || v.kind == expireAfter) && now.Sub(warned) >= min(lead, time.Minute):
		return stepEnd
	}
	return stepNone
}

// The values of remaining_time_type.
const (
	expireAfter = "expire_after"
	gracePeriod = "grace_period"
)

// verdicts asks all checkers that are meant for a session.
func (c *Checker) verdicts(s *store.Session, policy store.KeyPairPolicy, r rules, w *watched) map[string]verdict {
	out := map[string]verdict{}
	if s.Type == model.TypeInference || s.Type == model.TypeSystem {
		return out
	}
	begun := s.ScheduledAt
	if begun.IsZero() {
		begun = s.CreatedAt
	}
	if limit := time.Duration(policy.MaxSessionLifetime) * time.Second; limit > 0 {
		out[lifetime] = verdict{reason: reasonLifetime, kind: expireAfter, until: begun.Add(limit), limit: limit}
	}
	limit := time.Duration(policy.IdleTimeout) * time.Second
	switch {
	case limit > 0 && s.Type == model.TypeInteractive:
		out[network] = verdict{reason: reasonNetwork, kind: expireAfter, until: c.Activity.Last(s.ID).Add(limit), limit: limit}
	case r.network:
		out[network] = verdict{kind: expireAfter}
	}
	if r.utilization {
		out[utilization] = c.used(s, r, w, begun)
	}
	return out
}

// used compares what a session uses with the thresholds, once it has run, and
// was watched, for long enough.
func (c *Checker) used(s *store.Session, r rules, w *watched, begun time.Time) verdict {
	now := c.Now()
	var kernels []model.Metrics
	for _, k := range s.Kernels {
		if m := c.Metrics(k.ID); m != nil {
			kernels = append(kernels, m)
		}
	}
	resources := map[string][2]any{}
	below, all := 0, 0
	for metric, threshold := range r.thresholds {
		value, ok := sample(metric, kernels)
		if !ok {
			continue
		}
		if w.usage[metric] == nil {
			w.usage[metric] = &window{}
		}
		w.usage[metric].add(now, r.window, value)
		average := w.usage[metric].average()
		all++
		if average < threshold {
			below++
		}
		resources[metric] = [2]any{math.Round(average*100) / 100, threshold}
		if inMemory(metric) {
			resources[metric] = [2]any{int64(average), int64(threshold)}
		}
	}
	operator := "and"
	if r.any {
		operator = "or"
	}
	v := verdict{reason: reasonUtilization, kind: gracePeriod, limit: r.window}
	v.until = begun.Add(r.grace + r.window)
	if watched := w.since.Add(r.window); watched.After(v.until) {
		v.until = watched // the server was away: it has not seen the whole window
	}
	if now.Before(v.until) {
		return v
	}
	v.extra = json.RawMessage(store.ToJSON(map[string]any{"thresholds_check_operator": operator, "resources": resources}))
	v.expired = all > 0 && (below == all || r.any && below > 0)
	return v
}
