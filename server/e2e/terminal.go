package e2e

import (
	"fmt"
	"net/url"
	"time"
)

// screenText is an expression for what the terminal shows, in lines without
// blanks at their ends.
const screenText = `[...document.querySelectorAll("#terminal-screen .xterm-rows > div")].map(r => r.textContent.replaceAll("\u00a0", " ").trimEnd()).join("\n")`

// TerminalPath is the address of a terminal in a browser tab of its own.
func TerminalPath(session, name string) string {
	query := url.Values{"session": {session}}
	if name != "" {
		query.Set("name", name)
	}
	return "/terminal?" + query.Encode()
}

// WaitTerminal waits until the terminal is in a phase: connecting, open,
// reconnecting, ended, over, refused or failed.
func (p *Page) WaitTerminal(phase string) error {
	return p.Wait(fmt.Sprintf(`document.querySelector(".terminal")?.dataset.phase === %s`, quote(phase)))
}

// WithoutTerminalGuide keeps the guide from being shown; before the first Open.
func (p *Page) WithoutTerminalGuide() error {
	return p.Before(`try { localStorage.setItem("backendaiwebui.terminalguide", "false"); } catch {}`)
}

// Screen returns what the terminal shows.
func (p *Page) Screen() (string, error) {
	var text string
	err := p.Eval(screenText, &text)
	return text, err
}

// WaitScreen waits until the terminal shows a text.
func (p *Page) WaitScreen(text string) error { return p.WaitScreenFor(text, waitTimeout) }

// WaitScreenFor is WaitScreen with a time of its own.
func (p *Page) WaitScreenFor(text string, timeout time.Duration) error {
	err := p.WaitFor(fmt.Sprintf("(%s).includes(%s)", screenText, quote(text)), timeout)
	if err != nil {
		shown, _ := p.Screen()
		return fmt.Errorf("%w\nthe terminal shows:\n%s", err, shown)
	}
	return nil
}
