package storage

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience bounds what would otherwise hang.
func patience(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func (w *world) reads(want Usage) {
	w.Helper()
	used, known := w.FolderUsage(patience(w.T), w.id)
	require.True(w, known)
	assert.Equal(w, want, used)
}

func TestListsSeeWhatUploadsWriteAtOnce(t *testing.T) {
	w := newWorld(t, Quota{})
	w.reads(Usage{})
	w.put("a", "12345")
	w.reads(Usage{5, 1})
	require.NoError(t, w.Remove(t.Context(), w.id, []string{"a"}, true))
	w.reads(Usage{})
}

func TestListsSeeWhatSessionsWriteAfterAWhile(t *testing.T) {
	w := newWorld(t, Quota{})
	w.reads(Usage{})
	w.write("a", "12345")
	w.reads(Usage{})
	w.advance(gaugeLife)
	w.reads(Usage{5, 1})
}

func TestTheUsageOfAnOwnerCountsAllFolders(t *testing.T) {
	w := newWorld(t, Quota{})
	w.put("a", "12345")
	w.id = w.folder()
	w.put("b", "123")
	used, known := w.OwnerUsage(patience(t), w.id.Owner)
	assert.True(t, known)
	assert.EqualValues(t, 8, used.Bytes)
	used, known = w.OwnerUsage(patience(t), Owner{OwnerUser, uuid.New()})
	assert.True(t, known)
	assert.Equal(t, Usage{}, used)
}

func TestWhoCannotWaitGetsWhatWasKnown(t *testing.T) {
	w := newWorld(t, Quota{})
	w.put("a", "12345")
	for range cap(w.walks) {
		w.walks <- struct{}{} // others walk through folders
	}
	hasty, cancel := context.WithCancel(t.Context())
	cancel()
	_, known := w.FolderUsage(hasty, w.id)
	assert.False(t, known)
	for range cap(w.walks) {
		<-w.walks
	}
	w.reads(Usage{5, 1})
	w.advance(gaugeLife)
	w.write("b", "1")
	used, known := w.FolderUsage(hasty, w.id)
	assert.True(t, known)
	assert.Contains(t, []Usage{{5, 1}, {6, 2}}, used)
}
