package web

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadManifest(t *testing.T) {
	t.Run("describes the bundle", func(t *testing.T) {
		assets, err := ReadManifest(fstest.MapFS{ManifestName: {Data: []byte(`{"version":"v","files":{"app.wasm":{"name":"app.1.wasm","type":"application/wasm","size":3,"brotli":2}}}`)}})
		require.NoError(t, err)
		assert.Equal(t, "v", assets.Version)
		assert.Equal(t, "/web/app.1.wasm", assets.Path("app.wasm"))
		assert.Empty(t, assets.Path("absent"))
		assert.EqualValues(t, 2, assets.Files["app.wasm"].Brotli)
	})
	t.Run("says that there is none", func(t *testing.T) {
		_, err := ReadManifest(fstest.MapFS{"placeholder.txt": {}})
		assert.ErrorIs(t, err, ErrNoBundle)
	})
	for name, text := range map[string]string{
		"refuses what is not JSON":               "{",
		"refuses a file without a name":          `{"files":{"a":{"name":""}}}`,
		"refuses a file outside of the bundle":   `{"files":{"a":{"name":"../a"}}}`,
		"refuses a file in a folder on any host": `{"files":{"a":{"name":"b\\a"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadManifest(fstest.MapFS{ManifestName: {Data: []byte(text)}})
			require.Error(t, err)
			assert.NotErrorIs(t, err, ErrNoBundle)
		})
	}
}

func TestTheEmbeddedFolderIsThere(t *testing.T) {
	_, err := Dist().Open("placeholder.txt")
	assert.NoError(t, err)
}
