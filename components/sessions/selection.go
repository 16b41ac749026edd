package sessions

import (
	"github.com/baiui/baiui/components/facts"
	"slices"
	"strings"
)

// Toggle selects a session or takes it out of the selection.
func (l *List) Toggle(id string) {
	if l.selected[id] {
		delete(l.selected, id)
	} else if l.Selectable() && l.row(id) != nil {
		l.selected[id] = true
	}
}

// SelectPage selects all sessions of the page, or takes them all out.
func (l *List) SelectPage(on bool) {
	for _, row := range l.rows {
		if on && l.Selectable() {
			l.selected[row.ID] = true
		} else {
			delete(l.selected, row.ID)
		}
	}
}

// ClearSelection empties the selection.
func (l *List) ClearSelection() { clear(l.selected) }

// Selected reports whether a session is selected. A selection survives
// refreshes and paging; another tab, filter or project ends it.
func (l *List) Selected(id string) bool { return l.selected[id] }

// SelectedCount is the size of the selection over all pages.
func (l *List) SelectedCount() int { return len(l.selected) }

// SelectedOnPage is how many sessions of the page are selected.
func (l *List) SelectedOnPage() int {
	n := 0
	for _, row := range l.rows {
		if l.selected[row.ID] {
			n++
		}
	}
	return n
}

// Selectable reports whether the tab's sessions can be selected: the deck has
// the check box on running-type tabs only.
func (l *List) Selectable() bool { return l.query.Tab.running() }

// SelectedIDs is the selection as text, one id a line: those of the page in
// its order, then the rest.
func (l *List) SelectedIDs() string {
	var ids []string
	onPage := make(map[string]bool, len(l.rows))
	for _, row := range l.rows {
		onPage[row.ID] = true
		if l.selected[row.ID] {
			ids = append(ids, row.ID)
		}
	}
	rest := len(ids)
	for id := range l.selected {
		if !onPage[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids[rest:])
	return strings.Join(ids, "\n")
}

func (l *List) row(id string) *facts.Row {
	for _, row := range l.rows {
		if row.ID == id {
			return row
		}
	}
	return nil
}
