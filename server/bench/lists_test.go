package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/accounts"
	"github.com/baiui/baiui/server/manager/store"
)

func TestFillMakesSessionsThatTheManagerLists(t *testing.T) {
	path := filepath.Join(t.TempDir(), "manager.db")
	s, err := store.Open(t.Context(), path, store.LoseOnPowerCut())
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	hasher := accounts.NewHasher(1)
	hasher.Iterations = 1
	_, err = accounts.Bootstrap(t.Context(), s, hasher, time.Now(), nil)
	require.NoError(t, err)
	for _, rows := range []int{50, 120, 120} {
		require.NoError(t, fill(t.Context(), path, rows))
		page, total, err := s.Sessions(t.Context(), store.SessionQuery{WithKernels: true, Page: store.Page{Limit: 20, Offset: 40}})
		require.NoError(t, err)
		assert.Equal(t, rows, total)
		for _, session := range page {
			if assert.Len(t, session.Kernels, 1) {
				assert.Equal(t, session.ID, session.Kernels[0].SessionID)
			}
		}
	}
}

func TestNumbersOfRowsGrow(t *testing.T) {
	for text, want := range map[string][]int{"100": {100}, "100,1000": {100, 1000}, "": nil, "1": nil, "100,100": nil, "100,x": nil} {
		got, err := readNumbers(text)
		assert.Equal(t, want, got, text)
		assert.Equal(t, want == nil, err != nil, text)
	}
}
