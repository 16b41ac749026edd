package backup

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

func TestARestoredFolderIsTheOneThatWasKept(t *testing.T) {
	data := makeData(t)
	want := contents(t, data)
	for name := range want {
		for _, left := range []string{"signins", "node", "folders/.trash", "layers/two.part"} {
			if name == left || strings.HasPrefix(name, left+"/") {
				delete(want, name)
			}
		}
	}
	file, _ := made(t, data)
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds secret keys")

	restored := filepath.Join(t.TempDir(), "restored")
	var steps []string
	_, err = Restore(t.Context(), file, restored, Options{Progress: func(p Progress) { steps = append(steps, p.Step) }})
	require.NoError(t, err)
	closed := filepath.Join(restored, "folders/owner/aa/data/closed")
	t.Cleanup(func() { _ = os.Chmod(closed, 0o700) }) // so that it can be removed
	assert.Equal(t, want, contents(t, restored))
	assert.Contains(t, steps, "restoring")
	same, err := os.Stat(filepath.Join(restored, "folders/owner/aa/data/zz-same.sh"))
	require.NoError(t, err)
	first, err := os.Stat(filepath.Join(restored, "folders/owner/aa/data/run.sh"))
	require.NoError(t, err)
	assert.True(t, os.SameFile(first, same), "two names of one file stay that")
	before, err := os.Stat(filepath.Join(data, "folders/owner/aa/data/closed"))
	require.NoError(t, err)
	after, err := os.Stat(closed)
	require.NoError(t, err)
	assert.Equal(t, before.ModTime(), after.ModTime())

	s, err := store.Open(t.Context(), filepath.Join(restored, databaseName), store.LoseOnPowerCut())
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	kept, _, err := s.Setting(t.Context(), "manager/announcement")
	require.NoError(t, err)
	assert.Equal(t, "kept", kept)
}

func TestWhatIsThereIsNotReplaced(t *testing.T) {
	data := makeData(t)
	file, before := made(t, data)
	_, err := Write(t.Context(), data, file, Options{})
	require.ErrorContains(t, err, "there already")
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, before, after)

	kept := contents(t, data)
	_, err = Restore(t.Context(), file, data, Options{})
	require.ErrorContains(t, err, "not empty")
	assert.Equal(t, kept, contents(t, data))
}

func TestABackupDoesNotLieInTheFolderItIsOf(t *testing.T) {
	data := makeData(t)
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(filepath.Join(data, "folders"), link))
	for _, dir := range []string{data, filepath.Join(data, "folders"), link} {
		_, err := Write(t.Context(), data, filepath.Join(dir, "backup.tar.gz"), Options{})
		require.ErrorContains(t, err, "outside")
	}
}

func TestABackupThatFailsLeavesNothing(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(t *testing.T, data string) context.Context
		want    string
	}{
		"stopped": {func(t *testing.T, _ string) context.Context {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return ctx
		}, "context canceled"},
		"no database": {func(t *testing.T, data string) context.Context {
			require.NoError(t, os.Remove(filepath.Join(data, databaseName)))
			return t.Context()
		}, "no such file"},
		"no database but something else": {func(t *testing.T, data string) context.Context {
			require.NoError(t, os.WriteFile(filepath.Join(data, databaseName), []byte(strings.Repeat("x", 4096)), 0o600))
			return t.Context()
		}, "not a database"},
	} {
		t.Run(name, func(t *testing.T) {
			data := makeData(t)
			ctx := test.prepare(t, data)
			dir := t.TempDir()
			_, err := Write(ctx, data, filepath.Join(dir, "backup.tar.gz"), Options{})
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, contents(t, dir))
		})
	}
}

// stopAt is a context that ends when it was asked n times.
type stopAt struct {
	context.Context
	n atomic.Int64
}

func newStopAt(t *testing.T, n int) *stopAt {
	s := &stopAt{Context: t.Context()}
	s.n.Store(int64(n))
	return s
}

func (s *stopAt) Err() error {
	if s.n.Add(-1) < 0 {
		return context.Canceled
	}
	return s.Context.Err()
}

func TestStoppingAtAnyPointLeavesNothing(t *testing.T) {
	data := makeData(t)
	file, _ := made(t, data)
	finished := 0
	for n := 0; finished < 2; n += 1 + n/2 {
		finished = 0
		dir := t.TempDir()
		_, err := Write(newStopAt(t, n), data, filepath.Join(dir, "backup.tar.gz"), Options{})
		if err == nil {
			finished++
		} else {
			require.ErrorIs(t, err, context.Canceled)
			assert.Empty(t, contents(t, dir))
		}
		restored := filepath.Join(t.TempDir(), "restored")
		_, err = Restore(newStopAt(t, n), file, restored, Options{})
		if err == nil {
			finished++
			require.NoError(t, os.Chmod(filepath.Join(restored, "folders/owner/aa/data/closed"), 0o700))
		} else {
			require.ErrorIs(t, err, context.Canceled)
			assert.NoDirExists(t, restored)
		}
	}
}

func TestADamagedBackupIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	_, whole := made(t, makeData(t))
	random := rand.New(rand.NewPCG(3, 4))
	cases := map[string][]byte{"nothing": {}, "something else": []byte("these are notes"), "all but the last byte": whole[:len(whole)-1],
		"twice": append(append([]byte{}, whole...), whole...), "with something behind it": append(append([]byte{}, whole...), "x"...)}
	for range 10 {
		n := random.IntN(len(whole))
		cases[fmt.Sprintf("cut at %d", n)] = whole[:n]
	}
	for name, content := range cases {
		t.Run(name, func(t *testing.T) {
			restored, err := restoreBytes(t, content)
			require.Error(t, err)
			assert.True(t, errors.Is(err, ErrDamaged) || errors.Is(err, ErrNotBackup), "%v", err)
			assert.NoDirExists(t, restored)
		})
	}
}

// A compressed stream has some bits that mean nothing.
func TestABitThatIsAnotherIsNoticedOrMeansNothing(t *testing.T) {
	_, whole := made(t, makeData(t))
	intact, err := restoreBytes(t, whole)
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(5, 6))
	refused := 0
	for range 20 {
		flipped := append([]byte{}, whole...)
		flipped[random.IntN(len(whole))] ^= 1 << random.IntN(8)
		restored, err := restoreBytes(t, flipped)
		if err == nil {
			assert.Equal(t, contents(t, intact), contents(t, restored))
			continue
		}
		refused++
		assert.True(t, errors.Is(err, ErrDamaged) || errors.Is(err, ErrNotBackup), "%v", err)
		assert.NoDirExists(t, restored)
	}
	assert.Greater(t, refused, 10)
}

// restoreBytes restores what is said to be a backup.
func restoreBytes(t *testing.T, content []byte) (restored string, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	require.NoError(t, os.WriteFile(file, content, 0o600))
	restored = filepath.Join(t.TempDir(), "restored")
	_, err = Restore(t.Context(), file, restored, Options{})
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(restored, "folders/owner/aa/data/closed"), 0o700) }) // so that it can be removed
	return restored, err
}

func TestABackupOfANewerVersionIsRefused(t *testing.T) {
	for name, m := range map[string]manifest{"format": {Format: format + 1, Schema: 1}, "schema": {Format: format, Schema: 999}} {
		t.Run(name, func(t *testing.T) {
			_, err := Restore(t.Context(), forge(t, m), filepath.Join(t.TempDir(), "restored"), Options{})
			require.ErrorIs(t, err, ErrNewer)
		})
	}
}

func TestHostileArchivesReachNothing(t *testing.T) {
	dir := func(name string) entry { return entry{Header: tar.Header{Typeflag: tar.TypeDir, Name: name}} }
	file := func(name string) entry { return entry{Header: tar.Header{Name: name}, content: "owned"} }
	link := func(kind byte, name, target string) entry {
		return entry{Header: tar.Header{Typeflag: kind, Name: name, Linkname: target}}
	}
	for name, entries := range map[string][]entry{
		"a path out":                    {dir("folders/"), file("folders/../../owned")},
		"an absolute path":              {file("/tmp/owned")},
		"a name that does not belong":   {file("baiui.toml")},
		"a part of another folder":      {dir("node/"), file("node/kernels")},
		"a database that is a link":     {link(tar.TypeSymlink, databaseName, "/etc/passwd")},
		"accounts that are a directory": {dir("accounts.json/")},
		"folders that are a file":       {file("folders")},
		"folders that are a link":       {link(tar.TypeSymlink, "folders", "/etc")},
		"a file through a link":         {dir("folders/"), link(tar.TypeSymlink, "folders/l", "/tmp"), file("folders/l/owned")},
		"a file through a link inside":  {dir("folders/"), link(tar.TypeSymlink, "folders/l", ".."), file("folders/l/accounts.json")},
		"a directory through a link":    {dir("folders/"), link(tar.TypeSymlink, "folders/l", "/tmp"), dir("folders/l/owned/")},
		"another name of a file here":   {dir("folders/"), link(tar.TypeLink, "folders/l", "folders/../../../etc/passwd")},
		"another name of the database":  {dir("folders/"), link(tar.TypeLink, "folders/l", databaseName)},
		"another name of a link":        {dir("folders/"), link(tar.TypeSymlink, "folders/s", "/etc/passwd"), link(tar.TypeLink, "folders/l", "folders/s")},
		"a file in no directory":        {dir("folders/"), file("folders/a/b")},
		"the same name twice":           {dir("folders/"), file("folders/a"), file("folders/a")},
		"a file where a directory is":   {dir("folders/"), dir("folders/a/"), file("folders/a")},
		"a device":                      {dir("folders/"), {Header: tar.Header{Typeflag: tar.TypeBlock, Name: "folders/sda"}}},
		"a pipe":                        {dir("folders/"), {Header: tar.Header{Typeflag: tar.TypeFifo, Name: "folders/p"}}},
		"no database at all":            {dir("folders/")},
		"a database that is none":       {file(databaseName)},
	} {
		t.Run(name, func(t *testing.T) {
			restored := filepath.Join(t.TempDir(), "restored")
			if !strings.Contains(name, "database") {
				entries = append([]entry{{Header: tar.Header{Name: databaseName}, content: database(t)}}, entries...)
			}
			_, err := Restore(t.Context(), forge(t, manifest{Format: format, Schema: 1}, entries...), restored, Options{})
			require.Error(t, err)
			assert.NoDirExists(t, restored)
			assert.NoFileExists(t, "/tmp/owned")
		})
	}
}

