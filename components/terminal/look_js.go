//go:build js

package terminal

import (
	"fmt"
	"strings"
	"syscall/js"
)

// options are what the emulator is made with.
func (s *screen) options(host js.Value) map[string]any {
	options := map[string]any{
		"allowProposedApi":      true, // for the widths of Unicode 11
		"cursorBlink":           !js.Global().Call("matchMedia", "(prefers-reduced-motion: reduce)").Get("matches").Bool(),
		"fontFamily":            js.Global().Call("getComputedStyle", host).Get("fontFamily"),
		"fontSize":              s.fontSize(host),
		"lineHeight":            1.2,
		"macOptionIsMeta":       true,
		"minimumContrastRatio":  4.5,
		"rightClickSelectsWord": false,
		"screenReaderMode":      s.look.Reader,
		"scrollback":            10_000,
		"theme":                 theme(),
		// Links that a program names itself: only to the web, and it can be seen where to.
		"linkHandler": map[string]any{
			"allowNonHttpProtocols": false,
			"activate": s.fn(func(args []js.Value) any {
				openLink(args[1].String())
				return nil
			}),
			"hover": s.fn(func(args []js.Value) any {
				host.Call("setAttribute", "title", args[1].String())
				return nil
			}),
			"leave": s.fn(func([]js.Value) any {
				host.Call("removeAttribute", "title")
				return nil
			}),
		},
	}
	return options
}

// openLink opens an address of the web in a tab that knows nothing of this one.
func openLink(address string) {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		js.Global().Call("open", address, "_blank", "noopener,noreferrer")
	}
}

func (s *screen) fontSize(host js.Value) float64 {
	style := js.Global().Call("getComputedStyle", host)
	return js.Global().Call("parseFloat", style.Get("fontSize")).Float() + float64(s.look.Zoom)
}

// theme reads the colours of the page.
func theme() map[string]any {
	names := [...]string{
		"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
		"brightBlack", "brightRed", "brightGreen", "brightYellow", "brightBlue", "brightMagenta", "brightCyan", "brightWhite",
		"background", "foreground", "cursor", "selectionBackground",
	}
	theme := map[string]any{}
	for i, name := range names {
		theme[name] = colorOf(i)
	}
	theme["cursorAccent"] = theme["background"]
	return theme
}

// colorOf is one of the page's colours, as #RRGGBB.
func colorOf(i int) string {
	element := js.Global().Get("document").Call("getElementById", colorsID).Get("children").Index(i)
	var r, g, b int
	text := js.Global().Call("getComputedStyle", element).Get("color").String()
	if _, err := fmt.Sscanf(text, "rgb(%d, %d, %d)", &r, &g, &b); err != nil {
		return "#808080"
	}
	return fmt.Sprintf("#%02x%02x%02x", r, g, b)
}

// restyle draws in another size or in the page's other colours.
func (s *screen) restyle(l look) {
	s.look = l
	if !s.term.Truthy() {
		return
	}
	host := js.Global().Get("document").Call("getElementById", screenID)
	options := s.term.Get("options")
	options.Set("fontSize", s.fontSize(host))
	options.Set("screenReaderMode", l.Reader)
	options.Set("theme", theme())
	s.term.Get("textarea").Call("setAttribute", "aria-label", l.Label)
	s.measure(js.Undefined())
}
