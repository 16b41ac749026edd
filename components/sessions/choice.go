package sessions

import (
	"slices"

	"github.com/baiui/baiui/client/model"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// choice is what a person chose about the columns. It is kept in the browser,
// for each role and mode. Everything in it may be of an earlier version of the
// program: columns that are unknown are passed over.
type choice struct {
	Order  []column        `json:"order,omitempty"`  // left to right; those not named follow
	Shown  map[column]bool `json:"shown,omitempty"`  // what differs from the usual
	Widths map[column]int  `json:"widths,omitempty"` // px
}

// The least and the greatest width of a column, in px.
const (
	leastWidth    = 48
	greatestWidth = 480
)

// fixed reports whether a column has its place at the left and is always shown:
// the check box, and what a session is called.
func (c column) fixed() bool { return c == colSelect || c == colName }

// apply orders columns and leaves out those that are not wanted.
func (c *choice) apply(all []column) []column {
	if c == nil {
		return all
	}
	rank := func(col column) int {
		switch i := slices.Index(c.Order, col); {
		case col == colSelect:
			return -1
		case i >= 0:
			return i
		default:
			return len(c.Order) + slices.Index(all, col)
		}
	}
	list := slices.DeleteFunc(slices.Clone(all), func(col column) bool {
		shown, chosen := c.Shown[col]
		return chosen && !shown && !col.fixed()
	})
	slices.SortStableFunc(list, func(a, b column) int { return rank(a) - rank(b) })
	return list
}

// hidden are the columns of all that are not wanted.
func (c *choice) hidden(all []column) []column {
	shown := c.apply(all)
	return slices.DeleteFunc(slices.Clone(all), func(col column) bool { return slices.Contains(shown, col) })
}

// wanted reports whether a column was asked for, even where there is little room.
func (c *choice) wanted(col column) bool { return c != nil && c.Shown[col] }

// width is the chosen width of a column in px, 0 for the usual one.
func (c *choice) width(col column) int {
	if c == nil || c.Widths[col] == 0 {
		return 0
	}
	return min(max(c.Widths[col], leastWidth), greatestWidth)
}

// clone is a copy to change: a choice that is drawn is never changed.
func (c *choice) clone() *choice {
	next := &choice{Shown: map[column]bool{}, Widths: map[column]int{}}
	if c != nil {
		next.Order = slices.Clone(c.Order)
		for col, shown := range c.Shown {
			next.Shown[col] = shown
		}
		for col, width := range c.Widths {
			next.Widths[col] = width
		}
	}
	return next
}

// with shows or hides a column.
func (c *choice) with(col column, shown bool) *choice {
	next := c.clone()
	next.Shown[col] = shown
	return next
}

// withWidth sets the width of a column in px; 0 is the usual one again.
func (c *choice) withWidth(col column, width int) *choice {
	next := c.clone()
	delete(next.Widths, col)
	if width > 0 {
		next.Widths[col] = min(max(width, leastWidth), greatestWidth)
	}
	return next
}

// moved puts a column by so many places further to the right, among all there are.
func (c *choice) moved(all []column, col column, by int) *choice {
	next := c.clone()
	next.Order = nil // all of them, hidden ones too
	next.Order = (&choice{Order: c.order()}).apply(all)
	next.Order = slices.DeleteFunc(next.Order, func(col column) bool { return col == colSelect })
	from := slices.Index(next.Order, col)
	if to := from + by; from >= 0 && to >= 0 && to < len(next.Order) {
		next.Order[from], next.Order[to] = next.Order[to], next.Order[from]
	}
	return next
}

func (c *choice) order() []column {
	if c == nil {
		return nil
	}
	return c.Order
}

// roomFor is the least width of the window in rem at which a column is shown
// unless it was asked for; from there down to cards, where others are left out.
// The stylesheet says the same.
func roomFor(c column) float64 {
	switch c {
	case colType:
		return 110
	case colIdle:
		return 100
	case colIndex:
		return 64
	}
	return 0
}

// unseen are the columns that are not shown in a window of so many rem: those
// that were hidden, and those for which there is no room. 0 is an unknown width.
func (l layout) unseen(rem float64) []column {
	list := l.Chosen.hidden(l.every())
	for _, c := range l.columns() {
		if rem > 0 && rem < roomFor(c) && !(l.Chosen.wanted(c) && rem > cards) {
			list = append(list, c)
		}
	}
	return list
}

// cards is the width of the window in rem below which rows are cards.
const cards = 58.0625

// keyColumns is where the choice is kept.
func keyColumns(mode model.ConnectionMode, role model.Role) string {
	return "baiui.columns." + string(role) + "." + string(mode)
}

// readChoice reads what was chosen; what cannot be read is as if nothing was.
func readChoice(storage app.BrowserStorage, key string) *choice {
	var c *choice
	if err := storage.Get(key, &c); err != nil {
		app.Log(err)
		return nil
	}
	return c
}
