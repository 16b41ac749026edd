package store

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPresetsAreAddedChangedAndDeleted(t *testing.T) {
	s := open(t)
	first, err := s.Presets(t.Context())
	require.NoError(t, err)
	require.Len(t, first, 3, "a new database offers some")
	assert.Equal(t, "cpu01-small", first[0].Name)
	assert.Nil(t, first[0].SharedMemory)

	size := int64(64 << 20)
	require.NoError(t, s.AddPreset(t.Context(), Preset{ID: "p", Name: "tiny", Slots: `{"cpu": "1"}`, SharedMemory: &size}))
	err = s.AddPreset(t.Context(), Preset{ID: "q", Name: "tiny"})
	assert.Equal(t, KindConflict, KindOf(err))
	assert.Equal(t, "UNIQUE constraint failed: resource_presets.name", Constraint(err))

	got, err := s.ChangePreset(t.Context(), "tiny", func(p *Preset) error { p.Slots = `{"cpu": "2"}`; return nil })
	require.NoError(t, err)
	assert.Equal(t, Preset{ID: "p", Name: "tiny", Slots: `{"cpu": "2"}`, SharedMemory: &size}, got)
	kept, err := s.Preset(t.Context(), "tiny")
	require.NoError(t, err)
	assert.Equal(t, got, kept)

	cause := errors.New("no")
	_, err = s.ChangePreset(t.Context(), "tiny", func(p *Preset) error { p.Name = "other"; return cause })
	require.ErrorIs(t, err, cause)
	kept, err = s.Preset(t.Context(), "tiny")
	require.NoError(t, err, "what is refused changes nothing")
	assert.Equal(t, got, kept)

	require.NoError(t, s.DeletePreset(t.Context(), "tiny"))
	assert.True(t, IsNotFound(s.DeletePreset(t.Context(), "tiny")))
	_, err = s.ChangePreset(t.Context(), "tiny", func(*Preset) error { return nil })
	assert.True(t, IsNotFound(err))
	assert.Empty(t, Constraint(err))
}
