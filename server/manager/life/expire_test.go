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
			heard := b.engine.Listen(everything)
			defer heard.Stop()
			b.engine.Warn(s, "task-timeout")
			<-heard.Some()
			list, ok := heard.Take()
			assert.True(t, ok)
			require.Len(t, list, 1)
			assert.Equal(t, "session_idle_warning", list[0].Name)
			require.NoError(t, b.engine.Expire(b.Context(), s.ID, "task-timeout"))
			synctest.Wait()
			list, _ = heard.Take()
			for _, event := range list {
				assert.Equal(t, "task-timeout", event.Reason, event.Name)
			}
			assert.Equal(t, kind == model.TypeBatch, list[0].Name == "session_failure")
			s = b.read(s)
			assert.Equal(t, model.StatusTerminated, s.Status)
			assert.Equal(t, "task-timeout", info(s))
			assert.Equal(t, result, s.Result)
			require.NoError(t, b.engine.Expire(b.Context(), s.ID, "task-timeout"), "it is over already")
		})
	}
}

func everything(Event) bool { return true }

func TestAListenerThatIsTooSlowIsCutOff(t *testing.T) {
	run(t, func(b *bench) {
		s := b.session("loud", "1", model.TypeInteractive)
		slow := b.engine.Listen(everything)
		defer slow.Stop()
		for range buffered {
			b.engine.Warn(s, "x")
		}
		list, ok := slow.Take()
		assert.Len(t, list, buffered)
		assert.True(t, ok, "as long as it has room")

		for range buffered + 1 {
			b.engine.Warn(s, "x")
		}
		<-slow.Some()
		list, ok = slow.Take()
		assert.Empty(t, list)
		assert.False(t, ok)
		b.engine.Warn(s, "x")
		_, ok = slow.Take()
		assert.False(t, ok, "for good")
		assert.Empty(t, b.engine.events.listeners)
	})
}

func TestAListenerHearsWhatItWants(t *testing.T) {
	run(t, func(b *bench) {
		s := b.session("loud", "1", model.TypeInteractive)
		picky := b.engine.Listen(func(e Event) bool { return e.Reason == "wanted" })
		defer picky.Stop()
		b.engine.Warn(s, "other")
		assert.Empty(t, picky.Some(), "nobody wakes it for nothing")
		b.engine.Warn(s, "wanted")
		b.engine.Warn(s, "wanted")
		assert.Len(t, picky.Some(), 1)
		list, _ := picky.Take()
		assert.Len(t, list, 2)
		picky.Stop()
		b.engine.Warn(s, "wanted")
		list, ok := picky.Take()
		assert.Empty(t, list)
		assert.True(t, ok)
	})
}
