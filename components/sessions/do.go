package sessions

import (
	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/session"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// ActionDo asks the list to do something; its value is one of the names below.
// Lists that are not shown do nothing.
const ActionDo = "sessions.do"

// What a list can be asked to do.
const (
	DoRefresh        = "refresh"
	DoColumns        = "columns"
	DoHelp           = "help"
	DoExport         = "export" // admins
	DoTerminate      = "terminate"
	DoForceTerminate = "force-terminate"
	DoCopyIDs        = "copy-ids"
	DoClear          = "clear"
)

// StateSelected is the name of the state that holds how many sessions are
// selected.
const StateSelected = "sessions.selected"

// AllConditions lists all tabs there can be.
func AllConditions() []Condition { return conditionsOf(true) }

// ByName asks for living sessions by a part of their name.
func ByName(text string, manager client.Version) client.ListRequest {
	q := Query{Tab: Running}.WithFilter(text)
	return client.ListRequest{
		Statuses: statusesFor(q.Tab, manager), Fields: []string{"id", "name", "status"},
		Filter: filterExpression(q), Order: "name",
	}
}

// onDo does what somebody asked for.
func (v *View) onDo(ctx app.Context, a app.Action) {
	defer ui.Recover(ctx)
	what, ok := a.Value.(string)
	if !ok || !v.Active || !v.page.ActiveConnected() {
		return
	}
	switch what {
	case DoRefresh:
		v.list.Refresh()
	case DoColumns:
		v.dialog = dialogColumns
	case DoHelp:
		v.dialog = dialogHelp
	case DoExport:
		v.export()
	case DoTerminate, DoForceTerminate:
		verb := session.Verb(what)
		v.withSelection(ctx, func(ctx app.Context, targets []*model.Session) {
			ctx.NewActionWithValue(session.ActionCommand, session.Command{Verb: verb, Targets: targets})
		})
	case DoCopyIDs:
		v.copySelected(ctx)
	case DoClear:
		v.list.ClearSelection()
		v.tellSelection(ctx)
	}
}

// tellSelection says how many sessions are selected.
func (v *View) tellSelection(ctx app.Context) {
	ctx.SetState(StateSelected, v.list.SelectedCount())
}

// deselectEnded takes a session out of the selection once it is over.
func (l *List) deselectEnded(s *model.Session) {
	if s.Status.Ended() {
		delete(l.selected, s.ID)
	}
}
