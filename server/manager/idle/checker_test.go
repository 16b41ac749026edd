package idle

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/accounts"
	"github.com/baiui/baiui/server/manager/store"
)

// bench is a checker over one running session, with a clock that stands still
// unless the test sleeps.
type bench struct {
	*testing.T
	checker *Checker
	store   *store.Store
	metrics model.Metrics
	warned  []string
	ended   []string
}

func run(t *testing.T, kind model.SessionType, policy store.KeyPairPolicy, settings map[string]string, f func(b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), store.LoseOnPowerCut())
		require.NoError(t, err)
		defer func() { require.NoError(t, s.Close()) }()
		b := &bench{T: t, store: s}
		now := time.Now()
		hasher := accounts.NewHasher(1)
		hasher.Iterations = 1
		made, err := accounts.Bootstrap(t.Context(), s, hasher, now, nil)
		require.NoError(t, err)
		user, err := s.UserByEmail(t.Context(), made[2].Email)
		require.NoError(t, err)
		_, err = s.ChangeKeyPairPolicy(t.Context(), "default", func(p *store.KeyPairPolicy) error {
			p.MaxSessionLifetime, p.IdleTimeout = policy.MaxSessionLifetime, policy.IdleTimeout
			return nil
		})
		require.NoError(t, err)
		require.NoError(t, s.SetSettings(t.Context(), settings))
		require.NoError(t, s.AddSession(t.Context(), &store.Session{ID: "s", Name: "work", Type: kind, DomainName: "default", ProjectID: "p",
			UserID: user.ID, AccessKey: user.MainAccessKey, ScalingGroup: "default", Status: model.StatusRunning, CreatedAt: now, ScheduledAt: now, StatusChanged: now,
			Kernels: []store.Kernel{{ID: "k", SessionID: "s", ClusterRole: "main", Status: model.StatusRunning, CreatedAt: now}}}))
		b.checker = New(Options{Store: s, Activity: NewActivity(time.Now), Now: time.Now, Log: slog.New(slog.DiscardHandler),
			Metrics: func(string) model.Metrics { return b.metrics },
			Warn:    func(_ *store.Session, reason string) { b.warned = append(b.warned, reason) },
			End:     func(_ context.Context, _, reason string) error { b.ended = append(b.ended, reason); return nil }})
		f(b)
	})
}

// pass lets time go by, with a look every 15 seconds.
func (b *bench) pass(d time.Duration) {
	for ; d > 0; d -= every {
		time.Sleep(min(every, d))
		require.NoError(b, b.checker.Check(b.Context()))
	}
}

// report is what a checker says.
func (b *bench) report(name string) (remaining any, extra map[string]any) {
	var all map[string]struct {
		Remaining any            `json:"remaining"`
		Extra     map[string]any `json:"extra"`
	}
	require.NoError(b, json.Unmarshal(b.checker.Report("s"), &all))
	require.Contains(b, all, name)
	return all[name].Remaining, all[name].Extra
}

func TestALifetimeEndsAfterAWarning(t *testing.T) {
	run(t, model.TypeInteractive, store.KeyPairPolicy{MaxSessionLifetime: 3600}, nil, func(b *bench) {
		require.NoError(t, b.checker.Check(b.Context()))
		remaining, _ := b.report(lifetime)
		assert.InDelta(t, 3600, remaining, 0.001)
		b.pass(54 * time.Minute)
		assert.Empty(t, b.warned)
		b.pass(2 * time.Minute)
		assert.Equal(t, []string{"idle-session-lifetime"}, b.warned)
		assert.Empty(t, b.ended)
		b.pass(4 * time.Minute)
		assert.Equal(t, []string{"idle-session-lifetime"}, b.ended)
		remaining, _ = b.report(lifetime)
		assert.InDelta(t, -1, remaining, 0)
	})
}

func TestALimitThatIsSetLateStillWarns(t *testing.T) {
	run(t, model.TypeInteractive, store.KeyPairPolicy{MaxSessionLifetime: 60}, nil, func(b *bench) {
		time.Sleep(time.Hour) // the server was away
		require.NoError(t, b.checker.Check(b.Context()))
		assert.Len(t, b.warned, 1)
		assert.Empty(t, b.ended)
		b.pass(time.Minute)
		assert.NotEmpty(t, b.ended)
	})
}

