package tasks

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATaskTellsHowFarItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tasks := New(time.Now)
		step := make(chan struct{})
		id := tasks.Start("AK", func(_ context.Context, progress Progress) (string, error) {
			progress(1, 3, "first")
			<-step
			return "made", nil
		})
		synctest.Wait()
		state, changed, owner, ok := tasks.State(id)
		require.True(t, ok)
		assert.Equal(t, "AK", owner)
		assert.Equal(t, State{Started, "first", 1, 3}, state)
		close(step)
		<-changed
		state, _, _, _ = tasks.State(id)
		assert.Equal(t, State{Done, "made", 1, 3}, state)
		assert.True(t, state.Finished())

		time.Sleep(23 * time.Hour)
		_, _, _, ok = tasks.State(id)
		assert.True(t, ok, "the status is kept for a day")
		time.Sleep(2 * time.Hour)
		_, _, _, ok = tasks.State(id)
		assert.False(t, ok)
		tasks.Close()
	})
}

func TestHowTasksEnd(t *testing.T) {
	tasks := New(time.Now)
	failed := tasks.Start("AK", func(context.Context, Progress) (string, error) { return "", errors.New("no room") })
	hangs := tasks.Start("AK", func(ctx context.Context, _ Progress) (string, error) { <-ctx.Done(); return "", ctx.Err() })
	tasks.Close()
	state, _, _, _ := tasks.State(failed)
	assert.Equal(t, Failed, state.Status)
	assert.Equal(t, "no room", state.Message)
	state, _, _, _ = tasks.State(hangs)
	assert.Equal(t, Cancelled, state.Status)
}
