package node

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEventsComeInOrderAndNeverMakeTheSenderWait(t *testing.T) {
	q := newQueue()
	for i := range 1000 {
		q.add(Event{KernelID: fmt.Sprint(i)})
	}
	for i := range 1000 {
		assert.Equal(t, fmt.Sprint(i), (<-q.out).KernelID)
	}
	q.add(Event{})
	q.close()
	_, open := <-q.out
	if open { // the last one may still have been on its way
		_, open = <-q.out
	}
	assert.False(t, open)
}
