package turns

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFewOfEachHappenAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := New(2)
		enter := func(ctx context.Context, key string) <-chan func() {
			entered := make(chan func(), 1)
			go func() {
				leave, err := turns.Enter(ctx, key)
				if err != nil {
					assert.ErrorIs(t, err, context.Canceled)
				}
				entered <- leave
			}()
			synctest.Wait()
			return entered
		}
		first, second := <-enter(t.Context(), "a"), <-enter(t.Context(), "a")
		third := enter(t.Context(), "a")
		assert.Empty(t, third, "it waits")
		other := <-enter(t.Context(), "b")
		require.NotNil(t, other, "nobody else does")

		ctx, cancel := context.WithCancel(t.Context())
		fourth := enter(ctx, "a")
		cancel()
		assert.Nil(t, <-fourth, "who gives up")

		first()
		(<-third)()
		second()
		other()
		assert.Empty(t, turns.lines, "nothing is kept of those who are done")
	})
}
