//go:build linux

package pid1

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestKernelsTogetherLeaveWatchesToTheMachine(t *testing.T) {
	const most = 128 // as Linux has it
	assert.Equal(t, 8, watchShare(most, 0), "enough for the programs of one")
	taken := 0
	for neighbours := range 60 {
		share := watchShare(most, neighbours)
		assert.Positive(t, share)
		taken += share
	}
	assert.LessOrEqual(t, taken, most*3/4)
}
