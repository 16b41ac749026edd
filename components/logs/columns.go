package logs

import (
	"encoding/json"
	"math/bits"
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/ui"
)

// keyColumns is where the shown columns are kept: a JSON list of their ids. The
// key is the original's, whose other ids are passed over.
const keyColumns = "backendaiwebui.ErrorLogList.displayedColumnKeys"

// columnIDs lists the columns in their order; "logs.column."+id is the key of a
// column's text.
func columnIDs() []string { return []string{"time", "status", "what", "request", "parameters"} }

// columns is a set of columns: bit i stands for the i-th of columnIDs. The zero
// value stands for all of them.
type columns uint8

func (c columns) shows(i int) bool { return c == 0 || c&(1<<i) != 0 }

// toggle shows or hides a column. The last one stays.
func (c columns) toggle(i int) columns {
	all := columns(1)<<len(columnIDs()) - 1
	if c == 0 {
		c = all
	}
	if c ^= 1 << i; c == 0 {
		c = 1 << i
	}
	if c == all {
		c = 0
	}
	return c
}

// only reports whether i is the one column that is shown.
func (c columns) only(i int) bool { return c.shows(i) && bits.OnesCount8(uint8(c)) == 1 }

// readColumns reads what was chosen; all columns where nothing was, or nothing
// that is known here.
func readColumns(storage client.Storage) columns {
	var ids []string
	if json.Unmarshal([]byte(storage.Get(keyColumns)), &ids) != nil {
		return 0
	}
	var c columns
	for i, id := range columnIDs() {
		if slices.Contains(ids, id) {
			c |= 1 << i
		}
	}
	if c == columns(1)<<len(columnIDs())-1 {
		c = 0
	}
	return c
}

// keep remembers the choice; a storage that refuses it is left alone.
func (c columns) keep(storage client.Storage) {
	var ids []string
	for i, id := range columnIDs() {
		if c.shows(i) {
			ids = append(ids, id)
		}
	}
	data, err := json.Marshal(ids)
	if err == nil {
		err = storage.Set(keyColumns, string(data))
	}
	if err != nil {
		app.Logf("logs: keeping the columns: %v", err)
	}
}

// columnSettings is the list of check boxes behind the button "Columns".
func (v *View) columnSettings() app.UI {
	ids := columnIDs()
	return app.Details().Class("columns").Body(
		app.Summary().Class("btn").Body(ui.Icon("columns-3"), app.Span().Text(v.Texts.T("logs.columns"))),
		app.FieldSet().Class("card").Body(
			app.Legend().Class("unseen").Text(v.Texts.T("logs.columns")),
			app.Range(ids).Slice(func(i int) app.UI {
				return app.Label().Class("check").Body(
					app.Input().Type("checkbox").Name("column").Value(ids[i]).
						Checked(v.columns.shows(i)).Disabled(v.columns.only(i)).OnChange(v.onColumn),
					app.Span().Text(v.Texts.T("logs.column."+ids[i])),
				)
			}),
		),
	)
}

func (v *View) onColumn(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.toggleColumn(ctx.JSSrc().Get("value").String())
}

func (v *View) toggleColumn(id string) {
	if i := slices.Index(columnIDs(), id); i >= 0 {
		v.columns = v.columns.toggle(i)
		v.columns.keep(client.NewBrowserStorage())
	}
}
