package i18n

import (
	"fmt"
	"strings"

	"github.com/baiui/baiui/web/locales"
)

// Texts answers for one language. The zero value and nil answer with keys.
type Texts struct {
	lang  string
	texts map[string]string
}

// Fallback is the language used where none of the known ones is asked for.
const Fallback = "en"

// Language is one the page can be read in.
type Language struct {
	Code string // as in the lang attribute: "en", "ko"
	Name string // what the language calls itself
}

// Languages lists the languages of the page in the order they are offered.
func Languages() []Language {
	return []Language{{Code: "en", Name: "English"}, {Code: "ko", Name: "한국어"}}
}

// Known reports whether the page has texts in the language with this code.
func Known(code string) bool {
	for _, language := range Languages() {
		if language.Code == code {
			return true
		}
	}
	return false
}

// Load returns the texts of a language, those of [Fallback] for one that is not
// known.
func Load(lang string) *Texts {
	if !Known(lang) {
		lang = Fallback
	}
	texts, err := locales.Catalogue(lang)
	if err != nil {
		// The catalogues are compiled in and checked by tests.
		panic(err)
	}
	return &Texts{lang: lang, texts: texts}
}

// Lang returns the code of the language, as in the lang attribute.
func (t *Texts) Lang() string {
	if t == nil || t.lang == "" {
		return Fallback
	}
	return t.lang
}

// Has reports whether there is a text for key; for keys that are made from a
// value of the outside, such as a status this version does not know.
func (t *Texts) Has(key string) bool {
	if t == nil {
		return false
	}
	_, ok := t.texts[key]
	return ok
}

// T returns the text for key with its placeholders filled in. args are pairs of
// a placeholder's name and its value:
//
//	t.T("sessions.count", "count", 5) // "{count} sessions" → "5 sessions"
//
// An unknown key is returned as it is.
func (t *Texts) T(key string, args ...any) string {
	text := key
	if t != nil {
		if found, ok := t.texts[key]; ok {
			text = found
		}
	}
	return fill(text, args)
}

// N is T for a text that depends on a count: it uses key+".one" for exactly one
// and key+".other" else, with the placeholder {count} already filled in.
func (t *Texts) N(key string, count int, args ...any) string {
	form := ".other"
	if count == 1 {
		form = ".one"
	}
	return t.T(key+form, append([]any{"count", t.Int(count)}, args...)...)
}

// fill replaces {name} by the value that follows the name in args.
func fill(text string, args []any) string {
	if len(args) < 2 || !strings.Contains(text, "{") {
		return text
	}
	var filled strings.Builder
	for {
		before, rest, more := strings.Cut(text, "{")
		filled.WriteString(before)
		if !more {
			return filled.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := argument(args, name)
		if !closed || !known {
			filled.WriteByte('{')
			text = rest
			continue
		}
		filled.WriteString(plain(value))
		text = after
	}
}

// argument is the value that follows a name in args.
func argument(args []any, name string) (value any, known bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if plain(args[i]) == name {
			return args[i+1], true
		}
	}
	return nil, false
}

func plain(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	return fmt.Sprint(value)
}
