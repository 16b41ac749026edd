package store

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestAThousandSessionsWaitWhereThePolicyDoesNotSay(t *testing.T) {
	s := planted(t)
	for n := range DefaultMaxPending {
		require.NoError(t, s.AddSession(t.Context(), testSession(n)))
	}
	full, is := IsQueueFull(s.AddSession(t.Context(), testSession(DefaultMaxPending)))
	if assert.True(t, is) {
		assert.Equal(t, "You cannot create more than 1000 pending session(s).", full.Error())
	}
	_, is = IsQueueFull(s.CheckQueue(t.Context(), "AK2"))
	assert.True(t, is)
	assert.NoError(t, s.CheckQueue(t.Context(), "AK1"), "another key pair")
	_, err := s.UpdateSession(t.Context(), testSession(0).ID, func(s *Session) error { s.Status = model.StatusRunning; return nil })
	require.NoError(t, err)
	assert.NoError(t, s.CheckQueue(t.Context(), "AK2"), "one waits less")
}
