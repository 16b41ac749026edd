package storage

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a path may be at most. File systems have the same limit for names.
const (
	maxName  = 255  // bytes
	maxPath  = 4096 // bytes
	maxDepth = 256  // names
)

// Clean brings a client's path inside a folder to its plain form: names
// separated by slashes, "." for the folder itself. Paths that begin with a slash
// or lead out of the folder are refused; symbolic links are met later, when the
// path is walked.
func Clean(text string) (string, error) {
	invalid := func(why string) (string, error) {
		return "", &Error{Kind: KindInvalid, Path: clip(text), Cause: errors.New(why)}
	}
	switch {
	case len(text) > maxPath:
		return invalid(fmt.Sprintf("the path is longer than %d bytes", maxPath))
	case strings.ContainsRune(text, 0):
		return invalid("the path holds a zero byte")
	case strings.HasPrefix(text, "/"):
		return invalid("the path must be relative to the folder")
	}
	clean := path.Clean(text) // "" becomes "."
	if clean == ".." || strings.HasPrefix(clean, "../") {
		return invalid("the path leads out of the folder")
	}
	names := strings.Split(clean, "/")
	if len(names) > maxDepth {
		return invalid(fmt.Sprintf("the path has more than %d names", maxDepth))
	}
	for _, name := range names {
		if len(name) > maxName {
			return invalid(fmt.Sprintf("a name is longer than %d bytes", maxName))
		}
	}
	return clean, nil
}

// cleanNew is [Clean] for what is about to be made. Sessions may use any name;
// those that clients make must be readable: no line breaks or other control
// characters, no text direction marks, no broken UTF-8.
func cleanNew(text string) (string, error) {
	clean, err := Clean(text)
	if err != nil {
		return "", err
	}
	bad := func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
	}
	if !utf8.ValidString(clean) || strings.ContainsFunc(clean, bad) {
		return "", &Error{Kind: KindInvalid, Path: clip(text), Cause: errors.New("the name holds characters that cannot be shown")}
	}
	return clean, nil
}

// clip keeps texts of errors short.
func clip(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
