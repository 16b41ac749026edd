//go:build unix

package storage

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFileIsDownloaded(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write(`out/a "b" é.csv`, "hello")
	got := w.fetch(`out/a "b" é.csv`, "")
	assert.Equal(t, http.StatusOK, got.Code)
	assert.Equal(t, "hello", got.Body.String())
	assert.Equal(t, "application/octet-stream", got.Header().Get("Content-Type"))
	assert.Equal(t, `attachment;filename="a \"b\" _.csv"; filename*=UTF-8''a%20%22b%22%20%C3%A9.csv`, got.Header().Get("Content-Disposition"))
	assert.Equal(t, "*", got.Header().Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "nosniff", got.Header().Get("X-Content-Type-Options"))
	assert.Contains(t, got.Header().Get("Content-Security-Policy"), "sandbox")
	assert.Equal(t, "no-store", w.fetch(`out/a "b" é.csv`, "&no_cache=true").Header().Get("Cache-Control"))

	part := w.fetch(`out/a "b" é.csv`, "", "Range", "bytes=1-3")
	assert.Equal(t, http.StatusPartialContent, part.Code)
	assert.Equal(t, "ell", part.Body.String())
	assert.Equal(t, "bytes 1-3/5", part.Header().Get("Content-Range"))
	same := w.fetch(`out/a "b" é.csv`, "", "If-None-Match", got.Header().Get("ETag"))
	assert.Equal(t, http.StatusNotModified, same.Code)
	assert.Equal(t, http.StatusRequestedRangeNotSatisfiable, w.fetch(`out/a "b" é.csv`, "", "Range", "bytes=9-").Code)
}

func TestDownloadsThatCannotBe(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("a", "hello")
	w.write("dir/b", "")
	outside := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(outside, []byte("secret"), 0o600))
	for name, target := range map[string]string{"absolute": outside, "relative": "../uploads", "loop": "loop", "secret": "../../../../../.secret"} {
		require.NoError(t, os.Symlink(target, filepath.Join(w.Path(w.id), name)))
	}
	mkfifo(t, filepath.Join(w.Path(w.id), "pipe"))
	for path, want := range map[string]int{
		"none": 404, "a/b": 404, "absolute": 404, "relative": 404, "loop": 400, "secret": 404, "dir": 400, ".": 400, "pipe": 400,
	} {
		got := w.fetch(path, "")
		assert.Equal(t, want, got.Code, "%s: %s", path, got.Body)
		assert.NotContains(t, got.Body.String(), outside)
	}
	for _, query := range []string{"&dst_dir=..", "&dst_dir=/etc", "&dst_dir=%2e%2e/x", "&unknown=1"} {
		assert.Equal(t, http.StatusBadRequest, w.fetch("a", query).Code, query)
	}
	token, err := w.DownloadToken(bearer, w.id, "a")
	require.NoError(t, err)
	assert.Equal(t, http.StatusMethodNotAllowed, w.call(http.MethodHead, "/download?token="+token, nil).Code)
	assert.Equal(t, http.StatusMethodNotAllowed, w.call(http.MethodPost, "/upload", nil).Code)
	assert.Equal(t, http.StatusNotFound, w.call(http.MethodGet, "/other", nil).Code)
	_, err = w.DownloadToken(bearer, w.id, "../a")
	assert.Equal(t, KindInvalid, KindOf(err))
}

func TestALinkInsideTheFolderIsFollowed(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("sub/a", "hello")
	require.NoError(t, os.Symlink("sub", filepath.Join(w.Path(w.id), "link")))
	assert.Equal(t, "hello", w.fetch("link/a", "").Body.String())
}

// unpack reads a ZIP archive; directories have no content.
func unpack(t *testing.T, data []byte) map[string]string {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	out := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(in)
		require.NoError(t, err)
		out[f.Name] = string(content)
	}
	return out
}

