package storage

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPathsAreBroughtToTheirPlainForm(t *testing.T) {
	for in, want := range map[string]string{
		"": ".", ".": ".", "./": ".", "a": "a", "a/": "a", "./a//b": "a/b", "a/../b": "b", "a/..": ".",
		" a ": " a ", `a\..\b`: `a\..\b`, "%2e%2e/a": "%2e%2e/a", "...": "...", "한글/파일": "한글/파일",
	} {
		got, err := Clean(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, got, in)
	}
}

func TestPathsThatCannotBeAreRefused(t *testing.T) {
	for name, in := range map[string]string{
		"one that begins at the top":        "/etc/passwd",
		"one that leads out":                "..",
		"one that leads out in the end":     "a/../../b",
		"one with a zero byte":              "a\x00b",
		"a name longer than file systems":   strings.Repeat("a", 256),
		"a path longer than file systems":   strings.Repeat("a/", 2100),
		"more directories than any project": strings.Repeat("a/", 257),
	} {
		_, err := Clean(in)
		assert.Equal(t, KindInvalid, KindOf(err), name)
		assert.Less(t, len(err.Error()), 500, name)
	}
}

func TestNewNamesMustBeReadable(t *testing.T) {
	for name, in := range map[string]string{
		"a line break": "a\nb", "a control character": "a\x1bb", "broken UTF-8": "a\xff", "a right-to-left override": "a\u202egpj.exe",
		"a line separator": "a\u2028b", "a delete": "a\x7f",
	} {
		_, err := cleanNew(in)
		assert.Equal(t, KindInvalid, KindOf(err), name)
		_, err = Clean(in)
		assert.NoError(t, err, "sessions may make it, so it must be readable: %s", name)
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "a/../..", "../x", "/", "a\x00", "./.././a", strings.Repeat("../", 50)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean, err := Clean(text)
		if err != nil {
			assert.Equal(t, KindInvalid, KindOf(err))
			return
		}
		assert.True(t, filepath.IsLocal(clean), "%q leads out", clean)
		again, err := Clean(clean)
		assert.NoError(t, err)
		assert.Equal(t, clean, again)
	})
}

func FuzzParseFolderID(f *testing.F) {
	f.Add("user:f38dea23-50fa-42a0-b5ae-338f5f4693f4/0b1a2c3d4e5f4a6b8c7d9e0f1a2b3c4d")
	f.Add("project:../../../x/y")
	f.Fuzz(func(t *testing.T, text string) {
		id, err := ParseFolderID(text)
		if err != nil {
			return
		}
		assert.True(t, filepath.IsLocal(id.place()))
		again, err := ParseFolderID(id.String())
		assert.NoError(t, err)
		assert.Equal(t, id, again)
	})
}

func TestFoldersAreNamedAsOnTheWire(t *testing.T) {
	const text = "project:f38dea23-50fa-42a0-b5ae-338f5f4693f4/0b1a2c3d4e5f4a6b8c7d9e0f1a2b3c4d"
	id, err := ParseFolderID(text)
	require.NoError(t, err)
	assert.Equal(t, text, id.String())
	assert.Equal(t, Owner{OwnerProject, uuid.MustParse("f38dea23-50fa-42a0-b5ae-338f5f4693f4")}, id.Owner)
	assert.Equal(t, "f38dea2350fa42a0b5ae338f5f4693f4/0b/1a/2c3d4e5f4a6b8c7d9e0f1a2b3c4d", id.place())
	for _, wrong := range []string{"", "user:x/y", "group:" + text[8:], text[:len(text)-1], text + "0", "user:" + text[8:44]} {
		_, err := ParseFolderID(wrong)
		assert.Error(t, err, wrong)
	}
}
