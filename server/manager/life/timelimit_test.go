package life

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

// limitedTo is a batch session with a time limit that runs.
func limitedTo(b *bench, limit time.Duration) *store.Session {
	s := b.session("limited", "1", model.TypeBatch)
	s.TimeLimit = limit
	s = b.enqueue(s)
	require.Equal(b, model.StatusRunning, s.Status)
	return s
}

// after lets time go by and reads a session.
func (b *bench) after(d time.Duration, s *store.Session) *store.Session {
	time.Sleep(d)
	synctest.Wait()
	return b.read(s)
}

func TestABatchSessionEndsAtItsLimit(t *testing.T) {
	run(t, func(b *bench) {
		warnings := b.engine.Listen(func(e Event) bool { return e.Name == "session_idle_warning" })
		defer warnings.Stop()
		s := limitedTo(b, 10*time.Second)
		b.after(8*time.Second-time.Millisecond, s)
		list, _ := warnings.Take()
		assert.Empty(t, list)
		s = b.after(time.Millisecond, s)
		assert.Equal(t, model.StatusRunning, s.Status)
		list, _ = warnings.Take()
		require.Len(t, list, 1)
		assert.Equal(t, reasonTimeLimit, list[0].Reason)
		assert.Equal(t, model.StatusRunning, b.after(2*time.Second-time.Millisecond, s).Status)
		s = b.after(time.Millisecond, s)
		assert.Equal(t, model.StatusTerminated, s.Status)
		assert.Equal(t, reasonTimeLimit, info(s))
		assert.Equal(t, "FAILURE", s.Result)
		list, _ = warnings.Take()
		assert.Empty(t, list, "it was warned once")
	})
}

func TestALimitOutlastsTheServer(t *testing.T) {
	for name, test := range map[string]struct {
		away, rest time.Duration
	}{
		"it is reached later":              {time.Minute, time.Minute},
		"it was reached while it was away": {time.Hour, 0},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(b *bench) {
				s := limitedTo(b, 2*time.Minute)
				b.stop()
				time.Sleep(test.away)
				b.startEngine()
				if test.rest > 0 {
					assert.Equal(t, model.StatusRunning, b.after(test.rest-time.Millisecond, s).Status)
				}
				assert.Equal(t, model.StatusTerminated, b.after(time.Millisecond, s).Status)
			})
		})
	}
}

func TestASessionThatEndsEarlyNeedsNoTimer(t *testing.T) {
	run(t, func(b *bench) {
		s := limitedTo(b, time.Hour)
		assert.Len(t, b.engine.limits.timers, 1)
		b.destroy(s, false)
		assert.Empty(t, b.engine.limits.timers)
	})
}

func TestASessionStartsAtItsTime(t *testing.T) {
	run(t, func(b *bench) {
		later := b.session("later", "1", model.TypeBatch)
		later.StartsAt = b.engine.instant().Add(90 * time.Second)
		sooner := b.session("sooner", "1", model.TypeBatch)
		sooner.StartsAt = b.engine.instant().Add(7*time.Second + 1234*time.Microsecond)
		b.enqueue(later)
		b.enqueue(sooner)
		assert.Equal(t, model.StatusPending, b.after(7*time.Second, sooner).Status)
		assert.Equal(t, model.StatusRunning, b.after(1234*time.Microsecond, sooner).Status)
		assert.Equal(t, model.StatusRunning, b.after(time.Until(later.StartsAt), later).Status)
	})
}
