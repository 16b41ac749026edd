package life

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/node"
)

func TestWhatARestartOfTheServerFinds(t *testing.T) {
	for name, test := range map[string]struct {
		while func(b *bench, kernel string) // what happens while the server is away
		want  model.Status
		info  string
	}{
		"a session that still runs":   {func(*bench, string) {}, model.StatusRunning, ""},
		"a session that has ended":    {func(b *bench, k string) { b.node.End(k, 0, node.EndSelf) }, model.StatusTerminated, "task-finished"},
		"a session that has failed":   {func(b *bench, k string) { b.node.End(k, 1, node.EndSelf) }, model.StatusTerminated, "task-failed"},
		"a machine that was rebooted": {func(b *bench, k string) { b.node.Forget(k) }, model.StatusTerminated, "container-not-found"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(b *bench) {
				s := b.enqueue(b.session("stays", "1", model.TypeBatch))
				b.stop()
				test.while(b, s.Kernels[0].ID)
				b.startEngine()
				synctest.Wait()
				s = b.read(s)
				assert.Equal(t, test.want, s.Status)
				assert.Equal(t, test.info, info(s))
			})
		})
	}
}

func TestAStartThatWasCutOffIsContinued(t *testing.T) {
	run(t, func(b *bench) {
		release := b.node.HoldCreate()
		s := b.enqueue(b.session("cut", "1", model.TypeInteractive))
		require.Equal(t, model.StatusPreparing, s.Status)
		b.stop()
		require.Equal(t, model.StatusPreparing, b.read(s).Status, "stopping the server breaks no session")
		release()
		b.startEngine()
		synctest.Wait()
		assert.Equal(t, model.StatusRunning, b.read(s).Status)
		assert.Len(t, b.node.Created(), 1)
	})
}

func TestAStartIsMadeAnewAfterAReboot(t *testing.T) {
	run(t, func(b *bench) {
		release := b.node.HoldCreate()
		s := b.enqueue(b.session("cut", "1", model.TypeInteractive))
		b.stop()
		release()
		require.NoError(t, b.node.Create(t.Context(), node.Spec{ID: s.Kernels[0].ID}))
		b.node.End(s.Kernels[0].ID, -1, node.EndLost)
		b.startEngine()
		synctest.Wait()
		assert.Equal(t, model.StatusRunning, b.read(s).Status)
		assert.Equal(t, node.StateRunning, b.node.Kernels()[0].State)
	})
}

func TestAnEndThatWasCutOffIsContinued(t *testing.T) {
	run(t, func(b *bench) {
		s := b.enqueue(b.session("cut", "1", model.TypeInteractive))
		b.stop()
		_, err := b.engine.Destroy(b.Context(), s.ID, false)
		require.NoError(t, err)
		require.Equal(t, model.StatusTerminating, b.read(s).Status)
		b.startEngine()
		synctest.Wait()
		s = b.read(s)
		assert.Equal(t, model.StatusTerminated, s.Status)
		assert.Equal(t, "user-requested", info(s))
		assert.Empty(t, b.node.Kernels())
	})
}

func TestABatchThatEndedWhileBeingStartedIsNotRunTwice(t *testing.T) {
	run(t, func(b *bench) {
		release := b.node.HoldCreate()
		s := b.enqueue(b.session("quick", "1", model.TypeBatch))
		b.stop()
		release()
		require.NoError(t, b.node.Create(b.Context(), node.Spec{ID: s.Kernels[0].ID}))
		b.node.End(s.Kernels[0].ID, 0, node.EndSelf)
		b.startEngine()
		synctest.Wait()
		s = b.read(s)
		assert.Equal(t, model.StatusTerminated, s.Status)
		assert.Equal(t, "SUCCESS", s.Result)
		assert.Len(t, b.node.Created(), 1)
	})
}

func TestKernelsOfNobodyAreEnded(t *testing.T) {
	run(t, func(b *bench) {
		b.stop()
		require.NoError(t, b.node.Create(b.Context(), node.Spec{ID: "stray"}))
		b.startEngine()
		synctest.Wait()
		assert.Empty(t, b.node.Kernels())
	})
}

func TestAKernelThatVanishesIsNoticed(t *testing.T) {
	run(t, func(b *bench) {
		s := b.enqueue(b.session("vanishes", "1", model.TypeInteractive))
		b.node.Forget(s.Kernels[0].ID)
		time.Sleep(auditEvery + time.Second)
		synctest.Wait()
		s = b.read(s)
		assert.Equal(t, model.StatusTerminated, s.Status)
		assert.Equal(t, "container-not-found", info(s))
	})
}
