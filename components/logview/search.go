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
}

// look begins to look for a text.
func (f *finder) look(query string, raw bool) {
	*f = finder{query: strings.ToLower(query), raw: raw, scratch: f.scratch}
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
	last := t.lines()
	if i+1 < len(t.marks) {
		to, last = t.marks[i+1].at, t.marks[i+1].line
	}
	line := t.marks[i].line
	if to-from > 4*markBytes {
		// One line that is longer than others have blocks: what is drawn of it.
		f.lines(t, line, last)
		return
	}
	data := t.read(from, to)
	if !f.raw && !plain(data) {
		f.lines(t, line, last)
		return
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

// lines looks at lines as they are drawn.
func (f *finder) lines(t *text, line, last int) {
	for ; line < last; line++ {
		shown := draw(t, line, f.raw)
		for range matches(shown.cells, f.query) {
			f.add(line)
		}
	}
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
