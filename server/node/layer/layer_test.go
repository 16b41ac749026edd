//go:build linux

package layer

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// archive makes a layer of entries.
func archive(t testing.TB, entries ...tar.Header) []byte {
	t.Helper()
	var buffer bytes.Buffer
	writer := tar.NewWriter(&buffer)
	for _, header := range entries {
		content := header.Linkname
		if header.Typeflag == tar.TypeReg {
			header.Size, header.Linkname = int64(len(content)), ""
		}
		header.Mode = 0o4755
		require.NoError(t, writer.WriteHeader(&header))
		if header.Typeflag == tar.TypeReg {
			_, err := io.WriteString(writer, content)
			require.NoError(t, err)
		}
	}
	require.NoError(t, writer.Close())
	return buffer.Bytes()
}

// file, link and so on are entries; the content of a file is in its link name.
func file(name, content string) tar.Header {
	return tar.Header{Typeflag: tar.TypeReg, Name: name, Linkname: content}
}

func link(name, to string) tar.Header {
	return tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: to}
}

func TestALayerWritesOnlyWhatItMay(t *testing.T) {
	for _, test := range []struct {
		name    string
		entries []tar.Header
		want    string // part of the error; empty if it is left out or harmless
	}{
		{"a file elsewhere", []tar.Header{file("etc/passwd", "x")}, ""},
		{"an absolute path", []tar.Header{file("/opt/x", "x")}, "clean path"},
		{"a way up", []tar.Header{file("opt/../../x", "x")}, "clean path"},
		{"a way up at first", []tar.Header{file("../x", "x")}, "clean path"},
		{"a file through a link", []tar.Header{link("opt/a", "/tmp"), file("opt/a/x", "x")}, "exists"},
		{"a file over a link", []tar.Header{link("opt/a", "../../outside"), file("opt/a", "x")}, "exists"},
		{"a directory over a link", []tar.Header{link("opt/a", "/tmp"), {Typeflag: tar.TypeDir, Name: "opt/a/"}}, "over something else"},
		{"a hard link", []tar.Header{{Typeflag: tar.TypeLink, Name: "opt/a", Linkname: "/etc/shadow"}}, "type"},
		{"a device", []tar.Header{{Typeflag: tar.TypeBlock, Name: "opt/a", Devmajor: 8}}, "type"},
		{"a pipe", []tar.Header{{Typeflag: tar.TypeFifo, Name: "opt/a"}}, "type"},
		{"removing the parent", []tar.Header{file("opt/.wh...", "")}, "nothing that can be"},
		{"too much", []tar.Header{file("opt/a", string(make([]byte, 2000)))}, "too large"},
	} {
		t.Run(test.name, func(t *testing.T) {
			top := t.TempDir()
			upper := filepath.Join(top, "upper")
			require.NoError(t, os.Mkdir(upper, 0o755))
			err := Apply(bytes.NewReader(archive(t, test.entries...)), []Tree{{Path: "/opt", Changes: upper}}, -1, 1000)
			if test.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.want)
			}
			entries, err := os.ReadDir(top)
			require.NoError(t, err)
			assert.Len(t, entries, 1, "nothing beside the tree")
		})
	}
}

func TestALayerIsTheSameAfterApplying(t *testing.T) {
	upper := t.TempDir()
	layer := archive(t, tar.Header{Typeflag: tar.TypeDir, Name: "none/dir/"}, file("none/dir/.wh..wh..opq", ""),
		file("none/dir/file", "content"), link("none/dir/link", "file"), file("none/.wh.removed", ""), file("none/made/on/the/way", "x"))
	require.NoError(t, os.MkdirAll(filepath.Join(upper, "dir", "made", "in advance"), 0o755))
	require.NoError(t, Apply(bytes.NewReader(layer), []Tree{{Path: "/none", Changes: upper}}, -1, 1000))
	var stat unix.Stat_t
	require.NoError(t, unix.Lstat(filepath.Join(upper, "removed"), &stat))
	assert.EqualValues(t, unix.S_IFCHR, stat.Mode&unix.S_IFMT)
	assert.NoDirExists(t, filepath.Join(upper, "dir", "made"), "the directory hides what was there")
	info, err := os.Stat(filepath.Join(upper, "dir", "file"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o755), info.Mode(), "without set-user-ID")

	var first, second bytes.Buffer
	trees := []Tree{{Path: "/none", Changes: upper}}
	require.NoError(t, Commit(t.Context(), trees, &first, 1000, nil))
	other := t.TempDir()
	require.NoError(t, Apply(bytes.NewReader(first.Bytes()), []Tree{{Path: "/none", Changes: other}}, -1, 1000))
	require.NoError(t, Commit(t.Context(), []Tree{{Path: "/none", Changes: other}}, &second, 1000, nil))
	names := func(data []byte) (names []string) {
		reader := tar.NewReader(bytes.NewReader(data))
		for header, err := reader.Next(); err == nil; header, err = reader.Next() {
			names = append(names, header.Name)
		}
		return names
	}
	assert.Equal(t, []string{
		"none/dir/", "none/dir/.wh..wh..opq", "none/dir/file", "none/dir/link", "none/made/", "none/made/on/",
		"none/made/on/the/", "none/made/on/the/way", "none/.wh.removed",
	}, names(first.Bytes()))
	assert.Equal(t, names(first.Bytes()), names(second.Bytes()))
}

func FuzzApply(f *testing.F) {
	f.Add(archive(f, file("opt/a", "x"), link("opt/b", "/etc"), file("opt/.wh.c", "")))
	f.Fuzz(func(t *testing.T, data []byte) {
		top := t.TempDir()
		upper := filepath.Join(top, "upper")
		require.NoError(t, os.Mkdir(upper, 0o755))
		_ = Apply(bytes.NewReader(data), []Tree{{Path: "/opt", Changes: upper}}, -1, 1<<20)
		entries, err := os.ReadDir(top)
		require.NoError(t, err)
		require.Len(t, entries, 1)
	})
}
