package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

// makeData makes a data folder with something of everything.
func makeData(t testing.TB) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	s, err := store.Open(t.Context(), filepath.Join(data, databaseName), store.LoseOnPowerCut())
	require.NoError(t, err)
	require.NoError(t, s.SetSettings(t.Context(), map[string]string{"manager/announcement": "kept"}))
	require.NoError(t, s.Close())
	write(t, data, "accounts.json", "[]", 0o600)
	write(t, data, "signin.key", "key", 0o600)
	write(t, data, "folders/.secret", "secret", 0o600)
	write(t, data, "folders/.trash/x", "deleted", 0o600)
	write(t, data, "folders/owner/aa/data/한글 이름.txt", "content", 0o640)
	write(t, data, "folders/owner/aa/data/run.sh", "#!/bin/sh\n", 0o755)
	write(t, data, "folders/owner/aa/data/empty", "", 0o444)
	write(t, data, "folders/owner/aa/data/"+strings.Repeat("deep/", 30)+strings.Repeat("n", 200), "deep", 0o644)
	write(t, data, "folders/owner/aa/data/holes", strings.Repeat("\x00", 1<<18)+"end", 0o644)
	write(t, data, "folders/owner/aa/data/closed/inside", "x", 0o600)
	write(t, data, "layers/one.tar", "layer", 0o600)
	write(t, data, "layers/two.part", "half", 0o600)
	write(t, data, "signins/abc", "a sign-in", 0o600)
	write(t, data, "node/kernels/k/home/x", "scratch", 0o600)
	in := filepath.Join(data, "folders/owner/aa/data")
	require.NoError(t, os.Symlink("../../../../etc/passwd", filepath.Join(in, "away")))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(in, "dangling")))
	require.NoError(t, os.Link(filepath.Join(in, "run.sh"), filepath.Join(in, "zz-same.sh")))
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	require.NoError(t, os.Chtimes(filepath.Join(in, "run.sh"), at, at))
	require.NoError(t, os.Chtimes(filepath.Join(in, "closed"), at, at))
	require.NoError(t, os.Chmod(filepath.Join(in, "closed"), 0o500))
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(in, "closed"), 0o700) }) // so that it can be removed
	return data
}

func write(t testing.TB, data, name, content string, mode fs.FileMode) {
	t.Helper()
	path := filepath.Join(data, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(content), mode))
	require.NoError(t, os.Chmod(path, mode))
}

// made is a file that Write wrote, and its bytes.
func made(t testing.TB, data string) (file string, content []byte) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "backup.tar.gz")
	_, err := Write(t.Context(), data, file, Options{Version: "test"})
	require.NoError(t, err)
	content, err = os.ReadFile(file)
	require.NoError(t, err)
	return file, content
}

// entry is one entry of an archive that a test writes.
type entry struct {
	tar.Header
	content string
}

// forge writes an archive with right documents and sums around entries that need
// not be.
func forge(t testing.TB, m manifest, entries ...entry) (file string) {
	t.Helper()
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	w := &writer{tar: tar.NewWriter(compressed), digest: newDigest(), links: links{}}
	require.NoError(t, w.document(manifestName, m))
	for _, e := range entries {
		if e.Typeflag == 0 {
			e.Typeflag = tar.TypeReg
		}
		if e.Mode == 0 {
			e.Mode = 0o700
		}
		e.Size, e.ModTime, e.Format = int64(len(e.content)), time.Unix(1, 0), tar.FormatPAX
		w.digest.header(&e.Header)
		require.NoError(t, w.tar.WriteHeader(&e.Header))
		_, err := w.tar.Write([]byte(e.content))
		require.NoError(t, err)
		_, _ = w.digest.Write([]byte(e.content))
	}
	require.NoError(t, w.document(sumName, w.digest.sum()))
	require.NoError(t, w.tar.Close())
	require.NoError(t, compressed.Close())
	file = filepath.Join(t.TempDir(), "forged.tar.gz")
	require.NoError(t, os.WriteFile(file, out.Bytes(), 0o600))
	return file
}

// contents describes everything below a folder: type, mode, time, content.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		name, err := filepath.Rel(dir, path)
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		text := info.Mode().String()
		switch {
		case info.Mode().IsRegular() && name != databaseName:
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			text += " " + info.ModTime().UTC().Format(time.DateTime) + " " + string(content)
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			require.NoError(t, err)
			text += " " + target
		}
		found[filepath.ToSlash(name)] = text
		return nil
	}))
	delete(found, ".")
	return found
}
