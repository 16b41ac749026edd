package sessions

import (
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/session"
)

// maxAsked is the most sessions asked for at once, as the original's export has
// it; maxLoaded how many rows stay loaded around those in sight.
const (
	maxAsked  = 100
	maxLoaded = 400
)

// fetchPause is the least time between two requests for rows that scrolling
// brought into sight.
const fetchPause = 120 * time.Millisecond

// span is a run of rows, counted from 0.
type span struct{ first, count int }

func (s span) end() int { return s.first + s.count }

// within reports whether the whole of s lies in other.
func (s span) within(other span) bool { return s.first >= other.first && s.end() <= other.end() }

// part is the part of the list that is loaded: rows without a gap.
type part struct {
	rows     []*facts.Row
	sessions map[string]*model.Session      // of the rows, by id
	idle     map[string][]session.IdleCheck // what may end them, by id
	offset   int                            // place of the first row in the manager's order
	total    int                            // of all that match, as the manager counts
}

func (p *part) span() span { return span{p.offset, len(p.rows)} }

// at is the row at a place of the manager's order, nil if it is not loaded.
func (p *part) at(place int) *facts.Row {
	if i := place - p.offset; i >= 0 && i < len(p.rows) {
		return p.rows[i]
	}
	return nil
}

// find is the loaded row of a session.
func (p *part) find(id string) *facts.Row {
	for _, row := range p.rows {
		if row.ID == id {
			return row
		}
	}
	return nil
}

// loadedSessions are the sessions of the rows, in their order.
func (p *part) loadedSessions() []*model.Session {
	list := make([]*model.Session, 0, len(p.rows))
	for _, row := range p.rows {
		if s := p.sessions[row.ID]; s != nil {
			list = append(list, s)
		}
	}
	return list
}

// sight is what of the list is on the screen, and how its order there differs
// from the manager's while it is held.
type sight struct {
	drawn, seen span // rows that are drawn, and those in sight, by place on the screen

	held    bool
	shift   int             // rows that came above since the order is held
	waiting *waiting        // an order that is not shown yet
	gone    map[string]bool // ids of rows that are shown and in the list no more
}

// SetSight tells which rows are drawn and which of them are in sight, by their
// place on the screen. ahead asks for what is missing of all that are drawn, as
// while scrolling; else only what is in sight must be there.
func (l *List) SetSight(drawn, seen span, ahead bool) {
	l.drawn, l.seen = drawn, seen
	if !ahead {
		drawn = seen
	}
	if l.missing(drawn) {
		l.fetch()
	}
}

// missing reports whether rows are not loaded that there are.
func (l *List) missing(s span) bool {
	if !l.loaded || !l.fresh {
		return false // they are on their way
	}
	s.first += l.shift
	first := max(s.first, 0)
	s = span{first, min(s.end(), l.total) - first}
	return s.count > 0 && !s.within(l.part.span())
}

// wanted is what the next request is for: as many rows as are drawn, at least a
// page, so that the next rows are there before they come into sight.
func (l *List) wanted() span {
	want := span{l.query.offset(), PageSize}
	if l.drawn.count > 0 {
		want = span{l.drawn.first + l.shift, l.drawn.count}
	}
	count := min(max(want.count, PageSize), maxAsked)
	return span{max(want.first-(count-want.count)/2, 0), count}
}

// fetch asks for the rows in sight, unless they are on their way: at once, or
// when the last time is long enough ago. A request for others is abandoned.
func (l *List) fetch() {
	onTheWay := l.refreshing && span{l.drawn.first + l.shift, l.drawn.count}.within(l.asking)
	if onTheWay || l.fetching != nil || !l.active || l.hidden {
		return
	}
	if wait := fetchPause - time.Since(l.fetched); wait > 0 {
		var timer *time.Timer
		timer = time.AfterFunc(wait, func() {
			l.loop.Dispatch(func() {
				if l.fetching != timer {
					return
				}
				l.fetching = nil
				if l.missing(l.drawn) {
					l.fetch()
				}
			})
		})
		l.fetching = timer
		return
	}
	refresh := l.refresh
	l.abandon()
	l.fetched = time.Now()
	l.refreshJobData(refresh, true)
}

func (l *List) stopFetch() {
	if l.fetching != nil {
		l.fetching.Stop()
		l.fetching = nil
	}
}

// Scrolled notes which row is the first in sight, for the URL. It asks for
// nothing.
func (l *List) Scrolled(row int) { l.query = l.query.WithAt(row) }

// places is how many rows there are on the screen and beyond its edges.
func (l *List) places() int { return max(l.total-l.shift, 0) }

// rowAt is the row at a place on the screen, nil while it is not loaded.
func (l *List) rowAt(place int) *facts.Row { return l.at(place + l.shift) }
