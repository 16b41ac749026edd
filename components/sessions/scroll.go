package sessions

import (
	"math"
	"time"

	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

const (
	// mostDrawn is how many rows are in the document at most, unless more are in
	// sight at once.
	mostDrawn = 56
	// leastOverscan and mostOverscan bound the rows drawn beyond each edge.
	leastOverscan, mostOverscan = 4, 12
	// step is by how many rows the drawn ones move at a time.
	step = 4
	// scrollPause is how long nothing must be scrolled before the URL says where
	// the list stands.
	scrollPause = 250 * time.Millisecond
)

// geometry is what the browser says about the list, in px.
type geometry struct {
	top       float64 // of the first row there is, below the top of what can be seen
	viewport  float64 // height of what can be seen, below what sticks to the top
	rowHeight float64 // from one row to the next; 0 while there is none
}

// scroll is where the list stands on the screen.
type scroll struct {
	geometry
	position ui.WindowPosition
	to       int     // the row to begin with once rows are there; -1 for none
	focus    int     // the row that gets the focus once it is there, from 1; 0 for none
	pending  float64 // px to scroll by once the rows have moved
	settle   *time.Timer
}

// overscan is the number of rows drawn beyond each edge: fewer on high screens.
func (s *scroll) overscan() int {
	if s.rowHeight <= 0 {
		return 0
	}
	visible := int(s.viewport/s.rowHeight) + 2
	return min(max((mostDrawn-visible)/2, leastOverscan), mostOverscan)
}

func (s *scroll) window(rows int) ui.Window {
	return ui.Window{Rows: rows, RowHeight: s.rowHeight, Viewport: s.viewport, Overscan: s.overscan()}
}

// drawn are the rows to draw, by place. Without a screen, or before it was
// measured, those are the first that are loaded.
func (s *scroll) drawn(l *List) span {
	if s.rowHeight <= 0 {
		return span{max(l.offset-l.shift, 0), min(len(l.rows), PageSize)}
	}
	places := l.places()
	count := min(int(s.viewport/s.rowHeight)+2+2*s.overscan(), places)
	first := s.window(places).Span(s.position).First / step * step
	return span{min(first, places-count), count}
}

// scrolled follows the screen. It reports whether other rows must be drawn.
func (v *View) scrolled(g geometry) (redraw bool) {
	l, s := v.list, &v.scroll
	if math.Abs(g.rowHeight-s.rowHeight) < 0.1 {
		g.rowHeight = s.rowHeight // no more than the browser's rounding
	}
	changed := g.rowHeight != s.rowHeight || g.viewport != s.viewport
	if changed && s.rowHeight > 0 && g.rowHeight != s.rowHeight && l.seen.first > 0 {
		s.to = l.seen.first // rows became cards, or cards rows: the same are shown
	}
	s.geometry = g
	if !l.loaded || g.rowHeight <= 0 {
		return changed
	}
	window := s.window(l.places())
	s.position = window.Scrolled(s.position, -g.top)
	before := l.drawn
	drawn := s.drawn(l)
	first, count := window.Visible(ui.WindowPosition{Offset: s.position.Offset + 1})
	seen := span{first, count}
	turned := seen != l.seen
	l.SetSight(drawn, seen, turned && before.count > 0)
	return changed || drawn != before || turned && first%step == 0
}

// redraw has what is drawn put in its place after the next drawing, and the
// focus kept on the session it is on.
func (v *View) redraw(ctx app.Context) {
	restore := keepFocus()
	ctx.Defer(func(ctx app.Context) {
		v.place(ctx)
		switch {
		case v.scroll.focus > 0 && focusPlace(v.scroll.focus-1):
			v.scroll.focus = 0
		case restore != nil:
			restore()
		}
	})
}

// place puts what was drawn where it belongs, and goes to the row that the URL
// names.
func (v *View) place(ctx app.Context) {
	l, s := v.list, &v.scroll
	g, ok := measure()
	if !ok || !v.Active {
		return
	}
	setWidths(v.choice.width)
	l.SetUnseen(v.layout().unseen(windowWidth()))
	if s.to >= 0 && l.loaded && l.fresh && g.rowHeight > 0 {
		to := s.to
		s.to, s.geometry, s.pending = -1, g, 0
		v.goToPlace(ctx, to, false)
		return
	}
	if by := s.pending; by != 0 {
		s.pending = 0
		v.putSpacers()
		scrollBy(by)
		g, _ = measure()
	}
	if v.scrolled(g) {
		v.drawAgain(ctx)
	}
	v.putSpacers()
}

// drawAgain draws once more. What was drawn cannot be put in its place in the
// same round: it is not drawn yet.
func (v *View) drawAgain(ctx app.Context) { ctx.Dispatch(v.redraw) }

// putSpacers gives the spacers the height of the rows that are not drawn, and
// the rows their order.
func (v *View) putSpacers() {
	l, s := v.list, &v.scroll
	if !l.loaded || s.rowHeight <= 0 {
		arrange(0, 0)
		return
	}
	window, drawn := s.window(l.places()), s.drawn(l)
	span := window.Span(s.position)
	top := span.Top + float64(drawn.first-span.First)*s.rowHeight
	arrange(top, window.Height()-top-float64(drawn.count)*s.rowHeight)
}

// goToPlace scrolls to a row. With nearest it goes no further than needed to see
// it.
func (v *View) goToPlace(ctx app.Context, place int, nearest bool) {
	l, s := v.list, &v.scroll
	window := s.window(l.places())
	to := window.AtRow(place)
	if nearest {
		to = window.Reveal(s.position, place)
	}
	if to != s.position || !nearest {
		s.position = to
		v.putSpacers() // else there is nothing to scroll over
		if place > 0 || nearest {
			scrollToList(to.Scroll)
		} else {
			showTop()
		}
	}
	if g, ok := measure(); ok {
		v.scrolled(g)
	}
	v.drawAgain(ctx)
}

// followScroll calls onScroll while the list is shown.
func (v *View) followScroll(ctx app.Context) (stop func()) {
	return listenScroll(func() {
		if !v.Active {
			return
		}
		ctx.Dispatch(func(ctx app.Context) {
			defer ui.Recover(ctx)
			v.onScroll(ctx)
		})
	})
}

// onScroll is called for each frame in which the page was scrolled or got
// another size.
func (v *View) onScroll(ctx app.Context) {
	g, ok := measure()
	if !ok || !v.Active || v.scroll.to >= 0 {
		ctx.PreventUpdate()
		return
	}
	v.settleLater(ctx)
	if v.scrolled(g) {
		v.redraw(ctx)
	} else {
		ctx.PreventUpdate()
	}
}

// settleLater writes where the list stands into the URL once it stands still.
func (v *View) settleLater(ctx app.Context) {
	s := &v.scroll
	if s.settle != nil {
		s.settle.Stop()
	}
	s.settle = time.AfterFunc(scrollPause, func() {
		ctx.Dispatch(func(ctx app.Context) { v.settled(ctx) })
	})
}

func (v *View) settled(ctx app.Context) {
	l := v.list
	row := l.seen.first + 1
	if !v.Active || !l.loaded || v.scroll.to >= 0 || row == max(l.query.offset()+1, 1) {
		return
	}
	l.Scrolled(row)
	v.writeURL(ctx, l.query)
}

// onMoved scrolls along when rows came or went above those in sight.
func (v *View) onMoved(rows int) {
	s := &v.scroll
	by := float64(rows) * s.rowHeight
	s.position.Offset += by
	s.position.Scroll += by
	s.pending += by
}