func TestADirectoryIsDownloadedAsAnArchive(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("d/a", "1")
	w.write("d/sub/b", "2")
	w.write(`d/win\..\..\evil`, "3")
	w.write("other", "4")
	require.NoError(t, w.Mkdir(t.Context(), w.id, "d/empty", true, false))
	for name, target := range map[string]string{"in": "../other", "out": "/etc/passwd", "gone": "none", "dirlink": "sub"} {
		require.NoError(t, os.Symlink(target, filepath.Join(w.Path(w.id), "d", name)))
	}
	mkfifo(t, filepath.Join(w.Path(w.id), "d", "pipe"))
	got := w.fetch("d", "&archive=true")
	assert.Equal(t, http.StatusOK, got.Code)
	assert.Equal(t, "application/zip", got.Header().Get("Content-Type"))
	assert.Contains(t, got.Header().Get("Content-Disposition"), `filename="d.zip"`)
	assert.Equal(t, map[string]string{"a": "1", "sub/": "", "sub/b": "2", "win_.._.._evil": "3", "empty/": "", "in": "4"},
		unpack(t, got.Body.Bytes()))
	assert.Equal(t, "1", w.fetch("d/a", "&archive=true").Body.String(), "a file stays a file")
}

func TestSeveralPathsAreDownloadedAsAnArchive(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("d/a", "1")
	w.write("e/a", "2")
	w.write("f", "3")
	token, err := w.ArchiveToken(bearer, w.id, []string{"d", "e", "f"}, "my.zip")
	require.NoError(t, err)
	got := w.call(http.MethodGet, "/download-archive?token="+token, nil)
	assert.Contains(t, got.Header().Get("Content-Disposition"), `filename="my.zip"`)
	assert.Equal(t, map[string]string{"d/a": "1", "e/a": "2", "f": "3"}, unpack(t, got.Body.Bytes()))

	token, err = w.ArchiveToken(bearer, w.id, []string{"d", "none"}, "")
	require.NoError(t, err)
	assert.Equal(t, http.StatusNotFound, w.call(http.MethodGet, "/download-archive?token="+token, nil).Code)
	for _, paths := range [][]string{nil, {"../a"}, make([]string, 101)} {
		_, err := w.ArchiveToken(bearer, w.id, paths, "")
		assert.Equal(t, KindInvalid, KindOf(err))
	}
}

func TestTokensAreForOneThing(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("a", "hello")
	download, err := w.DownloadToken(bearer, w.id, "a")
	require.NoError(t, err)
	upload := strings.TrimPrefix(w.begin("b", 1), "/upload?token=")
	archive, err := w.ArchiveToken(bearer, w.id, []string{"a"}, "")
	require.NoError(t, err)
	for name, target := range map[string]string{
		"no token":                        "/download",
		"nonsense":                        "/download?token=x.y.z",
		"one for uploads":                 "/download?token=" + upload,
		"one for archives":                "/download?token=" + archive,
		"one with another signature":      "/download?token=" + download[:len(download)-4] + "AAAA",
		"one without a signature":         "/download?token=eyJhbGciOiJub25lIn0." + strings.Split(download, ".")[1] + ".",
		"one for downloads":               "/download-archive?token=" + download,
		"one for downloads at the upload": "/upload?token=" + download,
	} {
		method := http.MethodGet
		if strings.HasPrefix(target, "/upload") {
			method = http.MethodHead
		}
		assert.Equal(t, http.StatusBadRequest, w.call(method, target, nil).Code, name)
	}
	w.advance(DefaultDownloadLife - time.Second)
	assert.Equal(t, http.StatusOK, w.call(http.MethodGet, "/download?token="+download, nil).Code)
	w.advance(2 * time.Second)
	late := w.call(http.MethodGet, "/download?token="+download, nil)
	assert.Equal(t, http.StatusBadRequest, late.Code)
	assert.Contains(t, late.Body.String(), "expired")
}

