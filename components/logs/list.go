package logs

import (
	"strconv"
	"strings"

	"github.com/baiui/baiui/client"
)

// pageSize is how many entries are in the document at a time.
const pageSize = 100

// list is the log as the person wants to see it.
type list struct {
	entries []*client.Entry // newest first, as the store has them
	query   string          // what is searched for in all columns
	all     bool            // also requests that succeeded
	page    int             // from 0
}

// load replaces the entries.
func (l *list) load(entries []client.Entry) {
	l.entries = make([]*client.Entry, len(entries))
	for i := range entries {
		l.entries[i] = &entries[i]
	}
}

// search sets what is searched for.
func (l *list) search(query string) { l.query, l.page = query, 0 }

// showAll says whether requests that succeeded are shown too.
func (l *list) showAll(all bool) { l.all, l.page = all, 0 }

// matching returns the entries that are to be shown, on all pages.
func (l *list) matching() []*client.Entry {
	var found []*client.Entry
	words := strings.Fields(strings.ToLower(l.query))
	for _, entry := range l.entries {
		if (l.all || entry.IsError) && holds(entry, words) {
			found = append(found, entry)
		}
	}
	return found
}

// holds reports whether each word is somewhere in the entry.
func holds(e *client.Entry, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := strings.ToLower(strings.Join([]string{
		e.Timestamp, strconv.Itoa(e.StatusCode), e.StatusText, e.Title, e.Message,
		e.Type, e.RequestMethod, e.RequestURL, e.RequestParameters,
	}, "\n"))
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// view is one page of the matching entries.
type view struct {
	rows       []*client.Entry
	from, to   int // the numbers of the first and last row, from 1; 0 when there is none
	total      int // matching entries
	prev, next bool
}

// current returns the page that is shown. A page that is gone, because fewer
// entries match now, becomes the last one there is.
func (l *list) current() view {
	found := l.matching()
	last := max(0, (len(found)-1)/pageSize)
	l.page = min(max(0, l.page), last)
	start := l.page * pageSize
	end := min(start+pageSize, len(found))
	v := view{rows: found[start:end], total: len(found), prev: l.page > 0, next: l.page < last}
	if len(v.rows) > 0 {
		v.from, v.to = start+1, end
	}
	return v
}
