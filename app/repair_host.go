//go:build !js

package app

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// repair turns go-app's rendering of a tree into the markup that the browser
// makes of the same tree, so that nothing moves when the program replaces the
// one by the other:
//
//   - a boolean attribute that is false is printed as name="false", which HTML
//     takes for true: it is left out;
//   - an attribute that is true is printed without a value, which ARIA takes for
//     false: the value is written;
//   - children are indented, and the white space becomes blanks between inline
//     elements: it is left out.
//
// Attributes are sorted, so that equal trees give equal documents. It refuses
// markup that does not read as one tree, such as an attribute whose
// text broke out of its quotes.
func repair(markup string) (string, error) {
	var out strings.Builder
	var open []string
	tokens := html.NewTokenizer(strings.NewReader(markup))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			if err := tokens.Err(); !errors.Is(err, io.EOF) {
				return "", err
			}
			if len(open) > 0 {
				return "", fmt.Errorf("%s is not closed", open[len(open)-1])
			}
			return out.String(), nil
		case html.StartTagToken:
			token := tokens.Token()
			if err := writeTag(&out, token); err != nil {
				return "", err
			}
			if !void(token.Data) {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			name := tokens.Token().Data
			if len(open) == 0 || open[len(open)-1] != name {
				return "", fmt.Errorf("%s is closed but not open", name)
			}
			open = open[:len(open)-1]
			out.WriteString("</" + name + ">")
		case html.TextToken:
			out.WriteString(html.EscapeString(unindent(tokens.Token().Data)))
		default:
			return "", fmt.Errorf("unexpected %q", tokens.Raw())
		}
	}
}

func writeTag(out *strings.Builder, token html.Token) error {
	out.WriteString("<" + token.Data)
	// go-app prints attributes in random order.
	slices.SortFunc(token.Attr, func(a, b html.Attribute) int { return strings.Compare(a.Key, b.Key) })
	for _, attribute := range token.Attr {
		value := attribute.Val
		if strings.ContainsAny(value, `"\`) || strings.ContainsAny(attribute.Key, `"\<`) {
			return fmt.Errorf("attribute %s of %s is not plain: %q", attribute.Key, token.Data, value)
		}
		if boolean(attribute.Key) {
			if value == "false" {
				continue
			}
			out.WriteString(" " + attribute.Key)
			continue
		}
		if value == "" && strings.HasPrefix(attribute.Key, "aria-") {
			value = "true"
		}
		out.WriteString(" " + camelCase(attribute.Key) + `="` + html.EscapeString(value) + `"`)
	}
	out.WriteString(">")
	return nil
}

// boolean reports whether an attribute is set by being there.
func boolean(name string) bool {
	switch name {
	case "disabled", "hidden", "checked", "selected", "required", "readonly", "multiple", "open", "autofocus", "novalidate":
		return true
	}
	return false
}

// camelCase restores the names of attributes of SVG, which the tokenizer writes
// in lower case.
func camelCase(name string) string {
	if name == "viewbox" {
		return "viewBox"
	}
	return name
}

// void reports whether an element has no end tag.
func void(name string) bool {
	switch name {
	case "input", "br", "hr", "img", "link", "meta", "col", "source", "wbr":
		return true
	}
	return false
}

// unindent removes the line breaks and blanks that go-app puts around a child.
func unindent(text string) string {
	if at := strings.LastIndexByte(text, '\n'); at >= 0 && strings.TrimSpace(text[at:]) == "" {
		text = text[:at]
	}
	if strings.TrimSpace(text) == "" {
		return ""
	}
	if at := strings.IndexByte(text, '\n'); at >= 0 && strings.TrimSpace(text[:at]) == "" {
		text = strings.TrimLeft(text[at+1:], " ")
	}
	return text
}
