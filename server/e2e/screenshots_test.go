//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// screenshotDir is where the pictures go, for people to look at.
const screenshotDir = "../../screenshots"

// saveScreenshot takes a picture of the window.
func saveScreenshot(t *testing.T, p *Page, name string) {
	t.Helper()
	png, err := p.Screenshot()
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(screenshotDir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(screenshotDir, name+".png"), png, 0o644))
}

func TestScreenshots(t *testing.T) {
	t.Run("sign-in", func(t *testing.T) {
		p := newPage(t, world.own)
		require.NoError(t, p.Open("/"))
		require.NoError(t, p.WaitFormAlive())
		saveScreenshot(t, p, "sign-in")
		require.NoError(t, p.PreferDark(true))
		saveScreenshot(t, p, "sign-in-dark")
		require.NoError(t, p.Size(360, 740))
		saveScreenshot(t, p, "sign-in-360-dark")
		require.NoError(t, p.PreferDark(false))
		saveScreenshot(t, p, "sign-in-360")
	})
	for _, role := range []string{"superadmin", "admin", "user"} {
		t.Run("list of the "+role, func(t *testing.T) {
			p := signedIn(t, world.own, role)
			saveScreenshot(t, p, "list-"+role)
			require.NoError(t, p.PreferDark(true))
			saveScreenshot(t, p, "list-"+role+"-dark")
			require.NoError(t, p.PreferDark(false))
			require.NoError(t, p.Size(360, 740))
			require.NoError(t, p.Wait("document.documentElement.scrollWidth <= 360"), "nothing is wider than the window")
			saveScreenshot(t, p, "list-"+role+"-360")
			require.NoError(t, p.Size(2560, 1440))
			saveScreenshot(t, p, "list-"+role+"-2560")
		})
	}
}
