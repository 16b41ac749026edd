//go:build !js

package client

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStorageWithoutABrowser(t *testing.T) {
	storage := NewBrowserStorage()
	assert.Empty(t, storage.Get("a"))
	require.NoError(t, storage.Set("b", "2"))
	require.NoError(t, storage.Set("a", "1"))
	assert.Equal(t, "1", storage.Get("a"))
	assert.Equal(t, []string{"a", "b"}, storage.Keys())
	storage.Remove("a")
	assert.Equal(t, []string{"b"}, storage.Keys())
	assert.Empty(t, NewBrowserStorage().Keys(), "each is its own")
}
