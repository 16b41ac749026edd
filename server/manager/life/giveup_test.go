package life

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

func TestASessionWaitsForAsLongAsItsResourceGroupLetsIt(t *testing.T) {
	run(t, func(b *bench) {
		_, err := b.store.ChangeScalingGroup(b.Context(), "default", func(g *store.ScalingGroup) error {
			g.SchedulerOpts = `{"pending_timeout": 60}`
			return nil
		})
		require.NoError(t, err)
		heard := b.engine.Listen(func(e Event) bool { return e.Name == "session_cancelled" })
		defer heard.Stop()
		waits := b.enqueue(b.session("waits", "64", model.TypeInteractive))
		later := b.session("later", "1", model.TypeBatch)
		later.StartsAt = time.Now().Add(time.Hour)
		later = b.enqueue(later)
		runs := b.enqueue(b.session("runs", "1", model.TypeInteractive))

		waits = b.after(50*time.Second, waits)
		assert.Equal(t, model.StatusPending, waits.Status)
		waits = b.after(15*time.Second, waits)
		assert.Equal(t, model.StatusCancelled, waits.Status)
		assert.Equal(t, "pending-timeout", info(waits))
		assert.Equal(t, "pending-timeout", *waits.Kernels[0].StatusInfo)
		list, _ := heard.Take()
		require.Len(t, list, 1)
		assert.Equal(t, "pending-timeout", list[0].Reason)

		assert.Equal(t, model.StatusPending, b.read(later).Status, "it does not wait before it may start")
		assert.Equal(t, model.StatusRunning, b.read(runs).Status)
	})
}
