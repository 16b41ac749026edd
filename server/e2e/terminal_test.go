//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// terminalPage opens a terminal of a session in a browser tab of its own.
func terminalPage(t *testing.T, site *Server, session, name string, expected ...string) *Page {
	t.Helper()
	p := newPage(t, site, expected...)
	require.NoError(t, p.WithoutTerminalGuide())
	require.NoError(t, p.Open(TerminalPath(session, name)))
	require.NoError(t, p.SubmitPassword(world.accounts["user"].Email, world.accounts["user"].Password))
	require.NoError(t, p.WaitTerminal("open"))
	return p
}

// runIn types a command into the terminal.
func runIn(t *testing.T, p *Page, command string) {
	t.Helper()
	require.NoError(t, p.Press(command+kb.Enter))
}

func TestACommandTypedIntoATerminalAnswers(t *testing.T) {
	id := createSession(t, "user", "terminal-types")
	p := terminalPage(t, world.own, id, "")
	runIn(t, p, "echo $((6*7)) is the answer")
	require.NoError(t, p.WaitScreen("42 is the answer"))
	shown, err := p.Screen()
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(shown, "42 is the answer"))
}
