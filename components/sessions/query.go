package sessions

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Path is where the list stands in the page.
const Path = "/sessions"

const (
	// PageSize is the number of sessions asked for at once.
	PageSize = 50
	// MaxAccessKey is the longest access key that can be filtered by.
	MaxAccessKey = 64
	// maxFilter bounds what is sent from the search field.
	maxFilter = 200
	// defaultOrder is newest first.
	defaultOrder = "-created_at"
)

// Query is what a person chose to see; it is all in the URL, so that back,
// forward, reload and a link to a colleague show the same.
type Query struct {
	Tab       Condition
	Page      int    // from 1: where the list begins, in pages of [PageSize]
	At        int    // from 1: the row that is the first in sight; 0 if Page says it
	Filter    string // part of a name, as typed
	Order     string // a column of [sortable], with "-" for descending; empty for the default
	AccessKey string // admins only
	Project   string // name; kept for links, chosen in the header
	// Beside is what of the page beside the list stands in the URL.
	Beside Beside
}

// Beside is the drawer beside the list: whose details are open, at which of its
// panels, and of which kernel. The list only keeps it where it writes the URL,
// and does not look into it.
type Beside struct{ Session, Panel, Kernel string }

// maxBeside bounds each part of a Beside, which are ids and names of panels.
const maxBeside = 80

// ParseQuery reads a query from a URL's values. Whatever is missing or makes no
// sense becomes the default, so that no hand-written URL can break the list.
func ParseQuery(values url.Values) Query {
	q := Query{
		Tab:       Condition(values.Get("tab")),
		Filter:    cleanText(values.Get("filter"), maxFilter),
		Order:     values.Get("order"),
		AccessKey: cleanText(values.Get("access_key"), MaxAccessKey),
		Project:   values.Get("project"),
		Beside: Beside{
			Session: cleanText(values.Get("session"), maxBeside),
			Panel:   cleanText(values.Get("panel"), maxBeside),
			Kernel:  cleanText(values.Get("kernel"), maxBeside),
		},
	}
	if !q.Tab.known() {
		q.Tab = Running
	}
	q.Page, _ = strconv.Atoi(values.Get("page"))
	q.Page = min(max(q.Page, 1), 1<<20)
	if at, _ := strconv.Atoi(values.Get("at")); at > 0 {
		q.Page, q.At = 1, min(at, 1<<26)
	}
	if q.Order == defaultOrder || !sortable(strings.TrimPrefix(q.Order, "-")) {
		q.Order = ""
	}
	return q
}

// URL spells the query; defaults are left out.
func (q Query) URL() string {
	values := url.Values{}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	if q.Tab != Running {
		set("tab", string(q.Tab))
	}
	if q.Page > 1 {
		set("page", strconv.Itoa(q.Page))
	}
	if q.At > 1 {
		set("at", strconv.Itoa(q.At))
	}
	set("filter", q.Filter)
	set("order", q.Order)
	set("access_key", q.AccessKey)
	set("project", q.Project)
	set("session", q.Beside.Session)
	set("panel", q.Beside.Panel)
	set("kernel", q.Beside.Kernel)
	if len(values) == 0 {
		return Path
	}
	return Path + "?" + values.Encode()
}

// WithTab is the query behind another tab: its first page.
func (q Query) WithTab(tab Condition) Query {
	q.Tab, q.Page, q.At = tab, 1, 0
	return q
}

// WithPage is the query of another page.
func (q Query) WithPage(page int) Query {
	q.Page, q.At = max(page, 1), 0
	return q
}

// WithAt is the query with another row as the first in sight, counted from 1.
func (q Query) WithAt(row int) Query {
	q.Page, q.At = 1, row
	if row <= 1 {
		q.At = 0
	}
	return q
}

// WithSession is the query with the details of a session open beside the list.
func (q Query) WithSession(id string) Query {
	q.Beside = Beside{Session: id}
	return q
}

// WithFilter is the query for another part of a name: its first page.
func (q Query) WithFilter(text string) Query {
	q.Filter, q.Page, q.At = cleanText(text, maxFilter), 1, 0
	return q
}

// WithAccessKey is the query for another access key: its first page.
func (q Query) WithAccessKey(text string) Query {
	q.AccessKey, q.Page, q.At = cleanText(text, MaxAccessKey), 1, 0
	return q
}

// ToggleOrder is the query after a click on the header of a column: the column
// ascending, then descending, then the default order again.
func (q Query) ToggleOrder(column string) Query {
	order := q.order()
	switch order {
	case column:
		q.Order = "-" + column
	case "-" + column:
		q.Order = ""
		if order == defaultOrder {
			q.Order = column
		}
	default:
		q.Order = column
	}
	if q.Order == defaultOrder {
		q.Order = ""
	}
	q.Page, q.At = 1, 0
	return q
}

// order is the order asked of the manager.
func (q Query) order() string {
	if q.Order == "" {
		return defaultOrder
	}
	return q.Order
}

// offset is the number of sessions above the one the list begins with.
func (q Query) offset() int {
	if q.At > 0 {
		return q.At - 1
	}
	return (max(q.Page, 1) - 1) * PageSize
}

// matching is the query without what changes nothing about which sessions it
// finds, in which order.
func (q Query) matching() Query {
	q.Page, q.At, q.Project, q.Beside = 0, 0, "", Beside{}
	return q
}

// narrowed reports whether the person asked for less than the tab holds.
func (q Query) narrowed() bool { return q.Filter != "" || q.AccessKey != "" }

// sortable lists the columns the manager can order a list by that the table
// shows (manager 23.09 and later).
func sortable(column string) bool {
	switch column {
	case "name", "status", "type", "created_at", "terminated_at", "user_email", "access_key", "scaling_group":
		return true
	}
	return false
}

// filterExpression spells, in the manager's filter language, the type a tab is
// for and the part of a name. Both are decided by the manager, before paging.
func filterExpression(q Query) string {
	var parts []string
	if t := q.Tab.sessionType(); t != "" {
		parts = append(parts, `type == "`+string(t)+`"`)
	}
	if q.Filter != "" {
		parts = append(parts, `name ilike "%`+escapeLike(q.Filter)+`%"`)
	}
	return strings.Join(parts, " & ")
}

// escapeLike makes a text stand for itself inside a quoted pattern: % and _ are
// wildcards, a backslash escapes them, and \" is the only escape of the quoted
// text. A backslash therefore needs to be doubled, which also keeps the number
// of backslashes before the closing quote even.
var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`, `"`, `\"`)

func escapeLike(text string) string { return likeEscapes.Replace(text) }

// cleanText drops control characters and spaces at both ends, and cuts at a
// number of characters.
func cleanText(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit])
	}
	return text
}
