//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// axeScript is where npm puts axe-core.
const axeScript = "../../web/node_modules/axe-core/axe.min.js"

// assertAccessible runs axe-core over the page as it is.
func assertAccessible(t *testing.T, p *Page, what string) {
	t.Helper()
	script, err := os.ReadFile(axeScript)
	require.NoError(t, err, "axe-core is not installed: run `make tools`")
	require.NoError(t, p.Eval(string(script)+";undefined", nil))
	var violations []struct {
		ID, Impact, Help string
		Nodes            []struct {
			HTML           string
			FailureSummary string
		}
	}
	require.NoError(t, p.Eval(`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => ({
		ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.slice(0, 3).map(n => ({HTML: n.html, FailureSummary: n.failureSummary}))})))`, &violations))
	var said []string
	for _, v := range violations {
		for _, n := range v.Nodes {
			said = append(said, fmt.Sprintf("%s (%s): %s\n  %.200s\n  %s", v.ID, v.Impact, v.Help, n.HTML, n.FailureSummary))
		}
	}
	if len(said) > 0 {
		t.Errorf("axe on %s:\n%s", what, strings.Join(said, "\n"))
	}
}

func TestAxeFindsNothing(t *testing.T) {
	world := enter(t)
	for _, dark := range []bool{false, true} {
		theme := map[bool]string{false: "light", true: "dark"}[dark]
		t.Run("on the sign-in page, "+theme, func(t *testing.T) {
			p := newPage(t, world.own, unauthorized)
			require.NoError(t, p.PreferDark(dark))
			require.NoError(t, p.Open("/"))
			require.NoError(t, p.WaitFormAlive())
			assertAccessible(t, p, "the form")
			require.NoError(t, p.SubmitPassword("nobody@baiui.local", "wrong"))
			require.NoError(t, p.WaitSelector(SignInFailure))
			assertAccessible(t, p, "the form after a failure")
		})
		for _, role := range []string{"superadmin", "admin", "user"} {
			t.Run("on the list of the "+role+", "+theme, func(t *testing.T) {
				p := newPage(t, world.own)
				require.NoError(t, p.PreferDark(dark))
				require.NoError(t, p.SignIn("/sessions", world.accounts[role]))
				assertAccessible(t, p, "the list")
				require.NoError(t, p.OpenTab("others"))
				require.NoError(t, p.Wait(`document.querySelector("table[data-list=sessions]")?.getAttribute("aria-busy") !== "true"`))
				assertAccessible(t, p, "an empty list")
				require.NoError(t, p.Click("a[href='/logs']"))
				require.NoError(t, p.WaitSelector("main h1"))
				assertAccessible(t, p, "the log")
			})
		}
	}
}
