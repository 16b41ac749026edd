package logview

import (
	"bytes"
	"sort"
)

const (
	// segmentSize is how much of a log is kept in one piece, so that a log that
	// grows is never copied as a whole.
	segmentSize = 1 << 20
	// markLines and markBytes are how far the marks of the index are apart at most,
	// but for single lines that are longer.
	markLines = 64
	markBytes = 64 << 10
)

// text is a log: bytes, and where its lines begin. Lines are numbered from 0 and
// end with a line feed.
type text struct {
	segments [][]byte // all of segmentSize but the last
	size     int64
	ends     int   // line feeds
	last     int64 // the beginning of the line that is not complete
	marks    []mark
	pen      pen // what the control sequences so far have set
}

// mark is a known beginning of a line.
type mark struct {
	line  int
	at    int64
	style style // in force there
}

// lines is how many lines there are, the one that is not complete among them.
func (t *text) lines() int {
	if t.last < t.size {
		return t.ends + 1
	}
	return t.ends
}

// append adds bytes to the end.
func (t *text) append(data []byte) {
	if len(t.marks) == 0 {
		t.marks = append(t.marks, mark{})
	}
	fed, begin := 0, t.size
	for at := 0; ; {
		feed := bytes.IndexByte(data[at:], '\n')
		if feed < 0 {
			break
		}
		at += feed + 1
		t.ends++
		t.last = begin + int64(at)
		if m := t.marks[len(t.marks)-1]; t.ends-m.line >= markLines || t.last-m.at >= markBytes {
			t.pen.feed(data[fed:at])
			fed = at
			t.marks = append(t.marks, mark{t.ends, t.last, t.pen.style})
		}
	}
	t.pen.feed(data[fed:])
	t.keep(data)
}

// keep copies bytes into the segments.
func (t *text) keep(data []byte) {
	t.size += int64(len(data))
	for len(data) > 0 {
		n := len(t.segments)
		if n == 0 || len(t.segments[n-1]) == segmentSize {
			t.segments = append(t.segments, make([]byte, 0, min(segmentSize, max(len(data), 4<<10))))
			n++
		}
		last := t.segments[n-1]
		room := min(len(data), segmentSize-len(last))
		t.segments[n-1] = append(last, data[:room]...)
		data = data[room:]
	}
}

// read copies the bytes from a position up to another.
func (t *text) read(from, to int64) []byte {
	from, to = max(from, 0), min(to, t.size)
	if from >= to {
		return nil
	}
	out := make([]byte, 0, to-from)
	for from < to {
		segment := t.segments[from/segmentSize]
		begin := from % segmentSize
		end := min(int64(len(segment)), begin+to-from)
		out = append(out, segment[begin:end]...)
		from += end - begin
	}
	return out
}

// find is the position of the next byte c from a position on, or to.
func (t *text) find(c byte, from, to int64) int64 {
	for from < to {
		segment := t.segments[from/segmentSize]
		begin := from % segmentSize
		end := min(int64(len(segment)), begin+to-from)
		if at := bytes.IndexByte(segment[begin:end], c); at >= 0 {
			return from + int64(at)
		}
		from += end - begin
	}
	return to
}

// markBefore is the index of the last mark at or before a line.
func (t *text) markBefore(line int) int {
	return sort.Search(len(t.marks), func(i int) bool { return t.marks[i].line > line }) - 1
}

// line gives where a line begins and ends, without its line feed, and the style
// in force at its beginning.
func (t *text) line(number int) (from, to int64, s style) {
	if number < 0 || number >= t.lines() {
		return t.size, t.size, style{}
	}
	at := t.markBefore(number)
	m := t.marks[at]
	from = m.at
	for n := m.line; n < number; n++ {
		from = t.find('\n', from, t.size) + 1
	}
	p := pen{style: m.style}
	if from > m.at {
		p.feed(t.read(m.at, from))
	}
	switch {
	case number == t.ends:
		to = t.size
	case at+1 < len(t.marks) && t.marks[at+1].line == number+1:
		to = t.marks[at+1].at - 1
	default:
		to = t.find('\n', from, t.size)
	}
	return from, to, p.style
}

// each calls f with every line from one mark to the next.
func (t *text) each(block int, f func(from, to int64, s style)) {
	m := t.marks[block]
	end, last := t.size, t.lines()
	if block+1 < len(t.marks) {
		end, last = t.marks[block+1].at, t.marks[block+1].line
	}
	p := pen{style: m.style}
	for from, n := m.at, m.line; n < last; n++ {
		to := t.find('\n', from, end)
		if n == last-1 && block+1 < len(t.marks) {
			to = end - 1
		}
		f(from, to, p.style)
		if n < last-1 {
			p.feed(t.read(from, to))
		}
		from = to + 1
	}
}
