package logview

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf8"
)

const (
	// maxCells is how many characters of a line are drawn.
	maxCells = 4000
	// maxLook is how many bytes of a line are looked at to draw it.
	maxLook = 64 << 10
	// maxSpans bounds the changes of style in a line that are drawn.
	maxSpans = 500
	// tabStop is the distance of tab stops, in cells.
	tabStop = 8
)

// cell is a character with its style. The second cell of a wide character is 0.
type cell struct {
	char  rune
	style style
}

// drawn is a line as it is shown.
type drawn struct {
	cells []cell
	// hidden is how many bytes of the line are not drawn because it is too long.
	hidden int64
	// over says that earlier states of the line were written over.
	over bool
}

// draw interprets a line. raw shows control characters instead.
func draw(t *text, number int, raw bool) drawn {
	from, to, at := t.line(number)
	return drawPart(t, from, to, at, raw)
}

// drawPart is draw for a line whose place and first style are known.
func drawPart(t *text, from, to int64, at style, raw bool) drawn {
	data, hidden := t.read(from, min(to, from+maxLook)), max(0, to-from-maxLook)
	if hidden > 0 && !raw && bytes.IndexByte(data, '\r') >= 0 {
		// Written over many times: what counts is at the end.
		data = t.read(to-maxLook, to)
		if begin := bytes.IndexByte(data, '\r'); begin >= 0 {
			data, hidden = data[begin+1:], 0
		}
	}
	d := drawing{style: at, raw: raw}
	if !raw {
		data = bytes.TrimSuffix(data, []byte("\r"))
	}
	left := d.write(data)
	return drawn{cells: d.cells, hidden: hidden + int64(left), over: d.over}
}

// drawing is a line being interpreted, as a terminal of one line would.
type drawing struct {
	cells []cell
	at    int // the cursor
	style style
	pen   pen
	raw   bool
	over  bool
}

// write draws bytes and returns how many found no place.
func (d *drawing) write(data []byte) (left int) {
	for len(data) > 0 {
		if d.at >= maxCells || len(d.cells) > maxCells {
			if d.raw || bytes.IndexByte(data, '\r') < 0 {
				return len(data)
			}
			data = data[bytes.IndexByte(data, '\r'):]
		}
		b := data[0]
		switch {
		case !d.raw && (d.pen.state != 0 || b == 0x1b):
			if d.pen.next(b) {
				d.command(b)
			}
			data = data[1:]
		case b < utf8.RuneSelf:
			d.control(rune(b))
			data = data[1:]
		default:
			char, size := utf8.DecodeRune(data)
			if char < 0xa0 {
				char = utf8.RuneError // C1 controls
			}
			d.put(char)
			data = data[size:]
		}
	}
	return 0
}

// command obeys a control sequence: style, erasing within the line, columns.
func (d *drawing) command(final byte) {
	parameters := d.pen.sequence[:d.pen.length]
	number, err := strconv.Atoi(string(parameters))
	if err != nil {
		number = 0
	}
	switch final {
	case 'm':
		d.style = d.style.change(parameters)
	case 'K':
		switch number {
		case 0:
			d.over = d.over || d.at < len(d.cells)
			d.cells = d.cells[:min(d.at, len(d.cells))]
		case 2:
			d.over = d.over || len(d.cells) > 0
			d.cells = d.cells[:0]
		}
	case 'G':
		d.at = min(max(number-1, 0), maxCells)
	}
}

// control draws an ASCII character, or does what it says.
func (d *drawing) control(b rune) {
	switch {
	case b >= 0x20 && b != 0x7f:
		d.put(b)
	case b == '\t':
		for next := (d.at/tabStop + 1) * tabStop; d.at < next; {
			d.put(' ')
		}
	case d.raw && b < 0x20:
		d.put(0x2400 + b) // its picture
	case d.raw:
		d.put(0x2421)
	case b == '\r':
		d.at = 0
	case b == '\b':
		d.at = max(0, d.at-1)
	}
}

// put draws a character at the cursor.
func (d *drawing) put(char rune) {
	wide := width(char)
	if wide == 0 {
		if d.at == 0 || d.at > len(d.cells) {
			return
		}
		wide = 1 // beside its base: a cell holds one character
	}
	for i := range wide {
		shown := char
		if i > 0 {
			shown = 0
		}
		for d.at > len(d.cells) {
			d.cells = append(d.cells, cell{char: ' '})
		}
		if d.at < len(d.cells) {
			d.over = d.over || d.cells[d.at].char != shown
			d.cells[d.at] = cell{shown, d.style}
		} else {
			d.cells = append(d.cells, cell{shown, d.style})
		}
		d.at++
	}
}

// width is how many cells a character takes: 2 for East Asian and emoji, 0 for
// what is drawn onto the one before.
func width(char rune) int {
	switch {
	case char < 0x300:
		return 1
	case unicode.In(char, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case char >= 0x1100 && char <= 0x115f, char >= 0x2e80 && char <= 0x303e, char >= 0x3041 && char <= 0x33ff,
		char >= 0x3400 && char <= 0x4dbf, char >= 0x4e00 && char <= 0x9fff, char >= 0xa000 && char <= 0xa4cf,
		char >= 0xac00 && char <= 0xd7a3, char >= 0xf900 && char <= 0xfaff, char >= 0xfe30 && char <= 0xfe6f,
		char >= 0xff00 && char <= 0xff60, char >= 0xffe0 && char <= 0xffe6, char >= 0x1f300 && char <= 0x1f64f,
		char >= 0x1f900 && char <= 0x1f9ff, char >= 0x20000 && char <= 0x3fffd:
		return 2
	}
	return 1
}

// String is what the line says.
func (d drawn) String() string { return textOf(d.cells) }

func textOf(cells []cell) string {
	out := make([]byte, 0, len(cells))
	for _, c := range cells {
		if c.char != 0 {
			out = utf8.AppendRune(out, c.char)
		}
	}
	return string(out)
}

// span is a stretch of one style.
type span struct {
	text  string
	style style
	match int // 0 none, 1 a match, 2 the one that is shown
}

// spans joins cells of one style. matches are the stretches found, in cells.
func spans(cells []cell, matches []stretch) []span {
	var out []span
	begin := 0
	kind := func(i int) int {
		for _, m := range matches {
			if i >= m.from && i < m.to {
				return m.kind
			}
		}
		return 0
	}
	for i := 1; i <= len(cells); i++ {
		if i < len(cells) && len(out) < maxSpans && cells[i].style == cells[begin].style && kind(i) == kind(begin) {
			continue
		}
		if i < len(cells) && len(out) >= maxSpans {
			i = len(cells)
		}
		out = append(out, span{textOf(cells[begin:i]), cells[begin].style, kind(begin)})
		begin = i
	}
	return out
}

// stretch is a part of a line, in cells.
type stretch struct{ from, to, kind int }
