package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Column is the head of a table column.
type Column struct {
	ID   string // for data-col, and with "c-" before it the class of its col
	Text string
	// Hidden keeps the text for assistive technology only.
	Hidden bool
	// Numeric columns are aligned at the right.
	Numeric bool
	// Sort is the order to ask for when the head is clicked; empty for a column
	// that cannot be sorted by.
	Sort string
	// Sorted is "ascending", "descending", or empty if another column decides.
	Sorted string
	// Content replaces the text; for a check box.
	Content app.UI
	// Grip draws an edge to drag the width by, named by data-grip; the owner
	// listens. It is for the pointer: offer the width elsewhere for the keyboard.
	Grip bool
}

// TableColumns is the colgroup that gives a fixed table its widths by class.
func TableColumns(columns []Column) app.UI {
	cols := make([]app.UI, len(columns))
	for i, column := range columns {
		cols[i] = app.Col().Class("c-" + column.ID)
	}
	return app.ColGroup().Body(cols...)
}

// TableHead is the row of column heads. A click on one that can be sorted calls
// onSort; the handler finds the column's Sort in the button's data-sort.
func TableHead(columns []Column, onSort app.EventHandler) app.UI {
	cells := make([]app.UI, len(columns))
	for i, column := range columns {
		cells[i] = tableHeadCell(column, onSort)
	}
	return app.THead().Body(app.Tr().Aria("rowindex", 1).Body(cells...))
}

func tableHeadCell(c Column, onSort app.EventHandler) app.UI {
	class := "c-" + c.ID
	if c.Numeric {
		class += " num"
	}
	th := app.Th().Class(class).Scope("col").DataSet("col", c.ID)
	grip := app.If(c.Grip, func() app.UI {
		return app.Span().Class("grip").DataSet("grip", c.ID).Aria("hidden", true)
	})
	switch {
	case c.Content != nil:
		return th.Body(c.Content)
	case c.Hidden:
		return th.Body(app.Span().Class("unseen").Text(c.Text))
	case c.Sort == "":
		return th.Body(app.Span().Class("th-text").Text(c.Text), grip)
	}
	icon := "arrow-up"
	if c.Sorted == "descending" {
		icon = "arrow-down"
	}
	button := app.Button().Type("button").Class("sort").DataSet("sort", c.Sort).OnClick(onSort).Body(
		app.Span().Class("th-text").Text(c.Text), Icon(icon))
	if c.Sorted != "" {
		th = th.Aria("sort", c.Sorted)
	}
	return th.Body(button, grip)
}