// The storage proxy's own tokens for the same claims and secret.
func TestTokensAreThoseOfTheStorageProxy(t *testing.T) {
	w := newWorld(t, Quota{})
	w.Volume.Name, w.secret = "vol1", []byte("some-storage-secret")
	w.now = time.Unix(1704168245, 0)
	id, err := ParseFolderID("user:f38dea23-50fa-42a0-b5ae-338f5f4693f4/0b1a2c3d4e5f4a6b8c7d9e0f1a2b3c4d")
	require.NoError(t, err)
	got, err := w.sign(claims{Op: opDownload, Folder: id.String(), Path: "out/a.csv"}, 0)
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(got, ".dWY1rleD6i4ekw7xIRZ7q1x6PvFpNoGEEWGP3lHhXTo"), got)
	size := int64(1048576)
	got, err = w.sign(claims{Op: opUpload, Folder: id.String(), Path: "in/b.bin", Size: &size, Session: "5d7f"}, 0)
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(got, ".07ylyC5Ltsnr22fmLxH3k2YeXC98I2ElKZ5M2O2pEtA"), got)
}

func FuzzVerify(f *testing.F) {
	f.Add("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.AAAA")
	v := &Volume{Options: Options{Name: "volume1", Now: time.Now}, secret: []byte("some-storage-secret")}
	f.Fuzz(func(t *testing.T, token string) {
		for _, op := range []string{opDownload, opUpload, opArchive} {
			_, _, err := v.verify(t.Context(), token, op)
			assert.Equal(t, KindInvalid, KindOf(err), "nobody guesses a signature")
		}
	})
}

// unreadable is a client that takes nothing until it goes.
type unreadable struct {
	*httptest.ResponseRecorder
	begun chan<- struct{}
	gone  <-chan struct{}
}

func (u *unreadable) Write([]byte) (int, error) {
	u.begun <- struct{}{}
	<-u.gone
	return 0, io.ErrClosedPipe
}

func TestArchivesThatNobodyReadsAreInNobodysWay(t *testing.T) {
	w := newWorld(t, Quota{Bytes: 1 << 20})
	w.write("a", strings.Repeat("a", 1<<16))
	ask := func(rw http.ResponseWriter, bearer string) {
		defer func() { _ = recover() }() // how an archive is cut
		token, err := w.ArchiveToken(bearer, w.id, []string{"a"}, "")
		if !assert.NoError(t, err) {
			return
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		w.Handler().ServeHTTP(rw, httptest.NewRequestWithContext(ctx, http.MethodGet, "/download-archive?token="+token, nil))
	}
	begun, gone := make(chan struct{}, 100), make(chan struct{})
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() { ask(&unreadable{httptest.NewRecorder(), begun, gone}, "greedy") })
	}
	for range maxArchives {
		<-begun
	}
	rec := httptest.NewRecorder()
	ask(rec, bearer)
	assert.Equal(t, http.StatusOK, rec.Code)
	assert.NotEmpty(t, rec.Body.Bytes())
	w.put("b", "quotas are counted by walks")
	assert.Empty(t, begun, "two at a time")
	close(gone)
	clients.Wait()
}

// withdrawing is a client whose right ends when it has read a little.
type withdrawing struct {
	*httptest.ResponseRecorder
	end func()
}

func (c *withdrawing) Write(p []byte) (int, error) {
	c.end()
	return c.ResponseRecorder.Write(p)
}

func TestAnArchiveEndsWithTheRight(t *testing.T) {
	w := newWorld(t, Quota{})
	noise := make([]byte, 1<<16)
	_, _ = rand.Read(noise)
	for _, name := range []string{"d/a", "d/b", "d/c"} {
		w.write(name, string(noise))
	}
	withdrawn := false
	w.Entitled = func(_ context.Context, who string, id FolderID, write bool) error {
		assert.Equal(t, bearer, who)
		assert.Equal(t, w.id, id)
		assert.False(t, write)
		if withdrawn {
			return ErrNotEntitled
		}
		return nil
	}
	token, err := w.ArchiveToken(bearer, w.id, []string{"d"}, "")
	require.NoError(t, err)
	ask := func(end func()) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(&withdrawing{rec, end}, httptest.NewRequest(http.MethodGet, "/download-archive?token="+token, nil))
		return rec
	}
	whole := ask(func() { w.advance(time.Minute) })
	assert.Greater(t, whole.Body.Len(), 3*len(noise))
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
		ask(func() {
			w.advance(time.Minute)
			withdrawn = true
		})
	})
	assert.Equal(t, http.StatusForbidden, ask(func() {}).Code, "and is not begun again")
}
