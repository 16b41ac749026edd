package storage

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAListingSaysWhatIsThere(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("b.txt", "hello")
	w.write("a/inside", "")
	require.NoError(t, os.Symlink("b.txt", filepath.Join(w.Path(w.id), "c")))
	require.NoError(t, os.Chmod(filepath.Join(w.Path(w.id), "b.txt"), 0o640|os.ModeSetuid))
	entries, err := w.List(t.Context(), w.id, "")
	require.NoError(t, err)
	require.Len(t, entries, 3)
	var types, modes, octal []string
	for _, e := range entries {
		types, modes, octal = append(types, e.Type), append(modes, e.ModeText()), append(octal, e.Permissions())
		assert.WithinDuration(t, time.Now(), e.Changed, time.Minute)
	}
	assert.Equal(t, []string{"a", "b.txt", "c"}, w.names("."))
	assert.Equal(t, []string{TypeDirectory, TypeFile, TypeSymlink}, types)
	assert.Equal(t, []string{"drwxr-xr-x", "-rwSr-----", "lrwxrwxrwx"}, modes)
	assert.Equal(t, []string{"755", "4640", "777"}, octal)
	assert.EqualValues(t, 5, entries[1].Size)
	_, err = w.List(t.Context(), w.id, "none")
	assert.Equal(t, KindNotFound, KindOf(err))
	_, err = w.List(t.Context(), w.id, "b.txt")
	assert.Equal(t, KindNotFound, KindOf(err))
}

func TestDirectoriesAreMade(t *testing.T) {
	w := newWorld(t, Quota{})
	assert.NoError(t, w.Mkdir(t.Context(), w.id, "a/b", true, false))
	assert.Equal(t, KindExists, KindOf(w.Mkdir(t.Context(), w.id, "a/b", true, false)))
	assert.NoError(t, w.Mkdir(t.Context(), w.id, "a/b", true, true))
	assert.Equal(t, KindExists, KindOf(w.Mkdir(t.Context(), w.id, ".", true, false)))
	assert.Equal(t, KindNotFound, KindOf(w.Mkdir(t.Context(), w.id, "c/d", false, false)))
	w.write("file", "")
	assert.Equal(t, KindExists, KindOf(w.Mkdir(t.Context(), w.id, "file", true, true)), "a file is no directory")
	assert.Equal(t, KindNotFound, KindOf(w.Mkdir(t.Context(), w.id, "file/sub", true, true)))
	assert.Equal(t, KindInvalid, KindOf(w.Mkdir(t.Context(), w.id, "a\nb", true, false)))
	assert.Equal(t, []string{"a", "file"}, w.names("."))
}

func TestEntriesGetOtherNames(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("a/x", "1")
	w.write("a/y", "2")
	assert.NoError(t, w.Rename(w.id, "a/x", "z"))
	assert.Equal(t, KindExists, KindOf(w.Rename(w.id, "a/z", "y")), "nothing is overwritten")
	for _, wrong := range []string{"", ".", "..", "b/c", "../b", "a/", "b\n"} {
		assert.Equal(t, KindInvalid, KindOf(w.Rename(w.id, "a/z", wrong)), wrong)
	}
	assert.Equal(t, KindInvalid, KindOf(w.Rename(w.id, ".", "b")))
	assert.NoError(t, w.Move(t.Context(), w.id, "a/z", "new/way/z"))
	assert.Equal(t, "1", w.content("new/way/z"))
	assert.Equal(t, KindExists, KindOf(w.Move(t.Context(), w.id, "new/way/z", "a/y")))
	assert.Equal(t, KindInvalid, KindOf(w.Move(t.Context(), w.id, "new", "new/way/deeper")))
	assert.Equal(t, KindNotFound, KindOf(w.Move(t.Context(), w.id, "gone", "made/for/nothing")))
	assert.Equal(t, []string{"a", "new"}, w.names("."), "nothing is made for what is not there")
}

