package terminal

import (
	"strings"
	"unicode"
)

// events are what a screen tells of what happens in it. All are called from
// handlers of the browser, outside of the UI goroutine.
type events struct {
	// Ready: the terminal emulator is loaded and drawn; Failed: it cannot be loaded.
	Ready  func()
	Failed func()
	// Opened, Received and Closed are those of the websocket; see [link].
	Opened   func()
	Received func(kind byte, length int, text string) (output bool)
	Closed   func(code int, reason string)
	// Drawn: so many bytes of output are on the screen.
	Drawn func(bytes int)
	// Typed: a person typed or pasted, or the screen answers what a program asked.
	Typed func(text string)
	// Fits: the place in the page has room for so many cells.
	Fits func(size)
	// Tick comes a few times a second; Online and Offline when the network does.
	Tick, Online, Offline func()
	// Search: the key for searching; Leave: the key that moves the focus out.
	Search, Leave func()
	// Paste: lines that would run as they are pasted; somebody has to confirm.
	Paste func(text string)
	// Found is the outcome of a search: the match that is shown, from 1, and how
	// many there are.
	Found func(at, of int)
	// Copied tells whether a selection could be copied.
	Copied func(ok bool)
}

// look is how a screen is drawn.
type look struct {
	Zoom   int // steps the text is larger than the page's
	Reader bool
	Label  string // of the input, for screen readers
}

// The range of look.Zoom, in steps of one px.
const minZoom, maxZoom = -4, 16

// the parts of the page that a screen needs, by id.
const (
	screenID = "terminal-screen"
	colorsID = "terminal-colors"
)

// colors is how many colours the element colorsID has, in its children: the 16 of
// terminals, background, text, cursor, selection, a match, and the current match.
const colors = 22

// The environment variables under which the page finds the terminal's files.
const (
	EnvScript = "BAIUI_XTERM_JS"
	EnvStyle  = "BAIUI_XTERM_CSS"
)

// pasted is a text without the characters that control a terminal, which whoever
// copied it from a page may not have seen; line ends and tabs stay.
func pasted(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, text)
}
