package filter

import (
	"strings"
	"unicode/utf8"
)

// Kinds of tokens, named as in the manager's messages.
const (
	kindName    = "CNAME"
	kindBinary  = "BINARY_OP"
	kindCombine = "COMBINE_OP"
	kindUnary   = "UNARY_OP"
	kindString  = "ESCAPED_STRING"
	kindNumber  = "SIGNED_NUMBER"
	kindAtom    = "ATOM"
	kindOpen    = "LPAR"
	kindClose   = "RPAR"
	kindListIn  = "LSQB"
	kindListOut = "RSQB"
	kindComma   = "COMMA"
	kindSign    = "ORDER"
	kindEnd     = "$END"
)

type token struct {
	kind         string
	text         string
	start        int // byte offset
	line, column int // from 1, in characters
}

// String spells a token as the manager's messages do.
func (t token) String() string {
	return "Token('" + t.kind + "', '" + strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`).Replace(t.text) + "')"
}

// lexer cuts a text into tokens. What a token is depends on what may stand at
// its place: "in" is an operator after a name and a name elsewhere.
type lexer struct {
	fault    string // beginning of messages
	text     string
	kinds    []string // all kinds of the language, in order of preference
	at       int
	line     int
	column   int
	previous token
}

func newLexer(fault, text string, kinds []string) *lexer {
	return &lexer{fault: fault, text: text, kinds: kinds, line: 1, column: 1}
}

// next reads one token of the kinds that may stand here.
func (l *lexer) next(expected ...string) (token, error) {
	tok, err := l.peek(expected...)
	if err == nil {
		l.take(tok)
	}
	return tok, err
}

// peek is next without moving on.
func (l *lexer) peek(expected ...string) (token, error) {
	l.skipSpace()
	if l.at == len(l.text) {
		tok := token{kind: kindEnd, start: l.at, line: l.line, column: l.column}
		for _, kind := range expected {
			if kind == kindEnd {
				return tok, nil
			}
		}
		if l.previous.kind != "" { // the end is reported where the last token is
			tok.line, tok.column = l.previous.line, l.previous.column
		}
		return tok, unexpected(l.fault, tok, l.previous, expected)
	}
	if tok, ok := l.match(expected); ok {
		return tok, nil
	}
	if tok, ok := l.match(l.kinds); ok {
		return tok, unexpected(l.fault, tok, l.previous, expected)
	}
	_, size := utf8.DecodeRuneInString(l.text[l.at:])
	at := token{text: strings.ToValidUTF8(l.text[l.at:l.at+size], "\uFFFD"), start: l.at, line: l.line, column: l.column}
	return at, unreadable(l.fault, l.text, at, l.previous, expected)
}

// match finds the longest token of the given kinds at the current place.
func (l *lexer) match(kinds []string) (token, bool) {
	rest := l.text[l.at:]
	best := token{start: l.at, line: l.line, column: l.column}
	length := 0
	for _, kind := range kinds {
		if n := matchKind(kind, rest); n > length {
			best.kind, length = kind, n
		}
	}
	best.text = rest[:length]
	return best, length > 0
}

func (l *lexer) take(tok token) {
	l.previous = tok
	l.advance(len(tok.text))
}

func (l *lexer) skipSpace() {
	rest := l.text[l.at:]
	l.advance(len(rest) - len(strings.TrimLeft(rest, " \t\f\r\n")))
}

func (l *lexer) advance(n int) {
	for _, r := range l.text[l.at : l.at+n] {
		if r == '\n' {
			l.line, l.column = l.line+1, 1
		} else {
			l.column++
		}
	}
	l.at += n
}

// matchKind gives the length of a token of one kind at the start of s, 0 for
// none.
func matchKind(kind, s string) int {
	switch kind {
	case kindName:
		n := 0
		for n < len(s) && (letter(s[n]) || n > 0 && digit(s[n])) {
			n++
		}
		return n
	case kindBinary:
		return longest(s, "==", "!=", ">=", "<=", ">", "<", "contains", "isnot", "ilike", "like", "is", "in")
	case kindAtom:
		return longest(s, "null", "true", "false")
	case kindCombine:
		return longest(s, "&", "|")
	case kindUnary:
		return longest(s, "!")
	case kindSign:
		return longest(s, "+", "-")
	case kindOpen:
		return longest(s, "(")
	case kindClose:
		return longest(s, ")")
	case kindListIn:
		return longest(s, "[")
	case kindListOut:
		return longest(s, "]")
	case kindComma:
		return longest(s, ",")
	case kindString:
		return stringLength(s)
	case kindNumber:
		return numberLength(s)
	}
	return 0
}

func longest(s string, words ...string) int {
	n := 0
	for _, word := range words {
		if len(word) > n && strings.HasPrefix(s, word) {
			n = len(word)
		}
	}
	return n
}

// stringLength: from a double quote to the next one that an even number of
// backslashes precedes; no line break within.
func stringLength(s string) int {
	if s[0] != '"' {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\n':
			return 0
		case '\\':
			i++
			if i < len(s) && s[i] == '\n' {
				return 0
			}
		case '"':
			return i + 1
		}
	}
	return 0
}

// numberLength: optional sign, digits with an optional point, or a point and
// digits; optional exponent.
func numberLength(s string) int {
	n := 0
	if s[0] == '+' || s[0] == '-' {
		n++
	}
	digits := func() bool {
		start := n
		for n < len(s) && digit(s[n]) {
			n++
		}
		return n > start
	}
	whole := digits()
	if n < len(s) && s[n] == '.' {
		n++
		if !digits() && !whole {
			return 0
		}
	} else if !whole {
		return 0
	}
	mark := n
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		n++
		if n < len(s) && (s[n] == '+' || s[n] == '-') {
			n++
		}
		if !digits() {
			n = mark
		}
	}
	return n
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
