package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// iconSprite joins the icons named in a list (one name per line, # begins a
// comment) into one SVG of symbols, to be used as
// <svg><use href="icons.svg#name"></use></svg>. dir is the folder of lucide's
// icons. Its class keeps it from taking room in a page that it stands in.
func iconSprite(list, dir string) ([]byte, error) {
	data, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	names := iconNames(string(data))
	if len(names) > 0 {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("the icons are not installed (%s is missing): run `npm ci` in web, or `make build`", dir)
		}
	}
	var out strings.Builder
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" class="sprite">`)
	for _, name := range names {
		icon, err := os.ReadFile(filepath.Join(dir, name+".svg"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s names the icon %q, which lucide does not have", filepath.Base(list), name)
		}
		if err != nil {
			return nil, err
		}
		inner, err := svgContent(string(icon))
		if err != nil {
			return nil, fmt.Errorf("icon %s: %w", name, err)
		}
		fmt.Fprintf(&out, `<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">%s</symbol>`, name, inner)
	}
	out.WriteString("</svg>\n")
	return []byte(out.String()), nil
}

// iconNames returns the names of a list, sorted and each once.
func iconNames(list string) []string {
	seen := map[string]bool{}
	var names []string
	for line := range strings.Lines(list) {
		line, _, _ = strings.Cut(line, "#")
		name := strings.TrimSpace(line)
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// svgContent returns what stands between <svg …> and </svg>, without the white
// space between elements.
func svgContent(icon string) (string, error) {
	_, rest, ok := strings.Cut(icon, "<svg")
	if !ok {
		return "", errors.New("no <svg> element")
	}
	_, rest, ok = strings.Cut(rest, ">")
	if !ok {
		return "", errors.New("the <svg> element is not closed")
	}
	end := strings.LastIndex(rest, "</svg>")
	if end < 0 {
		return "", errors.New("no </svg>")
	}
	var out strings.Builder
	for line := range strings.Lines(rest[:end]) {
		out.WriteString(strings.TrimSpace(line))
	}
	return strings.ReplaceAll(out.String(), " />", "/>"), nil
}
