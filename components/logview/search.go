package logview

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// maxHits bounds the matches that are counted.
const maxHits = 1_000_000

// finder looks for a text in a log, some of it at a time. Upper and lower case
// are the same to it.
type finder struct {
	query string // in lower case; "" for none
	raw   bool
	// hits are the lines with matches, a line as often as it has some.
	hits    []int
	next    int // the block to look at next
	tail    int // hits before those of the last block, which may still grow
	size    int64
	scratch []byte
	shown   []byte // a block without its control sequences
}

// look begins to look for a text.
func (f *finder) look(query string, raw bool) {
	*f = finder{query: strings.ToLower(query), raw: raw, scratch: f.scratch, shown: f.shown}
}

// done reports whether all of the log was looked at.
func (f *finder) done(t *text) bool { return f.query == "" || f.size == t.size }

// step looks at some blocks more.
func (f *finder) step(t *text, blocks int) {
	if f.done(t) {
		return
	}
	for ; blocks > 0 && f.next < len(t.marks); blocks-- {
		f.hits = f.hits[:min(f.tail, len(f.hits))]
		f.block(t, f.next)
		if f.next == len(t.marks)-1 {
			f.size = t.size // it is looked at again when it has grown
			return
		}
		f.next++
		f.tail = len(f.hits)
	}
}

// block looks at the lines from one mark to the next.
func (f *finder) block(t *text, i int) {
	from, to := t.marks[i].at, t.size
	if i+1 < len(t.marks) {
		to = t.marks[i+1].at
	}
	line := t.marks[i].line
	if to-from > 4*markBytes {
		// One line that is longer than others have blocks: what is drawn of it.
		f.lines(t, i)
		return
	}
	data := t.read(from, to)
	if !f.raw && !plain(data) {
		var simple bool
		if f.shown, simple = strip(f.shown[:0], data); !simple {
			f.lines(t, i)
			return
		}
		data = f.shown
	}
	f.scratch = lower(f.scratch[:0], data)
	query := []byte(f.query)
	for at := 0; ; {
		hit := bytes.Index(f.scratch[at:], query)
		if hit < 0 {
			return
		}
		line += bytes.Count(f.scratch[at:at+hit], []byte{'\n'})
		at += hit + len(query)
		f.add(line)
	}
}

// lines looks at the lines of a block as they are drawn.
func (f *finder) lines(t *text, block int) {
	line := t.marks[block].line
	t.each(block, func(from, to int64, s style) {
		for range matches(drawPart(t, from, to, s, f.raw).cells, f.query) {
			f.add(line)
		}
		line++
	})
}

// strip appends lines without what sets only colours and the like. simple is false
// if something in them moves the cursor or erases: then what they show has to be
// drawn to be known.
func strip(out, data []byte) (shown []byte, simple bool) {
	var p pen
	for i, b := range data {
		switch {
		case b == '\n':
			p.state = 0 // each line is drawn by itself
			out = append(out, b)
		case p.state != 0 || b == 0x1b:
			if p.next(b) && b != 'm' {
				return out, false
			}
		case b == '\r' && i+1 < len(data) && data[i+1] == '\n':
		case b == '\r', b == '\b', b == '\t':
			return out, false
		case b >= 0x20 && b != 0x7f:
			out = append(out, b)
		}
	}
	return out, true
}

func (f *finder) add(line int) {
	if len(f.hits) < maxHits {
		f.hits = append(f.hits, line)
	}
}

// lower appends data in lower case, of the same length: letters whose other case
// is longer or shorter stay.
func lower(out, data []byte) []byte {
	for i := 0; i < len(data); {
		b := data[i]
		if b < utf8.RuneSelf {
			if b >= 'A' && b <= 'Z' {
				b += 'a' - 'A'
			}
			out = append(out, b)
			i++
			continue
		}
		_, size := utf8.DecodeRune(data[i:])
		if folded := bytes.ToLower(data[i : i+size]); len(folded) == size {
			out = append(out, folded...)
		} else {
			out = append(out, data[i:i+size]...)
		}
		i += size
	}
	return out
}

// matches are where a query, in lower case, is in cells.
func matches(cells []cell, query string) []stretch {
	if query == "" {
		return nil
	}
	text := textOf(cells)
	folded := string(lower(nil, []byte(text)))
	var out []stretch
	for at := 0; ; {
		hit := strings.Index(folded[at:], query)
		if hit < 0 {
			return out
		}
		from := at + hit
		at = from + len(query)
		out = append(out, stretch{cellAt(cells, from), cellAt(cells, at), 1})
	}
}

// cellAt is the cell in which the byte at an offset of the cells' text is.
func cellAt(cells []cell, offset int) int {
	for i, c := range cells {
		if c.char == 0 {
			continue
		}
		if offset <= 0 {
			return i
		}
		offset -= utf8.RuneLen(c.char)
	}
	return len(cells)
}
