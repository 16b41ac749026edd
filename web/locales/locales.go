// Package locales holds the texts a person reads, one folder per language and
// in it one file per part of the page.
//
// A file is a flat JSON object from a key ("login.password") to a text. A text
// may hold placeholders in braces ("{count} sessions"). The texts are English
// and Korean; both folders hold the same files with the same keys and
// placeholders, which a test of package i18n checks.
//
// Texts are also put into attributes of prerendered pages, so none may contain
// a straight double quote, a backslash, or markup.
package locales

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
)

//go:embed en ko
var files embed.FS

// Catalogue returns all texts of a language by their keys. It fails when there
// is no such language, when a file is not a flat JSON object, or when two files
// define the same key.
func Catalogue(lang string) (map[string]string, error) {
	return read(files, lang)
}

// read merges the files of one language's folder.
func read(files fs.FS, lang string) (map[string]string, error) {
	entries, err := fs.ReadDir(files, lang)
	if err != nil {
		return nil, fmt.Errorf("locales: no texts for language %q: %w", lang, err)
	}
	texts := make(map[string]string, 256)
	for _, entry := range entries {
		name := path.Join(lang, entry.Name())
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("locales: %w", err)
		}
		part := map[string]string{}
		if err := json.Unmarshal(data, &part); err != nil {
			return nil, fmt.Errorf("locales: %s: %w", name, err)
		}
		for key, text := range part {
			if _, ok := texts[key]; ok {
				return nil, fmt.Errorf("locales: %s: %q is defined in another file too", name, key)
			}
			texts[key] = text
		}
	}
	return texts, nil
}
