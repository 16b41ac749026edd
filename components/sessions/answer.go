package sessions

import (
	"maps"
	"reflect"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/session"
)

// waiting is an answer whose order is not shown yet.
type waiting struct {
	query Query
	page  client.SessionPage
	first int // place of its first session
}

// take makes rows of an answer. Rows in sight keep their places: by scrolling
// along when rows came or went above them, and while the order is held, because
// somebody points at them, by waiting. What the person has just started is shown
// in any case: it stood above the rows already, as on its way.
func (l *List) take(query Query, page client.SessionPage) {
	rows, sessions := l.derived(query, page.Items)
	first := l.asking.first
	total := max(page.Total, first+len(rows))
	if !l.loaded || !l.fresh {
		l.shift, l.waiting, l.gone = 0, nil, nil
		l.replace(rows, sessions, first, total)
		return
	}
	held := l.held && !l.expected(sessions)
	if !held && l.held {
		l.Show()
	}
	moved, same := l.moved(rows, first)
	switch {
	case held && !same:
		l.update(rows, sessions)
		l.waiting = &waiting{query, page, first}
		return
	case held:
		l.shift += moved
	case l.seen.first > 0 && moved != 0 && l.hooks.Moved != nil:
		l.hooks.Moved(moved)
	}
	l.waiting, l.gone = nil, nil
	l.replace(rows, sessions, first, total)
}

// expected reports whether a session of an answer is one that the person waits
// for.
func (l *List) expected(sessions map[string]*model.Session) bool {
	if l.hooks.Expected != nil {
		for _, s := range sessions {
			if l.hooks.Expected(s) {
				return true
			}
		}
	}
	return false
}

// derived makes rows of sessions and keeps the pointers of those that are as
// they were, so that nothing is drawn again that did not change.
func (l *List) derived(query Query, items []*model.Session) ([]*facts.Row, map[string]*model.Session) {
	old := make(map[string]*facts.Row, len(l.rows))
	for _, row := range l.rows {
		old[row.ID] = row
	}
	rows := make([]*facts.Row, 0, len(items))
	sessions := make(map[string]*model.Session, len(items))
	for i, s := range items {
		if s == nil {
			continue
		}
		row := facts.Derive(s, l.deriveOptions(query, l.asking.first+i+1))
		if before := old[row.ID]; before != nil && reflect.DeepEqual(before, row) {
			row = before
		}
		rows = append(rows, row)
		sessions[row.ID] = s
	}
	return rows, sessions
}

func (l *List) deriveOptions(query Query, index int) facts.Options {
	return facts.Options{Index: index, Mode: l.asker.Mode, Role: l.asker.Role, Finished: query.Tab == Finished}
}

// moved compares the rows in sight with an answer: by how many places they moved,
// and whether all of them did so together, which is also so if the answer is
// about other rows.
func (l *List) moved(rows []*facts.Row, first int) (by int, together bool) {
	place := make(map[string]int, len(rows))
	for i, row := range rows {
		place[row.ID] = first + i
	}
	answered := span{first, len(rows)}
	together = true
	known := false
	for i := range l.seen.count {
		at := l.seen.first + l.shift + i
		row := l.at(at)
		if row == nil || !(span{at, 1}).within(answered) {
			continue
		}
		now, there := place[row.ID]
		switch {
		case !there:
			together = false
		case !known:
			by, known = now-at, true
		case now-at != by:
			together = false
		}
	}
	return by, together
}

// update brings the rows up to date without moving any.
func (l *List) update(rows []*facts.Row, sessions map[string]*model.Session) {
	fresh := make(map[string]*facts.Row, len(rows))
	for _, row := range rows {
		fresh[row.ID] = row
	}
	maps.Copy(l.idle, l.checksOf(sessions))
	l.gone = map[string]bool{}
	for i, row := range l.rows {
		now := fresh[row.ID]
		if now == nil {
			if (span{l.offset + i, 1}).within(l.asking) {
				l.gone[row.ID] = true
			}
			continue
		}
		l.sessions[row.ID] = sessions[row.ID]
		l.put(i, now)
	}
}

