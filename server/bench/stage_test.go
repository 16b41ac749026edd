package main

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAStageIsClearedFromItsEndAndSaysAllThatFailed(t *testing.T) {
	s, err := newStage()
	require.NoError(t, err)
	require.DirExists(t, s.dir)
	assert.NotEqual(t, s.folder(), s.folder(), "every server has a folder of its own")

	var order []string
	first, second := errors.New("first"), errors.New("second")
	s.later(func() error { order = append(order, "first"); assert.DirExists(t, s.dir); return first })
	s.later(func() error { order = append(order, "second"); return second })
	err = s.clear()
	require.ErrorIs(t, err, first)
	require.ErrorIs(t, err, second)
	assert.Equal(t, []string{"second", "first"}, order)
	assert.NoDirExists(t, s.dir)
	assert.NoError(t, s.clear(), "nothing is taken away twice")
}