// database is an empty one, as bytes.
func database(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), databaseName)
	s, err := store.Open(t.Context(), path, store.LoseOnPowerCut())
	require.NoError(t, err)
	require.NoError(t, s.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(content)
}

func TestSetuidIsNotRestored(t *testing.T) {
	restored := filepath.Join(t.TempDir(), "restored")
	_, err := Restore(t.Context(), forge(t, manifest{Format: format, Schema: 1}, entry{Header: tar.Header{Name: databaseName}, content: database(t)},
		entry{Header: tar.Header{Typeflag: tar.TypeDir, Name: "folders/"}},
		entry{Header: tar.Header{Name: "folders/su", Mode: 0o6755}, content: "x"}), restored, Options{})
	require.NoError(t, err)
	info, err := os.Stat(filepath.Join(restored, "folders/su"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o755), info.Mode())
}

func TestFilesOfTheServerBelongToWhoeverRestoresThem(t *testing.T) {
	m := manifest{UID: 500, GID: 600}
	for name, test := range map[string]struct{ uid, gid, wantUID, wantGID int }{
		"the server's own":             {500, 600, 7, 8},
		"a session's":                  {100001, 100001, 100001, 100001},
		"a session's with its group":   {100001, 600, 100001, 8},
		"somebody else's in its group": {500, 100001, 7, 100001},
	} {
		t.Run(name, func(t *testing.T) {
			uid, gid := m.ownerHere(&tar.Header{Uid: test.uid, Gid: test.gid}, 7, 8)
			assert.Equal(t, []int{test.wantUID, test.wantGID}, []int{uid, gid})
		})
	}
}

func TestWhatDoesNotFitIsRefusedBeforeItIsWritten(t *testing.T) {
	err := checkRoom(t.TempDir(), 1<<60, 1)
	require.ErrorIs(t, err, ErrNoRoom)
	require.NoError(t, checkRoom(t.TempDir(), 1, 1))
}

func TestTheRestOfAnInterruptedRestoreIsNoObstacle(t *testing.T) {
	file, _ := made(t, makeData(t))
	restored := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(restored, staging+"1", "folders"), 0o700))
	_, err := Restore(t.Context(), file, restored, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(restored, "folders/owner/aa/data/closed"), 0o700) }) // so that it can be removed
	left, err := filepath.Glob(filepath.Join(restored, staging+"*"))
	require.NoError(t, err)
	assert.Empty(t, left)
	assert.FileExists(t, filepath.Join(restored, databaseName))
}

func FuzzRestore(f *testing.F) {
	data := makeData(f)
	_, whole := made(f, data)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, content []byte) {
		file := filepath.Join(t.TempDir(), "backup.tar.gz")
		require.NoError(t, os.WriteFile(file, content, 0o600))
		if _, _, err := verify(t.Context(), file, Options{}); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNotBackup) && !errors.Is(err, ErrNewer) {
			t.Fatal(err)
		}
	})
}

func TestNamesOfSessionsAreKeptAsTheyAre(t *testing.T) {
	data := makeData(t)
	odd := "folders/0/0/0/0/data/\xff\xfe dir"
	write(t, data, odd+"/\xc3file\n", "odd", 0o644)
	file, _ := made(t, data)
	restored := filepath.Join(t.TempDir(), "restored")
	_, err := Restore(t.Context(), file, restored, Options{})
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(restored, "folders/owner/aa/data/closed"), 0o700) }) // so that it can be removed
	require.NoError(t, err)
	content, err := os.ReadFile(filepath.Join(restored, odd, "\xc3file\n"))
	require.NoError(t, err)
	assert.Equal(t, "odd", string(content))
}
