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
	world := enter(t)
	// The sizes people have: a desk, a phone, a wall.
	sizes := []struct {
		name          string
		width, height int64
	}{{"", 1280, 800}, {"-360", 360, 740}, {"-2560", 2560, 1440}}
	for _, dark := range []bool{false, true} {
		theme := map[bool]string{true: "-dark"}[dark]
		save := func(t *testing.T, p *Page, name string) {
			for _, size := range sizes {
				require.NoError(t, p.Size(size.width, size.height))
				require.NoError(t, p.Frames(2))
				require.NoError(t, p.Wait("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the window")
				saveScreenshot(t, p, name+size.name+theme)
			}
		}
		t.Run("sign-in"+theme, func(t *testing.T) {
			p := newPage(t, world.own)
			require.NoError(t, p.PreferDark(dark))
			require.NoError(t, p.Open("/"))
			require.NoError(t, p.WaitFormAlive())
			save(t, p, "sign-in")
		})
		for _, role := range []string{"superadmin", "admin", "user"} {
			t.Run("list of the "+role+theme, func(t *testing.T) {
				p := newPage(t, world.own)
				require.NoError(t, p.PreferDark(dark))
				require.NoError(t, p.SignIn("/sessions", world.accounts[role]))
				save(t, p, "list-"+role)
			})
		}
	}
}
