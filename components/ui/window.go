package ui

import "math"

// MaxWindowHeight is the height in px beyond which a [Window] no longer gives
// its rows their true height in the scroll bar. Browsers cut off elements that
// are higher than some limit: Firefox at about 17.8 million px, Chromium and
// Safari at about 33.5 million.
const MaxWindowHeight = 16_000_000

// Window is the arithmetic of a list of which only the rows in sight are drawn:
// rows of one height inside a box of [Window.Height] px that scrolls. It holds no
// state and asks no browser; the owner keeps a [WindowPosition] and tells it of
// each scroll.
//
//	position = window.Scrolled(position, scrollTop)
//	span := window.Span(position)   // draw rows span.First up to span.Last
//	// and put the first of them span.Top px below the top of the box
//
// A list of more rows than a browser can lay out (about 400,000 of 40 px) has a
// box of [MaxWindowHeight]. There a short move, as of a wheel or a key, still
// moves the rows px by px; a long one, as of the scroll bar, goes to the same
// share of the list.
type Window struct {
	Rows      int     // how many there are; up to 10 million and more
	RowHeight float64 // px of each
	Viewport  float64 // px of the part of the box that can be seen
	Overscan  int     // rows drawn beyond each edge of the viewport
}

// WindowPosition is where a window stands.
type WindowPosition struct {
	Scroll float64 // px by which the box is scrolled
	Offset float64 // px of rows above the viewport; Scroll, unless the list is too high for a box
}

// WindowSpan is what to draw: the rows from First up to but not including Last.
type WindowSpan struct {
	First, Last int
	// Top is the place of the first row, in px from the top of the box.
	Top float64
}

// full is the height that all rows would have.
func (w Window) full() float64 { return float64(max(w.Rows, 0)) * max(w.RowHeight, 0) }

// Height is the height of the box in px.
func (w Window) Height() float64 { return min(w.full(), MaxWindowHeight) }

// room is how far the box can be scrolled, reach how far the rows can.
func (w Window) room() float64  { return max(w.Height()-w.Viewport, 0) }
func (w Window) reach() float64 { return max(w.full()-w.Viewport, 0) }

// At is the position in which px of rows lie above the viewport.
func (w Window) At(offset float64) WindowPosition {
	offset = within(offset, w.reach())
	if w.full() <= MaxWindowHeight {
		return WindowPosition{Scroll: offset, Offset: offset}
	}
	return WindowPosition{Scroll: offset / w.reach() * w.room(), Offset: offset}
}

// AtRow is the position in which a row is the first in sight; near the end of
// the list, the last position there is.
func (w Window) AtRow(row int) WindowPosition { return w.At(float64(row) * w.RowHeight) }

// Scrolled is the position after the box was scrolled to so many px. before is
// the position it had, also if the window had other sizes then.
func (w Window) Scrolled(before WindowPosition, scroll float64) WindowPosition {
	scroll = within(scroll, w.room())
	moved := scroll - before.Scroll
	switch {
	case w.full() <= MaxWindowHeight:
		return WindowPosition{Scroll: scroll, Offset: scroll}
	case scroll == 0:
		return WindowPosition{}
	case scroll == w.room():
		return WindowPosition{Scroll: scroll, Offset: w.reach()}
	case math.Abs(moved) < w.Viewport:
		return WindowPosition{Scroll: scroll, Offset: within(before.Offset+moved, w.reach())}
	}
	return WindowPosition{Scroll: scroll, Offset: scroll / w.room() * w.reach()}
}

// Span is what to draw in a position.
func (w Window) Span(p WindowPosition) WindowSpan {
	if w.Rows <= 0 || w.RowHeight <= 0 {
		return WindowSpan{}
	}
	offset := within(p.Offset, w.reach())
	first := max(int(offset/w.RowHeight)-w.Overscan, 0)
	last := min(int(math.Ceil((offset+max(w.Viewport, 0))/w.RowHeight))+w.Overscan, w.Rows)
	first = min(first, max(last-1, 0))
	return WindowSpan{First: first, Last: last, Top: p.Scroll - offset + float64(first)*w.RowHeight}
}

// Visible is the first row of which a part is in sight, and how many such rows
// there are.
func (w Window) Visible(p WindowPosition) (first, count int) {
	w.Overscan = 0
	span := w.Span(p)
	return span.First, span.Last - span.First
}

// Reveal is the position next to p in which the whole of a row is in sight; p
// itself if it is.
func (w Window) Reveal(p WindowPosition, row int) WindowPosition {
	top := float64(min(max(row, 0), max(w.Rows-1, 0))) * w.RowHeight
	var to float64
	switch bottom := top + w.RowHeight; {
	case top < p.Offset:
		to = top
	case bottom > p.Offset+w.Viewport:
		to = bottom - w.Viewport
	default:
		return p
	}
	if to = within(to, w.reach()); w.full() > MaxWindowHeight && math.Abs(to-p.Offset) < w.Viewport {
		// As the wheel would: the box moves as far as the rows do.
		return WindowPosition{Scroll: within(p.Scroll+to-p.Offset, w.room()), Offset: to}
	}
	return w.At(to)
}

func within(value, limit float64) float64 { return min(max(value, 0), max(limit, 0)) }
