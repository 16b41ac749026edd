package storage

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnUploadGoesOnWhereItStopped(t *testing.T) {
	w := newWorld(t, Quota{})
	url := w.begin("in/b.txt", 5)
	head := w.call(http.MethodHead, url, nil)
	assert.Equal(t, http.StatusOK, head.Code)
	assert.Equal(t, "0", head.Header().Get("Upload-Offset"))
	assert.Equal(t, "5", head.Header().Get("Upload-Length"))
	assert.Equal(t, "1.0.0", head.Header().Get("Tus-Resumable"))
	assert.Equal(t, "no-store", head.Header().Get("Cache-Control"))

	first := w.patch(url, 0, "abc")
	assert.Equal(t, http.StatusNoContent, first.Code)
	assert.Equal(t, "3", first.Header().Get("Upload-Offset"))
	assert.Empty(t, w.names("."), "nothing is seen before all is there")

	assert.Equal(t, "3", w.call(http.MethodHead, url, nil).Header().Get("Upload-Offset"))
	wrong := w.patch(url, 0, "abc")
	assert.Equal(t, http.StatusConflict, wrong.Code, "a piece that is there already")
	assert.Equal(t, "3", wrong.Header().Get("Upload-Offset"))

	last := w.patch(url, 3, "de")
	assert.Equal(t, http.StatusNoContent, last.Code)
	assert.Equal(t, "abcde", w.content("in/b.txt"))
	for _, method := range []string{http.MethodHead, http.MethodPatch} {
		over := w.call(method, url, nil, "Upload-Offset", "5")
		assert.Equal(t, http.StatusNotFound, over.Code)
		assert.Contains(t, over.Body.String(), "probs/storage/no-such-upload-session")
	}
}

func TestPiecesMustSayWhereTheyBelong(t *testing.T) {
	w := newWorld(t, Quota{})
	url := w.begin("a", 5)
	for _, offset := range []string{"", "x", "-1", "1e3"} {
		got := w.call(http.MethodPatch, url, strings.NewReader("a"), "Upload-Offset", offset)
		assert.Equal(t, http.StatusBadRequest, got.Code, offset)
	}
}

func TestAnEmptyFileNeedsOneEmptyPiece(t *testing.T) {
	w := newWorld(t, Quota{})
	url := w.begin("empty", 0)
	assert.Empty(t, w.names("."))
	assert.Equal(t, http.StatusNoContent, w.patch(url, 0, "").Code)
	assert.Equal(t, "", w.content("empty"))
}

func TestAnUploadReplacesTheFileInOneStep(t *testing.T) {
	w := newWorld(t, Quota{})
	w.put("a", "old")
	url := w.begin("a", 6)
	w.patch(url, 0, "new")
	assert.Equal(t, "old", w.content("a"))
	w.patch(url, 3, "est")
	assert.Equal(t, "newest", w.content("a"))
}

func TestTwoUploadsOfOneNameDoNotMix(t *testing.T) {
	w := newWorld(t, Quota{})
	one, two := w.begin("a", 4), w.begin("a", 4)
	for i := range 4 {
		require.Equal(t, http.StatusNoContent, w.patch(one, i, "1").Code)
		require.Equal(t, http.StatusNoContent, w.patch(two, i, "2").Code)
	}
	assert.Equal(t, "2222", w.content("a"), "the last that was complete")
}

func TestManyWritersOfOneUploadNeverMix(t *testing.T) {
	w := newWorld(t, Quota{})
	const size = 64
	url := w.begin("a", size)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				head := w.call(http.MethodHead, url, nil)
				if head.Code != http.StatusOK {
					return // complete
				}
				var at int
				_, _ = fmt.Sscan(head.Header().Get("Upload-Offset"), &at)
				if at < size {
					w.patch(url, at, fmt.Sprint(at%10))
				}
			}
		})
	}
	wg.Wait()
	assert.Equal(t, strings.Repeat("0123456789", 7)[:size], w.content("a"))
}

