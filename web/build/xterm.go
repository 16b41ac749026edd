package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// The logical names of the terminal's files. The page loads them when somebody
// opens a terminal.
const (
	xtermScript = "xterm.js"
	xtermStyle  = "xterm.css"
)

// xtermModules are the modules of xterm that are joined, below node_modules/@xterm,
// and the class that each exports.
func xtermModules() []xtermModule {
	return []xtermModule{
		{"xterm/lib/xterm.mjs", "Terminal", []textEdit{
			{regexp.MustCompile(`\b[\w.]*ocument\.createElement\("style"\)`), 3, `createStyle(document)`},
			{regexp.MustCompile("(\\w+)\\.setAttribute\\(\"style\",`\\$\\{\\w+\\.getAttribute\\(\"style\"\\)\\|\\|\"\"\\}\\$\\{(\\w+)\\};`\\)"), 1, `$1.style.cssText+=$2+";"`},
		}},
		{"addon-fit/lib/addon-fit.mjs", "FitAddon", nil},
		{"addon-search/lib/addon-search.mjs", "SearchAddon", nil},
		{"addon-unicode11/lib/addon-unicode11.mjs", "Unicode11Addon", nil},
		{"addon-web-links/lib/addon-web-links.mjs", "WebLinksAddon", nil},
	}
}

// xtermModule is one module, and what has to change in it for a page whose policy
// allows no style elements and no style attributes.
type xtermModule struct {
	file, class string
	edits       []textEdit
}

// textEdit replaces a pattern that must occur exactly count times: a new release
// cannot bring back what the edit took out.
type textEdit struct {
	pattern *regexp.Regexp
	count   int
	with    string
}

//go:embed xterm-styles.js
var xtermStyles string

// exported matches what a module says at its end.
var exported = regexp.MustCompile(`export\{(\w+) as (\w+)\};\s*(//# sourceMappingURL=\S+\s*)?$`)

// addXterm adds the terminal's script and stylesheet. dir is the folder that npm
// installed xterm's packages in.
func addXterm(b *bundle, dir string) error {
	script, err := joinXterm(dir)
	if err != nil {
		return err
	}
	b.add(xtermScript, script)
	css, err := os.ReadFile(filepath.Join(dir, "xterm/css/xterm.css"))
	if err != nil {
		return err
	}
	text, err := minifyCSS(string(css))
	if err != nil {
		return fmt.Errorf("xterm.css: %w", err)
	}
	b.add(xtermStyle, []byte("/*! xterm.js, MIT License, (c) The xterm.js authors */"+text))
	return nil
}

// joinXterm makes one script of the modules. It defines one global object, xterm,
// with the classes.
func joinXterm(dir string) ([]byte, error) {
	var out strings.Builder
	out.WriteString("\"use strict\";\nglobalThis.xterm = {};\n(() => {\n" + xtermStyles)
	for _, module := range xtermModules() {
		text, err := os.ReadFile(filepath.Join(dir, module.file))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("xterm is not installed (%s is missing): run `npm ci` in web, or `make build`", filepath.Join(dir, module.file))
		}
		if err != nil {
			return nil, err
		}
		body, err := module.wrap(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", module.file, err)
		}
		out.WriteString(body)
	}
	out.WriteString("})();\n")
	return []byte(out.String()), nil
}

// wrap makes a block of a module, in which its names are its own, and hands out
// the class that it exports.
func (m xtermModule) wrap(text string) (string, error) {
	export := exported.FindStringSubmatch(text)
	if export == nil || export[2] != m.class {
		return "", fmt.Errorf("it does not export %s as its last statement", m.class)
	}
	text = exported.ReplaceAllString(text, "")
	for _, edit := range m.edits {
		if n := len(edit.pattern.FindAllString(text, -1)); n != edit.count {
			return "", fmt.Errorf("%d places match %s where %d were expected: look at them, then change web/build/xterm.go", n, edit.pattern, edit.count)
		}
		text = edit.pattern.ReplaceAllString(text, edit.with)
	}
	return fmt.Sprintf("(() => {\n%s\nglobalThis.xterm.%s = %s;\n})();\n", text, m.class, export[1]), nil
}
