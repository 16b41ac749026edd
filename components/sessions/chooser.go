package sessions

import (
	"slices"
	"strconv"

	"github.com/baiui/baiui/components/session"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// The dialogs of the list.
const (
	dialogColumns = "columns"
	dialogHelp    = "help"
)

// chooser is the dialog in which columns are chosen, ordered and sized.
func (v *View) chooser() app.UI {
	t := v.Texts
	open := v.dialog == dialogColumns
	var items []app.UI
	if open {
		look := v.layout()
		all := (&choice{Order: v.choice.order()}).apply(look.every())
		unseen := look.unseen(windowWidth())
		for i, c := range all {
			if c == colSelect {
				continue
			}
			items = append(items, v.columnItem(look, c, !slices.Contains(unseen, c), i > 1 || all[0] != colSelect && i > 0, i < len(all)-1))
		}
	}
	return ui.Dialog(ui.DialogProps{
		ID: "sessions-columns", Open: open, Title: t.T("sessions.columns"), Class: "columns", Close: t.T("common.close"),
		OnClose: v.onCloseDialog,
		Actions: []app.UI{
			ui.Button("", t.T("sessions.columns.reset")).DataSet("action", "reset-columns").OnClick(v.onResetColumns),
			ui.Button("", t.T("common.close")).Class("primary").OnClick(v.onCloseDialog, app.EventScope("done")),
		},
	}, app.Ul().Class("columns-list").OnClick(v.onColumnClick).OnChange(v.onColumnChange).Body(items...))
}

// columnItem is one column of the chooser.
func (v *View) columnItem(look layout, c column, shown, up, down bool) app.UI {
	t, id := v.Texts, string(c)
	name := t.T(look.textKey(c))
	width := v.choice.width(c)
	if width == 0 {
		width = widthOf(c)
	}
	move := func(icon, key string, by int, enabled bool) app.UI {
		return ui.IconButton(icon, t.T(key, "name", name)).DataSet("move", by).Disabled(!enabled)
	}
	return app.Li().DataSet("column", id).Body(
		app.Label().Class("columns-name").Body(
			app.Input().Type("checkbox").Name("shown").Checked(shown).Disabled(c.fixed()),
			app.Span().Text(name),
		),
		app.If(!c.fixed() && c != colControl && c != colIndex, func() app.UI {
			return app.Input().Type("range").Name("width").Min(leastWidth).Max(greatestWidth).Step(8).
				Attr("value", strconv.Itoa(width)).Aria("label", t.T("sessions.columns.width", "name", name))
		}),
		move("arrow-up", "sessions.columns.left", -1, up),
		move("arrow-down", "sessions.columns.right", 1, down),
	)
}

// choose draws the table with another choice and keeps it.
func (v *View) choose(ctx app.Context, c *choice) {
	v.choice = c
	key := keyColumns(v.layout().Mode, v.layout().Role)
	var err error
	if c == nil {
		ctx.LocalStorage().Del(key)
	} else {
		err = ctx.LocalStorage().Set(key, c)
	}
	if err != nil {
		app.Log(err) // without storage it holds until the page is left
	}
	v.redraw(ctx)
}

func (v *View) onColumns(app.Context, app.Event) { v.dialog = dialogColumns }

func (v *View) onHelp(app.Context, app.Event) { v.dialog = dialogHelp }

func (v *View) onCloseDialog(app.Context, app.Event) { v.dialog = "" }

func (v *View) onResetColumns(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.choose(ctx, nil)
	v.dialog = ""
}

func (v *View) onColumnClick(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	target := e.Get("target")
	by, err := strconv.Atoi(closestData(target, "move"))
	if err != nil {
		ctx.PreventUpdate()
		return
	}
	v.choose(ctx, v.choice.moved(v.layout().every(), column(closestData(target, "column")), by))
}

func (v *View) onColumnChange(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	target := e.Get("target")
	c := column(closestData(target, "column"))
	if target.Get("name").String() == "shown" {
		v.choose(ctx, v.choice.with(c, target.Get("checked").Bool()))
		return
	}
	if width, err := strconv.Atoi(target.Get("value").String()); err == nil {
		v.choose(ctx, v.choice.withWidth(c, width))
	}
}

func (v *View) onCopyListCommand(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	request := v.list.listRequest()
	ctx.NewActionWithValue(session.ActionCommand, session.Command{Verb: session.CopyCommand, List: &request})
}
