package launcher

import (
	"strings"
	"unicode/utf8"
)

// The lengths of a session's name, as the guide has them.
const (
	MinName = 4
	MaxName = 64
)

// CheckName applies the guide's rule: 4 to 64 letters and digits of the Latin
// alphabet, without spaces. What the manager takes besides, it takes too: "_",
// and "." and "-" inside. An empty name is right: the session gets one by itself.
func CheckName(name string) Problems {
	if name == "" {
		return nil
	}
	count := utf8.RuneCountInString(name)
	switch {
	case strings.ContainsFunc(name, func(r rune) bool { return !word(r) && r != '.' && r != '-' }):
		return Problems{problem(FieldName, "name.character")}
	case count < MinName:
		return Problems{problem(FieldName, "name.short", "min", MinName)}
	case count > MaxName:
		return Problems{problem(FieldName, "name.long", "max", MaxName)}
	case !word(rune(name[0])):
		return Problems{problem(FieldName, "name.start")}
	case !word(rune(name[len(name)-1])):
		return Problems{problem(FieldName, "name.end")}
	}
	return nil
}

// word reports whether a character can begin and end a name.
func word(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
}
