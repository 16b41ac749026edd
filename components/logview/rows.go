package logview

import (
	"bytes"
	"sort"
)

// rows says which part of which line is in which row of the view. Without
// wrapping a row is a line; with it a line has as many as it needs.
type rows struct {
	text    *text
	columns int // cells in a row; 0 without wrapping
	raw     bool
	// at is the first row of each mark, as far as they have been counted; lines of
	// the marks after that are taken for one row each.
	at   []int
	upTo int64 // the size of the text that was counted

	// The block that was looked at last.
	kept      []int
	keptBlock int
	keptSize  int64
}

// reset begins to count for another text or width.
func (r *rows) reset(t *text, columns int, raw bool) {
	*r = rows{text: t, columns: columns, raw: raw}
}

// blocks is how many parts of the text the marks make.
func (r *rows) blocks() int { return len(r.text.marks) }

// counted reports whether every complete block has been counted.
func (r *rows) counted() bool {
	return r.columns == 0 || (len(r.at) == r.blocks() && r.upTo == r.text.size)
}

// count goes on counting, some blocks at a time.
func (r *rows) count(blocks int) {
	if r.counted() {
		return
	}
	if len(r.at) == 0 && r.blocks() > 0 {
		r.at = append(r.at, 0)
	}
	for ; blocks > 0 && len(r.at) < r.blocks(); blocks-- {
		i := len(r.at) - 1
		r.at = append(r.at, r.at[i]+r.inBlock(i))
	}
	if len(r.at) == r.blocks() {
		r.upTo = r.text.size
	}
}

// inBlock is how many rows the lines of a block have.
func (r *rows) inBlock(i int) int {
	starts := r.starts(i)
	return starts[len(starts)-1]
}

// starts are the first rows of the lines of a block, counted from the block's own
// first row, and at the end how many rows it has.
func (r *rows) starts(block int) []int {
	if r.kept != nil && r.keptBlock == block && r.keptSize == r.text.size {
		return r.kept
	}
	r.kept, r.keptBlock, r.keptSize = append(r.kept[:0], 0), block, r.text.size
	total := 0
	r.text.each(block, func(from, to int64, s style) {
		total += r.need(from, to, s)
		r.kept = append(r.kept, total)
	})
	return r.kept
}

func (r *rows) linesOf(block int) (first, last int) {
	last = r.text.lines()
	if block+1 < r.blocks() {
		last = r.text.marks[block+1].line
	}
	return r.text.marks[block].line, last
}

// need is how many rows a line needs.
func (r *rows) need(from, to int64, s style) int {
	if to-from <= int64(r.columns) && !r.raw && r.text.find('\t', from, to) == to {
		return 1 // each byte is a cell at most, but for tabs
	}
	cells := len(drawPart(r.text, from, to, s, r.raw).cells)
	return max(1, (cells+r.columns-1)/r.columns)
}

// total is how many rows there are, as far as is known.
func (r *rows) total() int {
	if r.columns == 0 || len(r.at) == 0 {
		return r.text.lines()
	}
	last := len(r.at) - 1
	if last == r.blocks()-1 {
		return r.at[last] + r.inBlock(last)
	}
	return r.at[last] + r.text.lines() - r.text.marks[last].line
}

// locate is the line of a row, and which of its rows that is.
func (r *rows) locate(row int) (line, part int) {
	if r.columns == 0 || len(r.at) == 0 {
		return row, 0
	}
	block := max(sort.SearchInts(r.at, row+1)-1, 0)
	line, _ = r.linesOf(block)
	row -= r.at[block]
	if block == len(r.at)-1 && block < r.blocks()-1 {
		return line + row, 0 // not counted yet
	}
	starts := r.starts(block)
	at := max(sort.SearchInts(starts, row+1)-1, 0)
	if at == len(starts)-1 {
		return r.text.lines(), 0
	}
	return line + at, row - starts[at]
}

// rowOf is the first row of a line.
func (r *rows) rowOf(line int) int {
	if r.columns == 0 || len(r.at) == 0 {
		return line
	}
	block := min(max(r.text.markBefore(line), 0), len(r.at)-1)
	first, _ := r.linesOf(block)
	row := r.at[block]
	if block == len(r.at)-1 && block < r.blocks()-1 {
		return row + line - first
	}
	starts := r.starts(block)
	return row + starts[min(line-first, len(starts)-1)]
}

// part is the cells of one row of a drawn line.
func (r *rows) part(cells []cell, part int) (from, to int) {
	if r.columns == 0 {
		return 0, len(cells)
	}
	from = min(part*r.columns, len(cells))
	return from, min(from+r.columns, len(cells))
}

// plain reports whether bytes need no interpretation.
func plain(data []byte) bool {
	return bytes.IndexByte(data, 0x1b) < 0 && bytes.IndexByte(data, '\r') < 0 && bytes.IndexByte(data, '\b') < 0 && bytes.IndexByte(data, '\t') < 0
}
