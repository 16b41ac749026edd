package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const circle = `<!-- license -->
<svg
  class="lucide"
  viewBox="0 0 24 24"
>
  <circle cx="12" cy="12" r="10" />
  <path d="M1 2" />
</svg>
`

func TestIconSprite(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "circle.svg"), []byte(circle), 0o600))
	list := filepath.Join(dir, "icons.txt")
	require.NoError(t, os.WriteFile(list, []byte("# shell\ncircle\n\ncircle # twice\n"), 0o600))

	sprite, err := iconSprite(list, dir)
	require.NoError(t, err)
	assert.Equal(t, `<svg xmlns="http://www.w3.org/2000/svg" class="sprite">`+
		`<symbol id="circle" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">`+
		`<circle cx="12" cy="12" r="10"/><path d="M1 2"/></symbol></svg>`+"\n", string(sprite))
}

func TestIconSpriteNamesWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	list := filepath.Join(dir, "icons.txt")
	require.NoError(t, os.WriteFile(list, []byte("no-such-icon\n"), 0o600))
	_, err := iconSprite(list, dir)
	assert.ErrorContains(t, err, `"no-such-icon"`)
	_, err = iconSprite(list, filepath.Join(dir, "absent"))
	assert.ErrorContains(t, err, "npm ci")
}

func TestSVGContentRefusesWhatIsNoSVG(t *testing.T) {
	for _, in := range []string{"", "<p></p>", "<svg", "<svg>"} {
		_, err := svgContent(in)
		assert.Error(t, err, in)
	}
}
