package ui

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWindowSpan(t *testing.T) {
	const height = 40
	tests := []struct {
		name   string
		window Window
		offset float64
		want   WindowSpan
	}{
		{"an empty list draws nothing", Window{RowHeight: height, Viewport: 400}, 0, WindowSpan{}},
		{"a short list is drawn whole", Window{Rows: 3, RowHeight: height, Viewport: 400, Overscan: 5}, 0, WindowSpan{0, 3, 0}},
		{"at the top there is overscan below only", Window{Rows: 1000, RowHeight: height, Viewport: 400, Overscan: 5}, 0, WindowSpan{0, 15, 0}},
		{"a row that is half in sight is drawn", Window{Rows: 1000, RowHeight: height, Viewport: 400}, 20, WindowSpan{0, 11, 0}},
		{"in the middle there is overscan at both edges", Window{Rows: 1000, RowHeight: height, Viewport: 400, Overscan: 5}, 4000, WindowSpan{95, 115, 3800}},
		{"at the end the last row is the last", Window{Rows: 1000, RowHeight: height, Viewport: 400, Overscan: 5}, 39600, WindowSpan{985, 1000, 39400}},
		{"further than the end is the end", Window{Rows: 1000, RowHeight: height, Viewport: 400}, 1e9, WindowSpan{990, 1000, 39600}},
		{"a viewport that is not measured yet draws the overscan", Window{Rows: 1000, RowHeight: height, Overscan: 20}, 0, WindowSpan{0, 20, 0}},
		{"rows without a height are not drawn", Window{Rows: 1000, Viewport: 400}, 0, WindowSpan{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, test.window.Span(test.window.At(test.offset)))
		})
	}
}

func TestWindowOfAListThatFitsScrollsAsItIs(t *testing.T) {
	w := Window{Rows: 100_000, RowHeight: 40, Viewport: 800}
	assert.Equal(t, 4_000_000.0, w.Height())
	assert.Equal(t, WindowPosition{1234, 1234}, w.Scrolled(WindowPosition{}, 1234))
	assert.Equal(t, WindowPosition{3_999_200, 3_999_200}, w.Scrolled(WindowPosition{}, 9e9), "no further than the end")
	first, count := w.Visible(w.Scrolled(WindowPosition{}, 400))
	assert.Equal(t, 10, first)
	assert.Equal(t, 20, count)
}

func TestWindowOfAListHigherThanBrowsersAllow(t *testing.T) {
	w := Window{Rows: 10_000_000, RowHeight: 40, Viewport: 800, Overscan: 5}
	require.Equal(t, float64(MaxWindowHeight), w.Height())

	t.Run("the scroll bar reaches both ends", func(t *testing.T) {
		assert.Equal(t, 0, w.Span(w.Scrolled(w.AtRow(5_000_000), 0)).First)
		assert.Equal(t, 10_000_000, w.Span(w.Scrolled(WindowPosition{}, MaxWindowHeight)).Last)
	})
	t.Run("half of the scroll bar is half of the list", func(t *testing.T) {
		first, _ := w.Visible(w.Scrolled(WindowPosition{}, (MaxWindowHeight-800)/2))
		assert.InDelta(t, 5_000_000, first, 20)
	})
	t.Run("the wheel moves the rows as far as the box", func(t *testing.T) {
		before := w.AtRow(5_000_000)
		after := w.Scrolled(before, before.Scroll+100)
		assert.InDelta(t, 100, after.Offset-before.Offset, 1e-6)
	})
	t.Run("the drawn rows lie where the viewport is", func(t *testing.T) {
		for _, row := range []int{0, 1, 99, 123_456, 9_999_979} {
			p := w.AtRow(row)
			span := w.Span(p)
			top := span.Top + float64(row-span.First)*w.RowHeight
			assert.InDelta(t, p.Scroll, top, 0.01, "row %d", row)
		}
	})
	t.Run("every row can be reached with the wheel from one beside it", func(t *testing.T) {
		p := w.AtRow(7_000_000)
		for range 1000 {
			p = w.Scrolled(p, p.Scroll+40)
		}
		first, _ := w.Visible(p)
		assert.InDelta(t, 7_001_000, first, 1)
	})
}

func TestWindowReveal(t *testing.T) {
	for _, w := range []Window{
		{Rows: 1000, RowHeight: 40, Viewport: 400},
		{Rows: 10_000_000, RowHeight: 40, Viewport: 400},
	} {
		p := w.AtRow(500)
		assert.Equal(t, p, w.Reveal(p, 505), "a row in sight moves nothing")
		assert.InDelta(t, 499*40, w.Reveal(p, 499).Offset, 1e-6, "the row above becomes the first")
		assert.InDelta(t, 511*40-400, w.Reveal(p, 510).Offset, 1e-6, "the row below becomes the last")
		assert.InDelta(t, 0, w.Reveal(p, -3).Offset, 1e-6)
		end := w.Reveal(p, w.Rows+7)
		first, count := w.Visible(end)
		assert.Equal(t, w.Rows, first+count, "past the end is the end")
	}
	w := Window{Rows: 10_000_000, RowHeight: 40, Viewport: 400}
	p := w.AtRow(5_000_000)
	assert.InDelta(t, -40, w.Reveal(p, 4_999_999).Scroll-p.Scroll, 1e-6, "a short way is a short way for the box, too")
}

func FuzzWindow(f *testing.F) {
	f.Add(100_000, 40.0, 800.0, 10, 12345.0)
	f.Add(10_000_000, 36.5, 700.0, 8, 9e6)
	f.Add(-1, -1.0, -1.0, 0, -1.0)
	f.Fuzz(func(t *testing.T, rows int, height, viewport float64, overscan int, scroll float64) {
		if rows > 1e9 || !(height < 1e4) || !(viewport < 1e5) || overscan < 0 || overscan > 1000 || scroll != scroll {
			return
		}
		w := Window{Rows: rows, RowHeight: height, Viewport: viewport, Overscan: overscan}
		p := w.Scrolled(WindowPosition{}, scroll)
		span := w.Span(p)
		if span.First < 0 || span.Last < span.First || span.Last > max(rows, 0) {
			t.Fatalf("%+v at %+v draws %+v", w, p, span)
		}
		if rows > 0 && height > 0.01 && float64(span.Last-span.First) > max(viewport, 0)/height+2*float64(overscan)+2 {
			t.Fatalf("%+v at %+v draws too many rows: %+v", w, p, span)
		}
	})
}