func TestAppsInUseKeepASessionAlive(t *testing.T) {
	run(t, model.TypeInteractive, store.KeyPairPolicy{IdleTimeout: 1800}, nil, func(b *bench) {
		c := b.checker.Activity.Open("s")
		for range 20 {
			b.pass(4 * time.Minute)
			c.Packet()
		}
		remaining, _ := b.report(network)
		assert.InDelta(t, 1800, remaining, 0.001)
		assert.Empty(t, b.warned)
		c.Close()
		b.pass(26 * time.Minute)
		assert.Equal(t, []string{"idle-timeout"}, b.warned)
		b.checker.Activity.Touch("s")
		b.pass(26 * time.Minute)
		assert.Len(t, b.warned, 2, "warned again after it was used")
		b.pass(4 * time.Minute)
		assert.Equal(t, []string{"idle-timeout"}, b.ended)
	})
}

func TestNobodyHasToTalkToABatchSession(t *testing.T) {
	run(t, model.TypeBatch, store.KeyPairPolicy{IdleTimeout: 60}, nil, func(b *bench) {
		b.pass(29 * time.Minute)
		assert.Empty(t, b.ended)
		assert.JSONEq(t, `{"session_lifetime": {"remaining": null, "remaining_time_type": "expire_after", "extra": null}}`, string(b.checker.Report("s")))
	})
}

func TestUtilization(t *testing.T) {
	settings := func(operator string) map[string]string {
		return map[string]string{"config/idle/enabled": "network_timeout,utilization",
			"config/idle/checkers/utilization/time-window":                           "1h",
			"config/idle/checkers/utilization/initial-grace-period":                  "30m",
			"config/idle/checkers/utilization/thresholds-check-operator":             operator,
			"config/idle/checkers/utilization/resource-thresholds/cpu_util/average":  "30",
			"config/idle/checkers/utilization/resource-thresholds/mem/average":       "1000",
			"config/idle/checkers/utilization/resource-thresholds/cuda_util/average": "10"}
	}
	for name, test := range map[string]struct {
		operator, cpu, mem string
		ends               bool
	}{
		"all are below":                   {"and", "10", "500", true},
		"one is below and all would do":   {"and", "10", "5000", false},
		"one is below and any is enough":  {"or", "10", "5000", true},
		"none is below":                   {"or", "50", "5000", false},
		"one without metrics is left out": {"and", "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, model.TypeInteractive, store.KeyPairPolicy{}, settings(test.operator), func(b *bench) {
				if test.cpu != "" {
					b.metrics = model.Metrics{"cpu_util": {Pct: test.cpu}, "mem": {Current: test.mem}}
				}
				b.pass(time.Hour)
				remaining, extra := b.report(utilization)
				assert.InDelta(t, 1800, remaining, 0.001, "the rest of grace period and window")
				assert.Nil(t, extra)
				remaining, _ = b.report(network)
				assert.Nil(t, remaining, "asked for, without a limit in the policy")
				b.pass(40 * time.Minute)
				assert.Equal(t, test.ends, len(b.ended) > 0)
				assert.Equal(t, test.ends, len(b.warned) > 0)
				remaining, extra = b.report(utilization)
				assert.InDelta(t, -1, remaining, 0)
				assert.Equal(t, test.operator, extra["thresholds_check_operator"])
				if test.cpu != "" {
					assert.Len(t, extra["resources"], 2)
				}
			})
		})
	}
}

func TestAWindowForgets(t *testing.T) {
	var w window
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	assert.Zero(t, w.average())
	w.add(at, time.Hour, 100)
	w.add(at.Add(30*time.Minute), time.Hour, 0)
	assert.InDelta(t, 50, w.average(), 0)
	w.add(at.Add(61*time.Minute), time.Hour, 0)
	assert.InDelta(t, 0, w.average(), 0)
	w.add(at.Add(62*time.Minute), 2*time.Hour, 7)
	assert.InDelta(t, 7, w.average(), 0, "another window begins anew")
}

func TestDurationsInSettings(t *testing.T) {
	for text, want := range map[string]time.Duration{"10m": 10 * time.Minute, "90": 90 * time.Second, "2d": 48 * time.Hour,
		"": time.Hour, "soon": time.Hour, "-1": time.Hour, "0": time.Hour, "xd": time.Hour} {
		assert.Equal(t, want, duration(text, time.Hour), text)
	}
}