func TestRemovalIsAllOrNothing(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("a/x", "1")
	w.write("b", "2")
	assert.Equal(t, KindIsDirectory, KindOf(w.Remove(t.Context(), w.id, []string{"b", "a"}, false)))
	assert.Equal(t, KindNotFound, KindOf(w.Remove(t.Context(), w.id, []string{"b", "c"}, true)))
	assert.Equal(t, KindInvalid, KindOf(w.Remove(t.Context(), w.id, []string{"b", "a/.."}, true)), "the folder itself")
	assert.Equal(t, []string{"a", "b"}, w.names("."))
	require.NoError(t, w.Remove(t.Context(), w.id, []string{"a", "a/x", "b"}, true))
	assert.Empty(t, w.names("."))
	require.NoError(t, w.EmptyTrash(t.Context()))
	left, err := os.ReadDir(filepath.Join(w.Dir, trashName))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestADeletedFolderIsGoneAtOnce(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("a/x", "1")
	require.NoError(t, w.Delete(w.id))
	require.NoError(t, w.Delete(w.id), "twice changes nothing")
	_, err := w.List(t.Context(), w.id, ".")
	assert.Equal(t, KindNotFound, KindOf(err))
	require.NoError(t, w.Create(w.id))
	assert.Empty(t, w.names("."))
	require.NoError(t, w.Delete(FolderID{w.id.Owner, w.id.Owner.ID}), "one that never was")
}

func TestTheTrashIsEmptiedByTheNextRunToo(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("a/b/c/x", "1")
	require.NoError(t, w.Delete(w.id))
	again, err := Open(Options{Dir: w.Dir})
	require.NoError(t, err)
	defer func() { require.NoError(t, again.Close()) }()
	assert.Equal(t, w.secret, again.secret, "tokens stay good")
	require.Len(t, again.litter, 1, "it looks without being told")
	require.NoError(t, again.EmptyTrash(t.Context()))
	left, err := os.ReadDir(filepath.Join(w.Dir, trashName))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestACloneIsAllThatCanBeCopied(t *testing.T) {
	w := newWorld(t, Quota{})
	w.write("a/x", "1")
	w.write("run.sh", "#!/bin/sh")
	full := filepath.Join(w.Path(w.id), "run.sh")
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, os.Chmod(full, 0o750))
	require.NoError(t, os.Chtimes(full, old, old))
	require.NoError(t, os.Chtimes(filepath.Join(w.Path(w.id), "a"), old, old))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(w.Path(w.id), "link")))
	to := w.folder()
	var reports []Progress
	require.NoError(t, w.Clone(t.Context(), w.id, to, func(p Progress) { reports = append(reports, p) }))
	assert.Len(t, reports, 5)
	assert.Equal(t, reports[4].Total, reports[4].Done)
	assert.Equal(t, Usage{}, reports[0].Done)
	w.id = to
	assert.Equal(t, "1", w.content("a/x"))
	info, err := os.Stat(filepath.Join(w.Path(to), "run.sh"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o750), info.Mode().Perm())
	assert.True(t, info.ModTime().Equal(old))
	info, err = os.Stat(filepath.Join(w.Path(to), "a"))
	require.NoError(t, err)
	assert.True(t, info.ModTime().Equal(old), "a directory's time too")
	target, err := os.Readlink(filepath.Join(w.Path(to), "link"))
	require.NoError(t, err)
	assert.Equal(t, "/etc/passwd", target, "a link is copied, not followed")
}

func TestACloneStopsWhenItIsCancelled(t *testing.T) {
	w := newWorld(t, Quota{})
	for _, name := range []string{"a", "b", "c"} {
		w.write(name, "1")
	}
	ctx, cancel := contextOf(t)
	err := w.Clone(ctx, w.id, w.folder(), func(p Progress) {
		if p.Done.Files == 1 {
			cancel()
		}
	})
	assert.ErrorContains(t, err, "context canceled")
}
