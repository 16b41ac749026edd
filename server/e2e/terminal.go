package e2e

import (
	"fmt"
	"net/url"
	"time"
	"unicode/utf16"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
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

// Type presses keys one by one as a keyboard does: what a page prevents when a
// key goes down does not come as a character after it.
func (p *Page) Type(text string) error {
	var actions []chromedp.Action
	for _, r := range text {
		var down, up *input.DispatchKeyEventParams
		for _, event := range kb.Encode(r) {
			switch event.Type {
			case input.KeyUp:
				up = event
			case input.KeyChar:
				down.Type, down.Text, down.UnmodifiedText = input.KeyDown, event.Text, event.UnmodifiedText
			default:
				down = event
			}
		}
		actions = append(actions, down, up)
	}
	return p.Run(actions...)
}

// Compose types with an input method: each of the states is shown before the
// last one is taken, as the syllables of Korean grow.
func (p *Page) Compose(states ...string) error {
	var actions []chromedp.Action
	for _, state := range states {
		length := int64(len(utf16.Encode([]rune(state))))
		actions = append(actions, input.ImeSetComposition(state, length, length))
	}
	return p.Run(append(actions, input.InsertText(states[len(states)-1]))...)
}

// Hold presses a key with modifiers, such as "KeyC" with Control and Shift.
func (p *Page) Hold(key, code string, virtual int64, modifiers ...input.Modifier) error {
	var all input.Modifier
	for _, m := range modifiers {
		all |= m
	}
	event := func(kind input.KeyType) *input.DispatchKeyEventParams {
		return input.DispatchKeyEvent(kind).WithKey(key).WithCode(code).WithWindowsVirtualKeyCode(virtual).WithModifiers(all)
	}
	return p.Run(event(input.KeyRawDown), event(input.KeyUp))
}

// PasteInTerminal pastes a text.
func (p *Page) PasteInTerminal(text string) error {
	return p.Eval(fmt.Sprintf(`(() => {
		const data = new DataTransfer();
		data.setData("text/plain", %s);
		document.querySelector("#terminal-screen textarea").dispatchEvent(
			new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
	})()`, quote(text)), nil)
}
