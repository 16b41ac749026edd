package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// stylesheets is the order in which the stylesheets are joined: general rules
// first, so that a page's own file may refine them.
func stylesheets() []string {
	return []string{
		"tokens", "base", "controls", "menu", "overlay", "shell", "login", "table",
		"sessions", "session-rows", "session-widths", "session", "session-apps", "terminal", "logview",
		"notices", "palette", "launcher", "logs", "info", "print",
	}
}

// joinCSS joins and minifies the stylesheets of a folder. A stylesheet that is
// not in the list is an error: it would silently be left out.
func joinCSS(dir string) ([]byte, error) {
	known := map[string]bool{}
	var all strings.Builder
	for _, name := range stylesheets() {
		known[name+".css"] = true
		data, err := os.ReadFile(filepath.Join(dir, name+".css"))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		text, err := minifyCSS(string(data))
		if err != nil {
			return nil, fmt.Errorf("%s.css: %w", name, err)
		}
		all.WriteString(text)
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".css") && !known[e.Name()] {
			return nil, fmt.Errorf("%s is not in the list of stylesheets (web/build/css.go)", e.Name())
		}
	}
	return []byte(all.String()), nil
}

// minifyCSS takes out what no browser reads: comments, line breaks, indentation,
// and white space around braces, semicolons and commas. White space that can
// carry meaning (between selectors, around + and - in calc, before a colon in a
// selector) is kept as one space; strings and url() stay as they are.
func minifyCSS(text string) (string, error) {
	out := make([]byte, 0, len(text))
	space := false
	emit := func(s string) {
		if space {
			space = false
			if len(out) > 0 && !tight(out[len(out)-1]) && !tight(s[0]) {
				out = append(out, ' ')
			}
		}
		out = append(out, s...)
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case strings.HasPrefix(text[i:], "/*"):
			end := strings.Index(text[i+2:], "*/")
			if end < 0 {
				return "", fmt.Errorf("a comment is not closed")
			}
			i += 2 + end + 2
			space = true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			space = true
			i++
		case c == '"' || c == '\'':
			end := stringEnd(text, i)
			if end < 0 {
				return "", fmt.Errorf("a string is not closed: %.40q", text[i:])
			}
			emit(text[i:end])
			i = end
		case strings.HasPrefix(text[i:], "url("):
			end := strings.IndexByte(text[i:], ')')
			if end < 0 {
				return "", fmt.Errorf("url( is not closed: %.40q", text[i:])
			}
			emit(text[i : i+end+1])
			i += end + 1
		case c == '}':
			out = bytes.TrimSuffix(out, []byte(";"))
			emit("}")
			i++
		default:
			emit(text[i : i+1])
			i++
		}
	}
	return string(out), nil
}

// stringEnd returns the index after the string that begins at start, -1 if it
// is not closed on its line.
func stringEnd(text string, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '\n':
			return -1
		case text[start]:
			return i + 1
		}
	}
	return -1
}

// tight reports whether white space beside c means nothing.
func tight(c byte) bool { return strings.IndexByte("{};,", c) >= 0 }
