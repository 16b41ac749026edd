package folders

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is how long a folder's name may be, in characters.
const maxName = 64

// ValidName reports whether a folder may have the name. The rules are those of
// 24.09: at most 64 characters, not what a home directory needs for itself. As
// folders are mounted by name, names are also single path elements that can be
// shown.
func ValidName(name string) bool {
	if name == "" || name == "." || name == ".." || utf8.RuneCountInString(name) > maxName || !utf8.ValidString(name) ||
		strings.TrimSpace(name) != name || strings.ContainsFunc(name, unshowable) {
		return false
	}
	return !reserved(name)
}

func unshowable(r rune) bool {
	return r == '/' || r == 0xFFFD || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}

// reserved: files and directories that sessions bring.
func reserved(name string) bool {
	if slices.Contains([]string{".terminfo", ".jupyter", ".tmux.conf", ".ssh"}, name) {
		return true
	}
	rest, dot := strings.CutPrefix(name, ".")
	if !dot {
		return false
	}
	for _, suffix := range []string{"rc", "_profile"} {
		if base, ok := strings.CutSuffix(rest, suffix); ok && base != "" && !strings.ContainsFunc(base, notLowerOrDigit) {
			return true
		}
	}
	return false
}

func notLowerOrDigit(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }

// systemPath reports whether a path in a session is one of the system's own
// directories, or in one: nothing is mounted there.
func systemPath(path string) bool {
	top, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return slices.Contains([]string{"", "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt", "proc", "root", "run",
		"sbin", "srv", "sys", "tmp", "usr", "var"}, top) || path == "/home"
}
