package inside

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// serve starts a helper for a home and gives the connection to it.
func serve(t *testing.T, home string) net.Conn {
	t.Helper()
	server, helper := net.Pipe()
	t.Cleanup(func() { server.Close() })
	go func() {
		defer helper.Close()
		_ = Serve(helper, home)
	}()
	return server
}

func TestFilesAreWrittenListedAndRead(t *testing.T) {
	home := t.TempDir()
	large := strings.Repeat("0123456789", 50_000)
	for path, content := range map[string]string{"file": "hello", "new/dirs/large": large, "empty": "", filepath.Join(home, "absolute"): "a"} {
		require.NoError(t, Write(serve(t, home), path, strings.NewReader(content)), path)
		file, stream, err := Read(serve(t, home), path)
		require.NoError(t, err, path)
		assert.EqualValues(t, len(content), file.Size)
		got, err := io.ReadAll(stream)
		require.NoError(t, err)
		assert.True(t, content == string(got), path)
	}
	require.NoError(t, Write(serve(t, home), "file", strings.NewReader("again")))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(home, "link")))
	listing, err := List(serve(t, home), ".")
	require.NoError(t, err)
	assert.Equal(t, home, listing.Path)
	names := map[string]fs.FileMode{}
	for _, file := range listing.Files {
		names[file.Name] = file.Mode
	}
	assert.Equal(t, map[string]fs.FileMode{
		"file": 0o644, "empty": 0o644, "absolute": 0o644, "new": fs.ModeDir | 0o755, "link": fs.ModeSymlink | 0o777,
	}, names)
}

func TestAnArchiveHoldsFilesDirectoriesAndLinks(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(home, "top", "sub"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(home, "top", "sub", "file"), []byte("content"), 0o640))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(home, "top", "link")))
	socket, err := net.Listen("unix", filepath.Join(home, "top", "socket"))
	require.NoError(t, err)
	defer socket.Close()
	_, stream, err := Archive(serve(t, home), "top")
	require.NoError(t, err)
	archive, got := tar.NewReader(stream), map[string]string{}
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		content, err := io.ReadAll(archive)
		require.NoError(t, err)
		got[header.Name] = string(content) + header.Linkname
		assert.Zero(t, header.Uid)
	}
	assert.Equal(t, map[string]string{"top/": "", "top/sub/": "", "top/sub/file": "content", "top/link": "/etc/passwd"}, got)
	_, err = io.Copy(io.Discard, stream)
	require.NoError(t, err, "to the end")
}

func TestWhatCannotBeDoneIsSaid(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(home, "dir"), 0o755))
	list := func(path string) error { _, err := List(serve(t, home), path); return err }
	read := func(path string) error { _, _, err := Read(serve(t, home), path); return err }
	archive := func(path string) error { _, _, err := Archive(serve(t, home), path); return err }
	write := func(path string) error { return Write(serve(t, home), path, strings.NewReader("x")) }
	for _, test := range []struct {
		name string
		do   func(string) error
		path string
		want string
	}{
		{"listing a file that is not there", list, "none", "no such file"},
		{"reading a file that is not there", read, "none", "no such file"},
		{"an archive of what is not there", archive, "none", "no such file"},
		{"reading a directory", read, "dir", "not a regular file"},
		{"writing over a directory", write, "dir", "is a directory"},
		{"writing the home", write, ".", "not a file"},
		{"a path out of the home", read, "../x", "not below"},
		{"an absolute path elsewhere", write, "/etc/passwd", "not below"},
		{"a path like the home", list, home + "2", "not below"},
		{"a NUL", list, "a\x00b", "NUL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.do(test.path)
			require.ErrorContains(t, err, test.want)
			assert.Equal(t, test.want == "no such file", errors.Is(err, fs.ErrNotExist))
		})
	}
	entries, err := os.ReadDir(home)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

func TestAnUploadThatBreaksLeavesWhatWasThere(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, Write(serve(t, home), "file", strings.NewReader("old")))
	broken := io.MultiReader(strings.NewReader(strings.Repeat("new", 100_000)), iotest.ErrReader(errors.New("the browser went away")))
	require.ErrorContains(t, Write(serve(t, home), "file", broken), "the browser went away")

	connection := serve(t, home)
	f := newFrames(connection)
	_, err := f.ask(request{Op: opWrite, Path: "file"})
	require.NoError(t, err)
	_, err = f.Write([]byte("half"))
	require.NoError(t, err)
	require.NoError(t, f.to.Flush())
	require.NoError(t, connection.Close())
	require.Eventually(t, func() bool {
		entries, err := os.ReadDir(home)
		return err == nil && len(entries) == 1
	}, 1e10, 1e6)
	content, err := os.ReadFile(filepath.Join(home, "file"))
	require.NoError(t, err)
	assert.Equal(t, "old", string(content))
}

func TestALongListingIsCut(t *testing.T) {
	home := t.TempDir()
	for i := range MaxListed + 5 {
		require.NoError(t, os.Symlink("nowhere", filepath.Join(home, fmt.Sprint(i))))
	}
	listing, err := List(serve(t, home), ".")
	require.NoError(t, err)
	assert.Len(t, listing.Files, MaxListed)
	assert.True(t, listing.Cut)
}

func FuzzAnswersOfAHostileHelper(f *testing.F) {
	var good bytes.Buffer
	frames := newFrames(&good)
	require.NoError(f, frames.send(reply{File: File{Name: "x"}}))
	_, err := frames.Write([]byte("content"))
	require.NoError(f, err)
	require.NoError(f, frames.end(nil))
	f.Add(good.Bytes())
	f.Add([]byte("e\x00\x00\x00\x03bad"))
	f.Add([]byte("d\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		connection := struct {
			io.Reader
			io.Writer
		}{bytes.NewReader(answer), io.Discard}
		_, stream, err := Read(connection, "x")
		if err != nil {
			return
		}
		content, err := io.ReadAll(stream)
		assert.LessOrEqual(t, len(content), len(answer))
		if err == nil {
			assert.Contains(t, string(answer), string([]byte{frameEnd, 0, 0}), "a good end was sent")
		}
	})
}
