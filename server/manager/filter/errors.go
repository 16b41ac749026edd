package filter

import (
	"fmt"
	"slices"
	"strings"
)

// Limits of both languages. A person's filter has a handful of terms; a long
// list of names to match is what needs room.
const (
	MaxLength = 8 << 10 // bytes of text
	MaxDepth  = 64      // nested expressions, counted along the right-grouped chain too
	MaxValues = 500     // values in one list
	MaxOrder  = 16      // columns in an order
)

// Error is a fault in what a client wrote; its text is for the client.
type Error struct{ text string }

// Error gives the manager's sentence.
func (e *Error) Error() string { return e.text }

const (
	filterFault = "Query filter parsing error: "
	orderFault  = "Query ordering parsing error: "
)

// reason is a fault that the manager finds while it builds the condition, after
// the text was read; it names the rule it was at.
func reason(fault, rule, format string, args ...any) error {
	return &Error{fault + fmt.Sprintf("Error trying to process rule %q:\n\n", rule) + fmt.Sprintf(format, args...)}
}

// unexpected is a fault at a token that may not stand here.
func unexpected(fault string, tok, previous token, expected []string) error {
	before := "None"
	if previous.kind != "" {
		before = previous.String()
	}
	return &Error{fmt.Sprintf("%sUnexpected token %s at line %d, column %d.\n%sPrevious tokens: [%s]\n",
		fault, tok, tok.line, tok.column, expectation(expected), before)}
}

// unreadable is a fault at a character that starts no token that may stand here.
func unreadable(fault, text string, at token, previous token, expected []string) error {
	line, offset := lineAt(text, at.start)
	message := fmt.Sprintf("%sNo terminal matches '%s' in the current parser context, at line %d col %d\n\n%s\n%s^\n%s",
		fault, at.text, at.line, at.column, line, strings.Repeat(" ", offset), expectation(expected))
	if previous.kind != "" {
		message += "\nPrevious tokens: " + previous.String() + "\n"
	}
	return &Error{message}
}

func expectation(expected []string) string {
	expected = slices.Clone(expected)
	slices.Sort(expected)
	return "Expected one of: \n\t* " + strings.Join(expected, "\n\t* ") + "\n"
}

// lineAt gives the part of the line around a byte, as much as a message can
// bear, and how many characters of it stand before that byte.
func lineAt(text string, at int) (line string, offset int) {
	const around = 40
	before, after := text[:at], text[at:]
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		before = before[i+1:]
	}
	if i := strings.IndexByte(after, '\n'); i >= 0 {
		after = after[:i]
	}
	head, tail := []rune(before), []rune(after)
	head = head[max(0, len(head)-around):]
	tail = tail[:min(len(tail), around)]
	return string(head) + string(tail), len(head)
}

func tooMuch(fault, format string, args ...any) error {
	return &Error{fault + fmt.Sprintf(format, args...)}
}