// put replaces the row at an index of the loaded part by newer values; the place
// stays.
func (l *List) put(i int, now *facts.Row) {
	c := *now
	c.Index = l.rows[i].Index
	if !reflect.DeepEqual(l.rows[i], &c) {
		l.rows[i] = &c
	}
}

// Patch applies what became known of a session besides the answers, if it is one
// of the rows.
func (l *List) Patch(s *model.Session) {
	for i, row := range l.rows {
		if row.ID == s.ID {
			l.sessions[row.ID] = s
			l.put(i, facts.Derive(s, l.deriveOptions(l.query, row.Index)))
			return
		}
	}
}

// replace puts rows in their places and keeps what is loaded beside them, as long
// as nothing says that it is out of date.
func (l *List) replace(rows []*facts.Row, sessions map[string]*model.Session, first, total int) {
	before := l.part
	l.part = part{rows: rows, sessions: sessions, offset: first, total: total, idle: l.checksOf(sessions)}
	if !l.fresh || before.total != total {
		return
	}
	all := before.span()
	side := func(s span) []*facts.Row {
		s.count = min(s.count, (maxLoaded-len(rows))/2)
		if s.count <= 0 || !s.within(all) {
			return nil
		}
		kept := before.rows[s.first-before.offset : s.end()-before.offset]
		for _, row := range kept {
			if sessions[row.ID] != nil {
				return nil
			}
		}
		for _, row := range kept {
			sessions[row.ID] = before.sessions[row.ID]
			l.idle[row.ID] = before.idle[row.ID]
		}
		return kept
	}
	end := first + len(rows)
	above := min(first-before.offset, (maxLoaded-len(rows))/2)
	left := side(span{first - above, above})
	right := side(span{end, all.end() - end})
	if len(left)+len(right) > 0 {
		l.rows = append(append(append([]*facts.Row(nil), left...), rows...), right...)
		l.offset = first - len(left)
	}
}

// idleSlack is by how much the end of a session's time may differ from one answer
// to the next and be the same.
const idleSlack = 3 * time.Second

// checksOf reads what may end sessions by themselves. A deadline that is the same
// within the time an answer takes stays as it was.
func (l *List) checksOf(sessions map[string]*model.Session) map[string][]session.IdleCheck {
	idle := make(map[string][]session.IdleCheck, len(sessions))
	now := time.Now()
	for id, s := range sessions {
		checks := session.IdleChecks(s.IdleChecks, now)
		for i := range checks {
			for _, before := range l.idle[id] {
				if before.Name == checks[i].Name && before.Deadline.Sub(checks[i].Deadline).Abs() < idleSlack {
					checks[i].Deadline = before.Deadline
				}
			}
		}
		idle[id] = checks
	}
	return idle
}

// SetHeld says whether somebody points at the rows, or has the focus there: then
// their order waits. When it no longer does, the rows take their places.
func (l *List) SetHeld(held bool) {
	l.held = held
	if !held {
		l.Show()
	}
}

// Show shows the order as the manager last said it.
func (l *List) Show() {
	held := l.held
	l.held = false
	if l.hooks.Changing != nil && (l.waiting != nil || l.shift != 0) {
		l.hooks.Changing()
	}
	if w := l.waiting; w != nil {
		asking := l.asking
		l.asking = span{w.first, len(w.page.Items)}
		l.take(w.query, w.page)
		l.asking = asking
		if l.hooks.Loaded != nil {
			l.hooks.Loaded(l.loadedSessions())
		}
	}
	if moved := l.shift; moved != 0 {
		l.shift = 0
		if l.seen.first > 0 && l.hooks.Moved != nil {
			l.hooks.Moved(moved)
		}
	}
	l.held = held
}

// News is what waits while the order is held: how many sessions came, and whether
// there is another order at all.
func (l *List) News() (came int, other bool) {
	came = l.shift
	if l.waiting != nil {
		came = l.waiting.page.Total - l.total
	}
	return max(came, 0), l.waiting != nil || l.shift != 0
}

// Gone reports whether a session is shown though it is in the list no more.
func (l *List) Gone(id string) bool { return l.gone[id] }
