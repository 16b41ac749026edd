package life

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestASessionOverItsLimitEndsWithTheReason(t *testing.T) {
	for kind, result := range map[model.SessionType]string{model.TypeBatch: "FAILURE", model.TypeInteractive: "UNDEFINED"} {
		run(t, func(b *bench) {
			s := b.enqueue(b.session("late", "1", kind))
			heard, stop := b.engine.Listen()
			defer stop()
			b.engine.Warn(s, "task-timeout")
			assert.Equal(t, "session_idle_warning", (<-heard).Name)
			require.NoError(t, b.engine.Expire(b.Context(), s.ID, "task-timeout"))
			synctest.Wait()
			s = b.read(s)
			assert.Equal(t, model.StatusTerminated, s.Status)
			assert.Equal(t, "task-timeout", info(s))
			assert.Equal(t, result, s.Result)
			require.NoError(t, b.engine.Expire(b.Context(), s.ID, "task-timeout"), "it is over already")
		})
	}
}

func TestAListenerThatIsTooSlowIsCutOff(t *testing.T) {
	run(t, func(b *bench) {
		s := b.session("loud", "1", model.TypeInteractive)
		slow, stop := b.engine.Listen()
		defer stop()
		for range buffered + 1 {
			b.engine.Warn(s, "x")
		}
		n := 0
		for range slow {
			n++
		}
		assert.Equal(t, buffered, n)
	})
}
