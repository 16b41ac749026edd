package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// iconList is the file of web/static that names the icons of the sprite.
const iconList = "icons.txt"

// addStatic adds the stylesheet, the sprite and every other file of web/static
// to the bundle. A file's logical name is its path below web/static.
func addStatic(b *bundle, p paths) error {
	css, err := joinCSS(filepath.Join(p.static, "css"))
	if err != nil {
		return err
	}
	b.add("style.css", css)

	list := filepath.Join(p.static, iconList)
	if _, err := os.Stat(list); err == nil {
		sprite, err := iconSprite(list, p.lucide)
		if err != nil {
			return err
		}
		b.add("icons.svg", sprite)
	}

	err = filepath.WalkDir(p.static, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name == p.static {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(p.static, name)
		if err != nil {
			return err
		}
		logical := filepath.ToSlash(rel)
		if logical == iconList || strings.HasPrefix(logical, "css/") || !served(logical) {
			return nil
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		b.add(logical, content)
		return nil
	})
	return err
}

// served reports whether a file of web/static is for the browser, rather than
// Go source or notes beside it.
func served(logical string) bool {
	switch filepath.Ext(logical) {
	case ".go", ".md":
		return false
	}
	return !strings.HasPrefix(filepath.Base(logical), ".")
}
