package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSessionsKnowWhatTheyWaitFor(t *testing.T) {
	s := planted(t)
	first, second, third := testSession(1), testSession(2), testSession(3)
	third.DependsOn = []string{first.ID, second.ID, first.ID}
	third.TimeLimit, third.MountPoints = 90*time.Minute, `[{"name":"data"}]`
	for _, row := range []*Session{first, second, third} {
		require.NoError(t, s.AddSession(t.Context(), row))
	}
	got, err := s.Session(t.Context(), third.ID)
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{first.ID, second.ID}, got.DependsOn)
	assert.Equal(t, 90*time.Minute, got.TimeLimit)
	assert.Equal(t, third.MountPoints, got.MountPoints)
	needs, err := s.Dependencies(t.Context(), third.ID)
	require.NoError(t, err)
	require.Len(t, needs, 2)
	assert.Equal(t, Dependency{first.ID, first.Name, first.Status, first.Result}, needs[0])
	waits, err := s.Dependents(t.Context(), second.ID)
	require.NoError(t, err)
	assert.Equal(t, []string{third.ID}, waits)
	none, err := s.Dependencies(t.Context(), first.ID)
	require.NoError(t, err)
	assert.Empty(t, none)
}
