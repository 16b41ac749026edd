package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/web"
)

func TestBundleWrite(t *testing.T) {
	dir := t.TempDir()
	c := compressor{dir: t.TempDir(), brotli: true}
	text := strings.Repeat("a {b: c}", 100)

	var b bundle
	b.add("style.css", []byte(text))
	b.add("js/boot.js", []byte("x"))
	b.add("icon.png", []byte(text))
	changed, err := b.write(t.Context(), dir, c)
	require.NoError(t, err)
	assert.True(t, changed)

	assets, err := web.ReadManifest(os.DirFS(dir))
	require.NoError(t, err)
	style := assets.Files["style.css"]
	assert.Regexp(t, `^style\.[0-9a-f]{12}\.css$`, style.Name)
	assert.Equal(t, "/web/"+style.Name, assets.Path("style.css"))
	assert.EqualValues(t, len(text), style.Size)
	assert.Less(t, style.Brotli, style.Gzip)
	assert.FileExists(t, filepath.Join(dir, style.Name+".br"))
	assert.FileExists(t, filepath.Join(dir, style.Name+".gz"))

	boot := assets.Files["js/boot.js"]
	assert.Regexp(t, `^boot\.[0-9a-f]{12}\.js$`, boot.Name)
	assert.Zero(t, boot.Brotli, "one byte does not get smaller")
	assert.Zero(t, assets.Files["icon.png"].Gzip, "a picture is compressed already")

	t.Run("the same again changes nothing", func(t *testing.T) {
		before, err := os.Stat(filepath.Join(dir, style.Name))
		require.NoError(t, err)
		changed, err := b.write(t.Context(), dir, c)
		require.NoError(t, err)
		assert.False(t, changed)
		after, err := os.Stat(filepath.Join(dir, style.Name))
		require.NoError(t, err)
		assert.Equal(t, before.ModTime(), after.ModTime())
	})
	t.Run("another content has another name and version, and the old files go", func(t *testing.T) {
		var next bundle
		next.add("style.css", []byte(text+"d {}"))
		require.NoError(t, os.WriteFile(filepath.Join(dir, placeholder), nil, 0o600))
		changed, err := next.write(t.Context(), dir, c)
		require.NoError(t, err)
		assert.True(t, changed)
		now, err := web.ReadManifest(os.DirFS(dir))
		require.NoError(t, err)
		assert.NotEqual(t, style.Name, now.Files["style.css"].Name)
		assert.NotEqual(t, assets.Version, now.Version)
		assert.NoFileExists(t, filepath.Join(dir, style.Name))
		assert.NoFileExists(t, filepath.Join(dir, style.Name+".br"))
		assert.FileExists(t, filepath.Join(dir, placeholder))
	})
}

func TestBundleRefusesTwoFilesOfOneName(t *testing.T) {
	var b bundle
	b.add("a/x.js", []byte("same"))
	b.add("b/x.js", []byte("same"))
	_, err := b.write(t.Context(), t.TempDir(), compressor{dir: t.TempDir()})
	assert.ErrorContains(t, err, "b/x.js")
}

func TestCompressedCopiesAreKeptByContent(t *testing.T) {
	dir := t.TempDir()
	c := compressor{dir: dir, brotli: true}
	content := []byte(strings.Repeat("x", 1000))
	_, _, err := c.compress(t.Context(), "hash", content)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "hash.br"), []byte("kept"), 0o600))
	br, _, err := c.compress(t.Context(), "hash", content)
	require.NoError(t, err)
	assert.Equal(t, "kept", string(br))
}

func TestAddStaticTakesWhatIsForTheBrowser(t *testing.T) {
	p := paths{static: t.TempDir()}
	for name, content := range map[string]string{
		"css/tokens.css": "a{}", "js/boot.js": "b", "favicon.svg": "<svg/>", "static.go": "package static", "README.md": "c", ".hidden": "d",
	} {
		_, err := writeIfChanged(filepath.Join(p.static, name), []byte(content))
		require.NoError(t, err)
	}
	var b bundle
	require.NoError(t, addStatic(&b, p))
	var names []string
	for _, f := range b.files {
		names = append(names, f.logical)
	}
	assert.ElementsMatch(t, []string{"style.css", "js/boot.js", "favicon.svg"}, names)
}