// stuck is a body whose connection is dead but not closed.
type stuck struct {
	reading chan struct{}
	woken   chan struct{}
}

func (s *stuck) Read([]byte) (int, error) {
	close(s.reading)
	<-s.woken
	return 0, os.ErrDeadlineExceeded
}

// waker is a response whose read deadline can be set.
type waker struct {
	*httptest.ResponseRecorder
	body *stuck
	once sync.Once
}

func (w *waker) SetReadDeadline(at time.Time) error {
	if at.Before(time.Now()) {
		w.once.Do(func() { close(w.body.woken) })
	}
	return nil
}

func TestANewConnectionTakesOverFromADeadOne(t *testing.T) {
	w := newWorld(t, Quota{})
	url := w.begin("a", 5)
	w.patch(url, 0, "ab")
	body := &stuck{make(chan struct{}), make(chan struct{})}
	dead := make(chan int)
	go func() {
		r := httptest.NewRequest(http.MethodPatch, url, body)
		r.Header.Set("Upload-Offset", "2")
		rec := &waker{ResponseRecorder: httptest.NewRecorder(), body: body}
		w.Handler().ServeHTTP(rec, r)
		dead <- rec.Code
	}()
	<-body.reading
	assert.Equal(t, http.StatusNoContent, w.patch(url, 2, "cde").Code)
	assert.Equal(t, http.StatusBadRequest, <-dead)
	assert.Equal(t, "abcde", w.content("a"))
}

