package sessions

import (
	"strings"

	"github.com/baiui/baiui/client/model"
)

// column is the id of a column, as in data-col.
type column string

// The columns. Their texts are under column.<id>, that of the owner under
// column.owner.<mode>.
const (
	colSelect   column = "select"
	colIndex    column = "index"
	colOwner    column = "owner"
	colName     column = "name"
	colStatus   column = "status"
	colType     column = "type"
	colControl  column = "control"
	colConfig   column = "config"
	colUsage    column = "usage"
	colIdle     column = "idle"
	colReserved column = "reserved"
	colAgent    column = "agent"
)

// layout is what the columns of a table depend on. It is small and comparable.
type layout struct {
	Tab   Condition
	Mode  model.ConnectionMode
	Role  model.Role
	Types bool // the manager reports types
	Idle  bool // the manager reports idle checks
	// Chosen is what the person chose about columns; nil for nothing.
	Chosen *choice
}

// columns lists the columns of a table. The deck:
//
//	all            # · session info · status · control · configuration · usage · reservation
//	admin          + owner: "API Key" in API mode, "User ID" in SESSION mode
//	superadmin     + agent
//	running types  + check box
//
// The type has a column on the tabs that mix types, and what may end a session by
// itself where sessions live. Order and choice are the person's.
func (l layout) columns() []column { return l.Chosen.apply(l.every()) }

// every lists all columns there are, in their first order.
func (l layout) every() []column {
	var list []column
	if l.Tab.running() {
		list = append(list, colSelect)
	}
	list = append(list, colIndex)
	if l.Role.IsAdmin() {
		list = append(list, colOwner)
	}
	list = append(list, colName, colStatus)
	if l.Types && l.Tab.sessionType() == "" {
		list = append(list, colType)
	}
	list = append(list, colControl, colConfig, colUsage)
	if l.Idle && l.Tab.running() {
		list = append(list, colIdle)
	}
	list = append(list, colReserved)
	if l.Role.IsSuperadmin() {
		list = append(list, colAgent)
	}
	return list
}

// sortColumn is the manager's name of the column to sort by, empty where it
// cannot sort by what the column shows.
func (l layout) sortColumn(c column) string {
	switch c {
	case colOwner:
		if l.Mode == model.ModeSession {
			return "user_email"
		}
		return "access_key"
	case colName:
		return "name"
	case colStatus:
		return "status"
	case colType:
		return "type"
	case colConfig:
		return "scaling_group"
	case colReserved:
		return "created_at"
	}
	return ""
}

// textKey is the key of a column's text.
func (l layout) textKey(c column) string {
	if c == colOwner {
		mode := "session"
		if l.Mode == model.ModeAPI {
			mode = "api"
		}
		return "column.owner." + mode
	}
	return "column." + string(c)
}

// sorted tells how a column is sorted, in the words of aria-sort.
func (l layout) sorted(c column, order string) string {
	switch name := l.sortColumn(c); {
	case name == "":
		return ""
	case order == name:
		return "ascending"
	case strings.TrimPrefix(order, "-") == name:
		return "descending"
	}
	return ""
}
