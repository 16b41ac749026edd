package life

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

func TestASessionLivesFromPendingToTerminated(t *testing.T) {
	run(t, func(b *bench) {
		s := b.enqueue(b.session("life", "1", model.TypeInteractive))
		assert.Equal(t, model.StatusRunning, s.Status)
		assert.Equal(t, "", info(s))
		assert.Equal(t, store.JSON("{}"), s.StatusData)
		assert.Equal(t, []string{"i-test"}, s.Agents())
		assert.Equal(t, s.RequestedSlots, s.OccupyingSlots)
		assert.Len(t, s.Kernels[0].ContainerID, 64)
		assert.Equal(t, model.StatusRunning, s.Kernels[0].Status)

		spec := b.node.Created()[0]
		assert.Equal(t, s.Kernels[0].ID, spec.ID)
		assert.Empty(t, spec.Command, "an interactive session waits to be used")
		assert.InDelta(t, 1, spec.CPU, 0)
		assert.Equal(t, int64(536870912), spec.Memory)
		assert.Equal(t, int64(67108864), spec.Shm)
		assert.Equal(t, int64(1<<30), spec.Disk)
		assert.Equal(t, "1", spec.Env["A"])
		assert.Equal(t, s.ID, spec.Env["BACKENDAI_SESSION_ID"])
		assert.Equal(t, "user@baiui.local", spec.Env["BACKENDAI_USER_EMAIL"])
		assert.Equal(t, "/opt/bash/bin:"+standardPath, spec.Env["PATH"], "the image's own folder comes first")

		b.node.SetStats(s.Kernels[0].ID, model.Metrics{"mem": {Current: "1"}})
		b.node.SetLog(s.Kernels[0].ID, "hello")
		assert.Equal(t, model.Metrics{"mem": {Current: "1"}}, b.engine.Metrics(s.Kernels[0].ID))
		stats := b.destroy(s, false)
		assert.Equal(t, map[string]any{"mem": model.Metric{Current: "1"}, "version": 2, "status": "terminated"}, stats)

		s = b.read(s)
		assert.Equal(t, model.StatusTerminated, s.Status)
		assert.Equal(t, "user-requested", info(s))
		assert.Equal(t, s.RequestedSlots, s.OccupyingSlots, "an ended session still says what it held")
		assert.Equal(t, "UNDEFINED", s.Result)
		assert.Equal(t, []model.Status{"PENDING", "PREPARING", "RUNNING", "SCHEDULED", "TERMINATED", "TERMINATING"},
			slices.Sorted(maps.Keys(history(b, s))))
		assert.False(t, s.ScheduledAt.IsZero())
		assert.False(t, s.TerminatedAt.IsZero())
		kernel := s.Kernels[0]
		assert.Equal(t, model.StatusTerminated, kernel.Status)
		assert.JSONEq(t, `{"kernel": {"exit_code": 143}, "session": {"status": "terminating"}}`, string(kernel.StatusData))
		assert.JSONEq(t, `{"mem": {"current": "1", "capacity": "", "pct": "", "unit_hint": ""}}`, string(b.engine.LastStats(kernel)))
		log, cut, err := b.engine.Log(b.Context(), kernel)
		require.NoError(t, err)
		assert.Equal(t, "hello", string(log))
		assert.False(t, cut)
		assert.Empty(t, b.node.Kernels(), "nothing is left on the node")
	})
}

func TestHowSessionsEndByThemselves(t *testing.T) {
	for name, test := range map[string]struct {
		kind         model.SessionType
		code         int
		reason       node.EndReason
		info, result string
	}{
		"a batch command that succeeds":    {model.TypeBatch, 0, node.EndSelf, "task-finished", "SUCCESS"},
		"a batch command that fails":       {model.TypeBatch, 3, node.EndSelf, "task-failed", "FAILURE"},
		"a batch that takes too much":      {model.TypeBatch, 137, node.EndMemory, "out-of-memory", "FAILURE"},
		"a batch that fills the disk":      {model.TypeBatch, 137, node.EndDisk, "out-of-disk", "FAILURE"},
		"one that is a fork bomb":          {model.TypeInteractive, 137, node.EndProcesses, "too-many-processes", "UNDEFINED"},
		"a batch that nobody saw end":      {model.TypeBatch, -1, node.EndLost, "container-not-found", "UNDEFINED"},
		"an interactive one that is left":  {model.TypeInteractive, 0, node.EndSelf, "self-terminated", "UNDEFINED"},
		"an interactive one over its size": {model.TypeInteractive, 137, node.EndMemory, "out-of-memory", "UNDEFINED"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(b *bench) {
				s := b.enqueue(b.session("ends", "1", test.kind))
				require.Equal(t, model.StatusRunning, s.Status)
				s = b.end(s, test.code, test.reason)
				assert.Equal(t, model.StatusTerminated, s.Status)
				assert.Equal(t, test.info, info(s))
				assert.Equal(t, test.result, s.Result)
				require.NotNil(t, s.Kernels[0].ExitCode)
				assert.Equal(t, test.code, *s.Kernels[0].ExitCode)
				assert.Contains(t, history(b, s), model.StatusTerminating)
			})
		})
	}
}