// broken is a body that ends in the middle.
type broken struct{ io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestWhatArrivedBeforeTheConnectionBrokeIsKept(t *testing.T) {
	w := newWorld(t, Quota{})
	url := w.begin("a", 5)
	got := w.call(http.MethodPatch, url, broken{strings.NewReader("abc")}, "Upload-Offset", "0")
	assert.Equal(t, http.StatusBadRequest, got.Code)
	assert.Equal(t, "3", w.call(http.MethodHead, url, nil).Header().Get("Upload-Offset"))
	assert.Equal(t, http.StatusNoContent, w.patch(url, 3, "de").Code)
	assert.Equal(t, "abcde", w.content("a"))
}

func TestMoreThanAnnouncedIsNotKept(t *testing.T) {
	w := newWorld(t, Quota{})
	url := w.begin("a", 5)
	w.patch(url, 0, "ab")
	assert.Equal(t, http.StatusRequestEntityTooLarge, w.patch(url, 2, "cdef").Code, "a length that is told")
	unknown := struct{ io.Reader }{strings.NewReader("cdef")}
	assert.Equal(t, http.StatusRequestEntityTooLarge, w.call(http.MethodPatch, url, unknown, "Upload-Offset", "2").Code)
	assert.Equal(t, "2", w.call(http.MethodHead, url, nil).Header().Get("Upload-Offset"))
	_, err := w.StartUpload(t.Context(), bearer, w.id, "a", DefaultMaxUpload+1)
	assert.Equal(t, KindTooLarge, KindOf(err))
	_, err = w.StartUpload(t.Context(), bearer, w.id, "a", -1)
	assert.Equal(t, KindInvalid, KindOf(err))
}

func TestUploadsCannotLeaveTheFolder(t *testing.T) {
	w := newWorld(t, Quota{})
	for _, path := range []string{"../a", "/etc/a", "a/../../b", ".", "", "a\nb", strings.Repeat("n", 256)} {
		_, err := w.StartUpload(t.Context(), bearer, w.id, path, 1)
		assert.Equal(t, KindInvalid, KindOf(err), path)
	}
	outside := t.TempDir()
	require.NoError(t, os.Symlink(outside, filepath.Join(w.Path(w.id), "out")))
	require.NoError(t, os.Symlink("../uploads", filepath.Join(w.Path(w.id), "up")))
	for _, dir := range []string{"out", "up"} {
		url := w.begin(dir+"/a", 1)
		assert.Equal(t, http.StatusNotFound, w.patch(url, 0, "x").Code, dir)
	}
	for _, dst := range []string{"..", "%2e%2e", "a/../..", "/etc", "%2Fetc"} {
		url := w.begin("a", 1) + "&dst_dir=" + dst
		assert.Equal(t, http.StatusBadRequest, w.patch(url, 0, "x").Code, dst)
	}
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	assert.Empty(t, left)
	url := w.begin("a", 1) + "&dst_dir=sub/dir"
	assert.Equal(t, http.StatusNoContent, w.patch(url, 0, "x").Code)
	assert.Equal(t, "x", w.content("sub/dir/a"))
}

func TestAnUploadDoesNotWriteThroughALink(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("target", "kept")
	require.NoError(t, os.Symlink("target", filepath.Join(w.Path(w.id), "a")))
	w.put("a", "new")
	assert.Equal(t, "kept", w.content("target"))
	assert.Equal(t, "new", w.content("a"))
	require.NoError(t, w.Mkdir(t.Context(), w.id, "dir", false, false))
	url := w.begin("dir", 1)
	got := w.patch(url, 0, "x")
	assert.Equal(t, http.StatusBadRequest, got.Code, "a directory is not replaced")
	assert.Equal(t, "1", got.Header().Get("Upload-Offset"))
}

func TestAFullDiskKeepsWhatFitted(t *testing.T) {
	w := newWorld(t, Quota{})
	url := w.begin("a", 5)
	w.patch(url, 0, "ab")
	w.out = func(io.Writer) io.Writer { return full{} }
	assert.Equal(t, http.StatusInsufficientStorage, w.patch(url, 2, "cde").Code)
	w.out = func(w io.Writer) io.Writer { return w }
	assert.Equal(t, "2", w.call(http.MethodHead, url, nil).Header().Get("Upload-Offset"))
	assert.Equal(t, http.StatusNoContent, w.patch(url, 2, "cde").Code)
	assert.Equal(t, "abcde", w.content("a"))
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, &os.PathError{Op: "write", Err: syscall.ENOSPC} }

func TestUploadsThatNobodyMayContinueAreSwept(t *testing.T) {
	w := newWorld(t, Quota{})
	url := w.begin("a", 5)
	uploads := filepath.Join(filepath.Dir(w.Path(w.id)), uploadName)
	entries, err := os.ReadDir(uploads)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	at := w.Now()
	require.NoError(t, os.Chtimes(filepath.Join(uploads, entries[0].Name()), at, at))
	require.NoError(t, w.SweepUploads(t.Context()))
	assert.Equal(t, http.StatusOK, w.call(http.MethodHead, url, nil).Code)
	w.advance(DefaultUploadLife + time.Second)
	require.NoError(t, w.SweepUploads(t.Context()))
	entries, err = os.ReadDir(uploads)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestAnUploadEndsWithItsFolder(t *testing.T) {
	w := newWorld(t, Quota{})
	url := w.begin("a", 5)
	w.patch(url, 0, "ab")
	require.NoError(t, w.Delete(w.id))
	assert.Equal(t, http.StatusNotFound, w.patch(url, 2, "cde").Code)
}

func TestOptionsAreThoseOfTheStorageProxy(t *testing.T) {
	w := newWorld(t, Quota{})
	got := w.call(http.MethodOptions, "/upload", nil)
	assert.Equal(t, http.StatusOK, got.Code)
	for name, want := range map[string]string{
		"Tus-Resumable": "1.0.0", "Tus-Version": "1.0.0", "Tus-Max-Size": "107374182400", "X-Content-Type-Options": "nosniff",
		"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "*",
		"Access-Control-Allow-Headers":  "Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, Content-Type",
		"Access-Control-Expose-Headers": "Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, Content-Type",
	} {
		assert.Equal(t, want, got.Header().Get(name), name)
	}
}
