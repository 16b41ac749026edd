package session

import "unicode/utf8"

// The rules of names, from the user guide: a session's name has 4 to 64
// characters, an image's 4 to 32. The guide says letters and digits without
// spaces; managers and the original also take "-", "_" and "." inside.
const (
	MinName      = 4
	MaxName      = 64
	MaxImageName = 32
)

// NameProblem is the key of what is wrong with the name of a session, under
// session.name.; empty for a good one.
func NameProblem(name string) string {
	return nameProblem(name, MaxName, true)
}

// ImageNameProblem is the key of what is wrong with the name of an image, under
// session.name.; empty for a good one.
func ImageNameProblem(name string) string {
	return nameProblem(name, MaxImageName, false)
}

func nameProblem(name string, limit int, edges bool) string {
	if name == "" {
		return "empty"
	}
	for _, r := range name {
		if !isWord(r) && r != '-' && (r != '.' || !edges) {
			return "character"
		}
	}
	switch n := utf8.RuneCountInString(name); {
	case n < MinName:
		return "short"
	case n > limit:
		return "long"
	case edges && !isWord(rune(name[0])):
		return "start"
	case edges && !isWord(rune(name[len(name)-1])):
		return "end"
	}
	return ""
}

// isWord reports whether a character may stand anywhere in a name.
func isWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
}
