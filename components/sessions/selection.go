package sessions

import (
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
)

// selection is which sessions are selected: by id, so that it survives refreshes,
// scrolling, and filtering back and forth; another tab, project or person ends
// it. The zero value is empty.
type selection struct {
	selected map[string]*model.Session
	// all, if set, selects everything that a query matches but for the ids in
	// except.
	all    *Query
	except map[string]bool
	count  int    // how many all matched when last shown
	last   string // the session that was selected last: where a range begins
}

// Selectable reports whether the tab's sessions can be selected: the deck has
// the check box on running-type tabs only.
func (l *List) Selectable() bool { return l.query.Tab.running() }

// everything reports whether all that is shown is selected, but for exceptions.
func (l *List) everything() bool { return l.all != nil && *l.all == l.query.matching() }

// Selected reports whether a session is selected.
func (l *List) Selected(id string) bool {
	return l.selected[id] != nil || l.everything() && l.find(id) != nil && !l.except[id]
}

// Toggle selects a session or takes it out of the selection.
func (l *List) Toggle(id string) {
	if l.find(id) != nil || l.selected[id] != nil {
		l.set(id, !l.Selected(id))
		l.last = id
	}
}

// set selects a session that is loaded, or takes one out.
func (l *List) set(id string, on bool) {
	switch {
	case !on:
		delete(l.selected, id)
		if l.everything() {
			l.except[id] = true
		}
	case !l.Selectable() || l.sessions[id] == nil || id == "":
	case l.everything():
		delete(l.except, id)
	default:
		if l.selected == nil {
			l.selected = map[string]*model.Session{}
		}
		l.selected[id] = l.sessions[id]
	}
}

// ToggleRange gives all sessions between the one that was toggled last and this
// one the state that this one gets. Of those between, only what is loaded is
// known; the range ends where that does.
func (l *List) ToggleRange(id string) {
	from := slices.IndexFunc(l.rows, func(row *facts.Row) bool { return row.ID == l.last })
	to := slices.IndexFunc(l.rows, func(row *facts.Row) bool { return row.ID == id })
	if from < 0 || to < 0 {
		l.Toggle(id)
		return
	}
	on := !l.Selected(id)
	for i := min(from, to); i <= max(from, to); i++ {
		l.set(l.rows[i].ID, on)
	}
	l.last = id
}

// SelectLoaded selects all sessions that are loaded, or takes them all out.
func (l *List) SelectLoaded(on bool) {
	if !on && l.everything() {
		l.ClearSelection()
		return
	}
	for _, row := range l.rows {
		l.set(row.ID, on)
	}
}

// SelectAll selects all that the query matches, loaded or not.
func (l *List) SelectAll() {
	if !l.Selectable() {
		return
	}
	q := l.query.matching()
	l.selection = selection{all: &q, except: map[string]bool{}, count: l.total}
}

// ClearSelection empties the selection.
func (l *List) ClearSelection() { l.selection = selection{} }

// SelectedCount is the size of the selection.
func (l *List) SelectedCount() int {
	if l.all == nil {
		return len(l.selected)
	}
	if l.everything() && l.loaded && l.fresh {
		l.count = l.total
	}
	return max(l.count-len(l.except), 0) + len(l.selected)
}

// SelectedLoaded is how many of the loaded sessions are selected.
func (l *List) SelectedLoaded() int {
	n := 0
	for _, row := range l.rows {
		if l.Selected(row.ID) {
			n++
		}
	}
	return n
}

// SelectedSessions are the selected sessions as last known, those that are
// loaded first, in their order. complete is false if everything is selected and
// not all of it is loaded: ask for the rest.
func (l *List) SelectedSessions() (sessions []*model.Session, complete bool) {
	for _, row := range l.rows {
		if s := l.sessions[row.ID]; s != nil && l.Selected(row.ID) {
			sessions = append(sessions, s)
		}
	}
	loaded := len(sessions)
	for id, s := range l.selected {
		if l.find(id) == nil {
			sessions = append(sessions, s)
		}
	}
	slices.SortFunc(sessions[loaded:], func(a, b *model.Session) int { return strings.Compare(a.ID, b.ID) })
	return sessions, l.all == nil || l.everything() && len(l.rows) >= l.total
}
