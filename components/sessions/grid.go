package sessions

import (
	"strings"

	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// skeletonRows is how many rows stand in for those that are on their way.
const skeletonRows = 8

func (v *View) table() app.UI {
	l, look := v.list, v.layout()
	columns := v.heads(look)
	rows := v.rows(look, columns)
	class := "table-box"
	if len(rows) == 0 {
		class += " none"
	} else if l.loaded && !l.fresh {
		class += " waiting"
	}
	if l.total >= 1000 {
		class += " long" // for the width of the numbers
	}
	return app.Div().Class(class).Body(
		app.Div().Class("news-place").Body(v.news()),
		app.Table().Class("table", shows(look.Chosen)).TabIndex(-1).
			DataSet("list", "sessions").
			Aria("labelledby", "sessions-title").
			Aria("rowcount", l.total+1).
			Aria("busy", !l.fresh && l.failure == nil).
			Body(
				ui.TableColumns(columns),
				ui.TableHead(columns, v.onSort),
				v.sending(look),
				spacer("above"),
				app.TBody().Class("rows").
					OnClick(v.onRowClick).OnChange(v.onRowChange).
					OnMouseEnter(v.onPoint).OnMouseLeave(v.onPoint).
					On("focusin", v.onPoint).On("focusout", v.onPoint).
					Body(rows...),
				spacer("below"),
			),
	)
}

// shows is the class of a table whose columns were asked for where there is
// little room.
func shows(c *choice) string {
	var class []string
	for _, col := range []column{colType, colIdle, colIndex, colOwner, colAgent} {
		if c.wanted(col) {
			class = append(class, "shows-"+string(col))
		}
	}
	return strings.Join(class, " ")
}

// spacer stands for the rows above or below those that are drawn; its height is
// set by the view.
func spacer(id string) app.UI {
	return app.TBody().Class("spacer").DataSet("spacer", id).Aria("hidden", true).Body(
		app.Tr().Body(app.Td()))
}

// rows are the rows that are drawn. Each has a slot that it keeps while the list
// is scrolled, so that only those are drawn again that come into sight at one
// edge: see [View.place].
func (v *View) rows(look layout, columns []ui.Column) []app.UI {
	l := v.list
	if !l.loaded {
		if l.failure != nil {
			return nil
		}
		rows := make([]app.UI, skeletonRows)
		for i := range rows {
			rows[i] = &rowView{Item: &rowItem{Place: i, Blank: columns}}
		}
		return rows
	}
	drawn := v.scroll.drawn(l)
	rows := make([]app.UI, drawn.count)
	for i := range drawn.count {
		place := drawn.first + i
		rows[place%drawn.count] = &rowView{Item: v.rowItem(place, look, columns)}
	}
	return rows
}

// rowItem is what the row at a place shows.
func (v *View) rowItem(place int, look layout, columns []ui.Column) *rowItem {
	l := v.list
	row := l.rowAt(place)
	if row == nil {
		return &rowItem{Place: place + l.shift, Blank: columns}
	}
	return &rowItem{
		Place: place + l.shift, Row: row, Layout: look, Texts: v.Texts,
		Link:     v.linkTo(row.ID),
		Selected: l.Selected(row.ID),
		Copied:   row.ID != "" && v.copied == row.ID, Open: row.ID != "" && v.open == row.ID,
		Idle: l.idle[row.ID],
		Gone: l.Gone(row.ID), Ending: v.Live != nil && v.Live.Ending(row.ID),
	}
}

// linkTo is the address of the details of a session beside this list; empty for
// a session that has no id.
func (v *View) linkTo(id string) string {
	if id == "" {
		return ""
	}
	return v.list.query.WithPage(1).WithSession(id).URL()
}

// heads are the heads of the columns.
func (v *View) heads(look layout) []ui.Column {
	order := v.list.query.order()
	ids := look.columns()
	columns := make([]ui.Column, len(ids))
	for i, c := range ids {
		columns[i] = ui.Column{
			ID: string(c), Text: v.Texts.T(look.textKey(c)),
			Sort: look.sortColumn(c), Sorted: look.sorted(c, order),
			Hidden: c == colControl, Numeric: c == colIndex,
			Grip: !c.fixed() && c != colControl && c != colIndex,
		}
		if c == colSelect {
			columns[i].Content = v.selectPage()
		}
	}
	return columns
}

// selectPage is the check box over all rows that are loaded.
func (v *View) selectPage() app.UI {
	box := app.Input().Type("checkbox").DataSet("select", "page").
		Aria("label", v.Texts.T("sessions.select_loaded")).
		OnChange(v.onSelectPage)
	if !v.list.loaded {
		return box // printed pages would show checked="false" as checked
	}
	on := v.list.SelectedLoaded()
	return box.Checked(on > 0 && on == len(v.list.rows))
}
