//go:build linux

package pid1

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestKernelsTogetherLeaveWatchesToTheMachine(t *testing.T) {
	const most = 128 // as Linux has it
	assert.Equal(t, 8, watchShare(most, 0), "enough for the programs of one")
	assert.Equal(t, fewestWatches, watchShare(most, 100), "whatever others do, one can work")
	taken := 0
	for neighbours := range 20 {
		taken += watchShare(most, neighbours)
	}
	assert.LessOrEqual(t, taken, most*3/4)
}
