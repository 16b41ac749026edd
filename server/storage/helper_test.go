package storage

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// bearer is who the tokens are made for.
const bearer = "AKBEARER"

// world is a volume with one empty folder and a clock.
type world struct {
	*testing.T
	*Volume
	id FolderID

	mu  sync.Mutex
	now time.Time
}

func newWorld(t *testing.T, quota Quota) *world {
	w := &world{T: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	v, err := Open(Options{Dir: filepath.Join(t.TempDir(), "volume"), Now: func() time.Time {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.now
	}, Quota: func(context.Context, FolderID) (Quota, error) { return quota, nil }})
	require.NoError(t, err)
	w.Volume = v
	t.Cleanup(func() { require.NoError(t, v.Close()) })
	w.id = w.folder()
	return w
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// folder makes one more folder of the same owner.
func (w *world) folder() FolderID {
	id := FolderID{Owner{OwnerUser, uuid.MustParse("f38dea23-50fa-42a0-b5ae-338f5f4693f4")}, uuid.New()}
	require.NoError(w, w.Create(id))
	return id
}

// write puts a file into the folder as a session would.
func (w *world) write(path, content string) {
	full := filepath.Join(w.Path(w.id), path)
	require.NoError(w, os.MkdirAll(filepath.Dir(full), 0o755))
	require.NoError(w, os.WriteFile(full, []byte(content), 0o644))
}

// content is a file of the folder as a session sees it.
func (w *world) content(path string) string {
	data, err := os.ReadFile(filepath.Join(w.Path(w.id), path))
	require.NoError(w, err)
	return string(data)
}

// names lists a directory.
func (w *world) names(dir string) []string {
	entries, err := w.List(w.Context(), w.id, dir)
	require.NoError(w, err)
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return names
}

// call sends one request to the client-facing handler.
func (w *world) call(method, target string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	return rec
}

// begin starts an upload and gives its address.
func (w *world) begin(path string, size int64) string {
	token, err := w.StartUpload(w.Context(), bearer, w.id, path, size)
	require.NoError(w, err)
	return "/upload?token=" + token
}

// patch sends a piece of an upload.
func (w *world) patch(target string, offset int, piece string) *httptest.ResponseRecorder {
	return w.call(http.MethodPatch, target, strings.NewReader(piece), "Upload-Offset", fmt.Sprint(offset), "Tus-Resumable", "1.0.0",
		"Content-Type", "application/offset+octet-stream")
}

// put uploads a whole file.
func (w *world) put(path, content string) {
	got := w.patch(w.begin(path, int64(len(content))), 0, content)
	require.Equal(w, http.StatusNoContent, got.Code, "%s", got.Body)
}

// fetch downloads a path.
func (w *world) fetch(path, more string, headers ...string) *httptest.ResponseRecorder {
	token, err := w.DownloadToken(bearer, w.id, path)
	require.NoError(w, err)
	return w.call(http.MethodGet, "/download?token="+token+more, nil, headers...)
}

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}