func TestEndingDependsOnTheStatus(t *testing.T) {
	for name, test := range map[string]struct {
		status model.Status
		forced bool
		want   model.Status // empty: refused
	}{
		"one that waits":                {model.StatusPending, false, model.StatusCancelled},
		"one being prepared":            {model.StatusPreparing, false, ""},
		"one being prepared, by force":  {model.StatusPreparing, true, model.StatusTerminated},
		"one that runs":                 {model.StatusRunning, false, model.StatusTerminated},
		"one that runs, by force":       {model.StatusRunning, true, model.StatusTerminated},
		"a broken one":                  {model.StatusError, false, ""},
		"a broken one, by force":        {model.StatusError, true, model.StatusTerminated},
		"one that is over":              {model.StatusTerminated, false, ""},
		"one that is over, by force":    {model.StatusTerminated, true, ""},
		"one that was cancelled before": {model.StatusCancelled, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(b *bench) {
				cpu := "1"
				switch test.status {
				case model.StatusPending, model.StatusCancelled:
					cpu = "64"
				case model.StatusPreparing:
					defer b.node.HoldCreate()()
				case model.StatusError:
					b.node.FailCreate(errors.New("no space for a home"))
				}
				s := b.enqueue(b.session("ends", cpu, model.TypeInteractive))
				if test.status.Ended() {
					b.destroy(s, false)
					s = b.read(s)
				}
				require.Equal(t, test.status, s.Status)
				_, err := b.engine.Destroy(b.Context(), s.ID, test.forced)
				synctest.Wait()
				if test.want == "" {
					require.Error(t, err)
					assert.Equal(t, test.status.Ended(), store.IsNotFound(err))
					assert.Equal(t, !test.status.Ended(), errors.Is(err, ErrNotNow))
					assert.Equal(t, test.status, b.read(s).Status)
					return
				}
				require.NoError(t, err)
				s = b.read(s)
				assert.Equal(t, test.want, s.Status)
				assert.Empty(t, b.node.Kernels())
			})
		})
	}
}

func TestANodeThatFailsIsToldInTheSession(t *testing.T) {
	run(t, func(b *bench) {
		b.node.FailCreate(errors.New("no space for a home"))
		s := b.enqueue(b.session("fails", "4", model.TypeInteractive))
		assert.Equal(t, model.StatusError, s.Status)
		assert.Equal(t, "failed-to-start", info(s))
		assert.JSONEq(t, `{"error": {"src": "agent", "name": "NodeError", "repr": "no space for a home"}}`, string(s.StatusData))
		b.node.FailCreate(nil)
		other := b.enqueue(b.session("works", "4", model.TypeInteractive))
		assert.Equal(t, model.StatusRunning, other.Status, "a session that never ran holds nothing")
	})
}

func TestAnImageThatIsGoneIsToldInTheSession(t *testing.T) {
	run(t, func(b *bench) {
		require.NoError(t, b.store.ReplaceImages(b.Context(), nil))
		s := b.enqueue(b.session("fails", "1", model.TypeInteractive))
		assert.Equal(t, model.StatusError, s.Status)
		assert.Contains(t, string(s.StatusData), "no longer on this machine")
	})
}

func TestWaitingForASessionToStart(t *testing.T) {
	run(t, func(b *bench) {
		release := b.node.HoldCreate()
		s := b.session("slow", "1", model.TypeInteractive)
		require.NoError(t, b.engine.Enqueue(b.Context(), s))

		got, err := b.engine.Wait(b.Context(), s.ID, 15*time.Second)
		require.NoError(t, err)
		assert.Equal(t, model.StatusPreparing, got.Status, "as far as it came in the time")

		ctx, cancel := context.WithCancel(b.Context())
		cancel()
		_, err = b.engine.Wait(ctx, s.ID, 0)
		require.ErrorIs(t, err, context.Canceled)

		time.AfterFunc(time.Minute, release)
		got, err = b.engine.Wait(b.Context(), s.ID, 0)
		require.NoError(t, err)
		assert.Equal(t, model.StatusRunning, got.Status)
	})
}

func TestRestartAndRename(t *testing.T) {
	run(t, func(b *bench) {
		s := b.enqueue(b.session("first", "1", model.TypeInteractive))
		other := b.enqueue(b.session("second", "1", model.TypeInteractive))
		require.NoError(t, b.engine.Rename(b.Context(), s.ID, "third"))
		assert.Equal(t, "third", b.read(s).Name)
		assert.Equal(t, store.KindConflict, store.KindOf(b.engine.Rename(b.Context(), other.ID, "third")))

		require.NoError(t, b.engine.Restart(b.Context(), s.ID))
		s = b.read(s)
		assert.Equal(t, model.StatusRunning, s.Status)
		assert.Contains(t, history(b, s), model.StatusRestarting)
		b.node.Forget(s.Kernels[0].ID)
		require.Error(t, b.engine.Restart(b.Context(), s.ID))

		b.destroy(other, false)
		require.ErrorIs(t, b.engine.Restart(b.Context(), other.ID), ErrNotNow)
		require.ErrorIs(t, b.engine.Rename(b.Context(), other.ID, "fourth"), ErrNotNow)
	})
}

func TestTransitionsOutsideTheTableAreRefused(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, from := range []model.Status{model.StatusTerminated, model.StatusCancelled} {
		s := &store.Session{Status: from, StatusHistory: "{}"}
		require.Error(t, move(s, model.StatusRunning, at), string(from))
		assert.Equal(t, from, s.Status)
	}
	s := &store.Session{Status: model.StatusPending, StatusHistory: "{}"}
	require.Error(t, move(s, model.StatusRunning, at))
	require.NoError(t, move(s, model.StatusScheduled, at))
	assert.JSONEq(t, `{"SCHEDULED": "2026-01-02T03:04:05+00:00"}`, string(s.StatusHistory))
	s.StatusHistory = "[]"
	require.Error(t, move(s, model.StatusPreparing, at))
}
