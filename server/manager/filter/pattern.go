package filter

import "strings"

// maxWildcards bounds the work of matching: SQLite backtracks at each "%".
const maxWildcards = 16

// pattern is the pattern of like and ilike in parts: texts, "any one" and "any
// number". A backslash takes the next character as it is, as in PostgreSQL.
type pattern []part

type part struct {
	text string // empty for a wildcard
	many bool   // % rather than _
}

func parsePattern(s string) (pattern, error) {
	var p pattern
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			p = append(p, part{text: text.String()})
			text.Reset()
		}
	}
	many := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i++; i == len(s) {
				return nil, reason(filterFault, "binary_expr", "LIKE pattern must not end with escape character")
			}
			text.WriteByte(s[i])
		case '%':
			flush()
			if len(p) > 0 && p[len(p)-1].many {
				continue // %% is %
			}
			if many++; many > maxWildcards {
				return nil, tooMuch(filterFault, "a pattern may hold at most %d times '%%'", maxWildcards)
			}
			p = append(p, part{many: true})
		case '_':
			flush()
			p = append(p, part{})
		default:
			text.WriteByte(s[i])
		}
	}
	flush()
	return p, nil
}

// glob spells the pattern for GLOB.
func (p pattern) glob() string {
	return p.spell("*", "?", strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]"))
}

// like spells the pattern for LIKE … ESCAPE '\'.
func (p pattern) like() string {
	return p.spell("%", "_", strings.NewReplacer("%", `\%`, "_", `\_`, `\`, `\\`))
}

func (p pattern) spell(many, one string, escape *strings.Replacer) string {
	var b strings.Builder
	for _, part := range p {
		switch {
		case part.text != "":
			b.WriteString(escape.Replace(part.text))
		case part.many:
			b.WriteString(many)
		default:
			b.WriteString(one)
		}
	}
	return b.String()
}
