package logview

import (
	"bytes"
	"fmt"
)

// style is how characters are drawn; the zero value is how they are by default.
type style struct {
	fore, back color
	bold       bool
	dim        bool
	italic     bool
	underline  bool
	strike     bool
	inverse    bool
}

// color is one of the 16 of terminals (1 to 16), an own one (exact plus red, green
// and blue), or none.
type color int32

const exact color = 1 << 24

// class is the CSS class of a colour, "" for none; kind is "f" or "b".
func (c color) class(kind string) string {
	switch {
	case c == 0:
		return ""
	case c >= exact:
		return fmt.Sprintf("ansi-%s-%06x", kind, int32(c-exact))
	}
	return fmt.Sprintf("ansi-%s%d", kind, c-1)
}

// class is the CSS classes of a style.
func (s style) class() string {
	if s == (style{}) {
		return ""
	}
	var out []byte
	add := func(class string) {
		if class == "" {
			return
		}
		if len(out) > 0 {
			out = append(out, ' ')
		}
		out = append(out, class...)
	}
	add(s.fore.class("f"))
	add(s.back.class("b"))
	for _, flag := range []struct {
		on   bool
		name string
	}{{s.bold, "ansi-bold"}, {s.dim, "ansi-dim"}, {s.italic, "ansi-italic"}, {s.underline, "ansi-underline"}, {s.strike, "ansi-strike"}, {s.inverse, "ansi-inverse"}} {
		if flag.on {
			add(flag.name)
		}
	}
	return string(out)
}

// indexed is a colour of the table of 256.
func indexed(n int) color {
	switch {
	case n < 0 || n > 255:
		return 0
	case n < 16:
		return color(n + 1)
	case n >= 232:
		level := color(8 + 10*(n-232))
		return exact + level<<16 + level<<8 + level
	}
	n -= 16
	level := func(i int) color {
		if i == 0 {
			return 0
		}
		return color(55 + 40*i)
	}
	return exact + level(n/36)<<16 + level(n/6%6)<<8 + level(n%6)
}

// pen follows a stream and knows the style that its sequences have set (SGR of
// ECMA-48). It may be fed in pieces of any size.
type pen struct {
	style    style
	state    byte // 0 text, 1 after ESC, 2 in a control sequence, 3 in one that is too long, 4 in a string, 5 after ESC in one
	sequence [maxSequence]byte
	length   int
}

// maxSequence bounds the parameters that are looked at.
const maxSequence = 128

// feed reads a piece of the stream.
func (p *pen) feed(data []byte) {
	for len(data) > 0 {
		if p.state == 0 {
			escape := bytes.IndexByte(data, 0x1b)
			if escape < 0 {
				return
			}
			data = data[escape:]
		}
		if p.next(data[0]) && data[0] == 'm' {
			p.style = p.style.change(p.sequence[:p.length])
		}
		data = data[1:]
	}
}

// next reads one byte; it reports whether that ends a control sequence, of which
// the byte then is the command and sequence[:length] the parameters.
func (p *pen) next(b byte) (complete bool) {
	switch p.state {
	case 0:
		if b == 0x1b {
			p.state = 1
		}
	case 1:
		switch b {
		case '[':
			p.state, p.length = 2, 0
		case ']', 'P', 'X', '^', '_':
			p.state = 4
		case 0x1b:
		default:
			p.state = 0
		}
	case 2, 3:
		switch {
		case b == 0x1b:
			p.state = 1
		case b >= 0x40 && b <= 0x7e:
			complete = p.state == 2
			p.state = 0
		case b < 0x20 || b > 0x7e:
			p.state = 0 // broken off
		case p.length == maxSequence:
			p.state = 3
		default:
			p.sequence[p.length] = b
			p.length++
		}
	case 4, 5:
		switch {
		case b == 0x07, b == '\n', p.state == 5 && b == '\\':
			p.state = 0 // a string does not go beyond its line
		case b == 0x1b:
			p.state = 5
		default:
			p.state = 4
		}
	}
	return complete
}

// change applies the parameters of a sequence.
func (s style) change(parameters []byte) style {
	var numbers [32]int
	n := 0
	for part := range bytes.FieldsFuncSeq(append([]byte{}, bytes.ReplaceAll(parameters, []byte(":"), []byte(";"))...), func(r rune) bool { return r == ';' }) {
		if n == len(numbers) {
			break
		}
		value := 0
		for _, digit := range part {
			if digit < '0' || digit > '9' || value > 1000 {
				return s // a private one
			}
			value = value*10 + int(digit-'0')
		}
		numbers[n] = value
		n++
	}
	if n == 0 {
		return style{}
	}
	for i := 0; i < n; i++ {
		if code := numbers[i]; code == 38 || code == 48 {
			c, used := ownColor(numbers[i+1 : n])
			i += used
			if code == 38 {
				s.fore = c
			} else {
				s.back = c
			}
		} else {
			s = s.set(code)
		}
	}
	return s
}

// ownColor reads "5;n" or "2;r;g;b" and tells how many numbers that were.
func ownColor(numbers []int) (c color, used int) {
	switch {
	case len(numbers) >= 2 && numbers[0] == 5:
		return indexed(numbers[1]), 2
	case len(numbers) >= 4 && numbers[0] == 2:
		return exact + color(numbers[1]&255)<<16 + color(numbers[2]&255)<<8 + color(numbers[3]&255), 4
	}
	return 0, len(numbers)
}

// set applies one code.
func (s style) set(code int) style {
	switch {
	case code == 0:
		return style{}
	case code == 1:
		s.bold = true
	case code == 2:
		s.dim = true
	case code == 3:
		s.italic = true
	case code == 4:
		s.underline = true
	case code == 7:
		s.inverse = true
	case code == 9:
		s.strike = true
	case code == 22:
		s.bold, s.dim = false, false
	case code == 23:
		s.italic = false
	case code == 24:
		s.underline = false
	case code == 27:
		s.inverse = false
	case code == 29:
		s.strike = false
	case code >= 30 && code <= 37:
		s.fore = color(code - 30 + 1)
	case code == 39:
		s.fore = 0
	case code >= 40 && code <= 47:
		s.back = color(code - 40 + 1)
	case code == 49:
		s.back = 0
	case code >= 90 && code <= 97:
		s.fore = color(code - 90 + 9)
	case code >= 100 && code <= 107:
		s.back = color(code - 100 + 9)
	}
	return s
}
