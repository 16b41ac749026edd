package storage

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnUploadThatCannotFitIsNotBegun(t *testing.T) {
	w := newWorld(t, Quota{Bytes: 10})
	w.put("a", "123456")
	_, err := w.StartUpload(t.Context(), bearer, w.id, "b", 5)
	assert.Equal(t, KindQuota, KindOf(err))
	w.put("b", "1234")
	_, err = w.StartUpload(t.Context(), bearer, w.id, "c", 1)
	assert.Equal(t, KindQuota, KindOf(err))
	require.NoError(t, w.Remove(t.Context(), w.id, []string{"a"}, false))
	w.put("c", "123456")
}

func TestAQuotaEndsUploadsInTheMiddle(t *testing.T) {
	w := newWorld(t, Quota{Bytes: 10})
	one, two := w.begin("a", 8), w.begin("b", 8) // each would fit alone
	require.Equal(t, http.StatusNoContent, w.patch(one, 0, "1234567").Code)
	got := w.patch(two, 0, "1234")
	assert.Equal(t, http.StatusRequestEntityTooLarge, got.Code)
	assert.Contains(t, got.Body.String(), "storage/quota-exceeded")
	assert.Equal(t, "0", got.Header().Get("Upload-Offset"))
	assert.Equal(t, http.StatusNoContent, w.patch(one, 7, "8").Code)
	require.NoError(t, w.Remove(t.Context(), w.id, []string{"a"}, false))
	w.advance(ledgerLife)
	assert.Equal(t, http.StatusNoContent, w.patch(two, 0, "12345678").Code, "it goes on once there is room")
}

func TestReplacingAFileGivesItsRoomBack(t *testing.T) {
	w := newWorld(t, Quota{Bytes: 10})
	for range 5 {
		w.put("a", "12345")
	}
}

func TestAQuotaCountsFilesAndDirectories(t *testing.T) {
	w := newWorld(t, Quota{Files: 3})
	w.put("a/b/c", "1")
	assert.Equal(t, KindQuota, KindOf(w.Mkdir(t.Context(), w.id, "d", true, false)))
	_, err := w.StartUpload(t.Context(), bearer, w.id, "e", 0)
	assert.Equal(t, KindQuota, KindOf(err))
	assert.NoError(t, w.Mkdir(t.Context(), w.id, "a/b", true, true), "one that is there needs no room")
	require.NoError(t, w.Remove(t.Context(), w.id, []string{"a/b/c"}, false))
	assert.NoError(t, w.Mkdir(t.Context(), w.id, "d", true, false))
}

func TestWhatSessionsWroteCounts(t *testing.T) {
	w := newWorld(t, Quota{Bytes: 100})
	w.write("big", strings.Repeat("x", 99))
	_, err := w.StartUpload(t.Context(), bearer, w.id, "b", 2)
	assert.Equal(t, KindQuota, KindOf(err))
}

func TestAnOwnersQuotaCountsAllFolders(t *testing.T) {
	w := newWorld(t, Quota{Owner: 10})
	w.put("a", "123456")
	w.id = w.folder()
	_, err := w.StartUpload(t.Context(), bearer, w.id, "b", 5)
	assert.Equal(t, KindQuota, KindOf(err))
	w.put("b", "1234")
}

func TestACloneKeepsToTheQuota(t *testing.T) {
	w := newWorld(t, Quota{Owner: 10})
	w.put("a", "123456")
	assert.Equal(t, KindQuota, KindOf(w.Clone(t.Context(), w.id, w.folder(), nil)))
}

func TestUsageCountsEveryEntry(t *testing.T) {
	w := newWorld(t, Quota{})
	used, err := w.Usage(t.Context(), w.id)
	require.NoError(t, err)
	assert.Equal(t, Usage{}, used)
	w.write("a/b", "12345")
	used, err = w.Usage(t.Context(), w.id)
	require.NoError(t, err)
	assert.Equal(t, Usage{5, 2}, used, "directories have no bytes, as for quotas and lists")
}
