package buffers

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestABufferIsAlwaysOfTheSizeThatWasAskedFor(t *testing.T) {
	p := New(8)
	for name, back := range map[string][]byte{
		"a whole one":          make([]byte, 8),
		"a part of one":        make([]byte, 3, 8),
		"one from elsewhere":   make([]byte, 4),
		"a larger one":         make([]byte, 16),
		"the rest of one":      make([]byte, 8)[2:],
		"nothing":              nil,
		"one of no length":     make([]byte, 0, 8),
		"one with room behind": make([]byte, 8, 9),
	} {
		t.Run(name, func(t *testing.T) {
			p.Put(back)
			assert.Len(t, p.Get(), 8)
		})
	}
}
