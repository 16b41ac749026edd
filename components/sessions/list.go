package sessions

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/page"
)

// listTimeout is the deadline of one query.
const listTimeout = 20 * time.Second

// Source is where a list gets its sessions from; the client's Sessions.
type Source interface {
	List(ctx context.Context, r client.ListRequest) (client.SessionPage, error)
}

// Hooks are the calls a List makes; each may be nil.
type Hooks struct {
	// Refreshed is called after a refresh that somebody asked for; the original
	// announces "backend-ai-resource-refreshed" then.
	Refreshed func()
	// QueryChanged is called when the list itself changed its query, because the
	// page it was asked for no longer exists.
	QueryChanged func(Query)
	// Expected reports whether a session is one that the person has just started
	// and waits for.
	Expected func(*model.Session) bool
	// Changing is called before rows are replaced by those of an answer.
	Changing func()
	// Loaded is called with the sessions that are loaded, in their order, after
	// they changed.
	Loaded func([]*model.Session)
	// Moved is called when the rows in sight have another place than before, so
	// many rows further down: whoever scrolls follows them.
	Moved func(rows int)
	// Failed is called for each refresh that failed.
	Failed func(error)
}

// Asker is who asks and what the manager can do.
type Asker struct {
	Source  Source
	Manager client.Version
	Mode    model.ConnectionMode
	Role    model.Role
}

// Failure is what happened at the last refresh, if it failed.
type Failure struct {
	Err error
	At  time.Time
	// Retry is when the list asks again by itself; zero while it does not.
	Retry time.Time
}

// List is the state of one session list: what is asked for, what came, and when
// to ask again. It never has more than one request and one timer. Of a long list
// it holds only the part around what is in sight: see window.go.
type List struct {
	loop  page.Loop
	hooks Hooks

	asker     Asker
	projectID string
	query     Query
	active    bool
	hidden    bool
	unseen    []column // columns that are not shown

	refreshing bool
	refresh    bool // the request in flight ends with Hooks.Refreshed
	repeat     bool // the request in flight arms the timer
	request    uint64
	asking     span // what the request in flight, or the last one, is for
	cancel     context.CancelFunc
	timer      *time.Timer
	due        time.Time     // when the timer goes off
	armed      uint64        // which timer is the current one
	again      bool          // an event came while the request was in flight
	early      time.Duration // by how much the request in flight came before its time
	pace       int           // the waits are multiplied by it
	fetching   *time.Timer   // asks for rows that came into sight
	fetched    time.Time     // when that was done last

	part
	loaded  bool // rows and total belong to the tab
	fresh   bool // rows and total belong to the whole query
	updated time.Time
	failure *Failure

	sight
	selection
}

// NewList returns an inactive list for the first page of the running tab.
func NewList(loop page.Loop, hooks Hooks) *List {
	return &List{loop: loop, hooks: hooks, query: ParseQuery(nil), pace: 1}
}

// Activate starts the list: it asks at once and then again and again. A request
// of somebody else's that is still under way is abandoned.
func (l *List) Activate(asker Asker) {
	l.abandon()
	l.asker, l.active = asker, true
	l.refreshJobData(false, true)
}

// Deactivate stops everything: the timer, and the request in flight. The rows
// stay, for the next activation to begin with.
func (l *List) Deactivate() {
	l.active = false
	l.abandon()
	if l.failure != nil {
		l.failure = &Failure{Err: l.failure.Err, At: l.failure.At}
	}
}

// SetVisible tells whether the browser shows the page. A hidden list has no
// timer; when it is shown again it refreshes once and goes on.
func (l *List) SetVisible(visible bool) {
	if l.hidden == !visible {
		return
	}
	l.hidden = !visible
	if l.hidden {
		l.stopTimer()
		return
	}
	l.refreshJobData(false, true)
}

// SetQuery tells what the person wants to see. Another query ends the request
// in flight and asks at once; the same query does nothing.
func (l *List) SetQuery(q Query) {
	old := l.query
	l.query = q
	if old.matching() == q.matching() && old.offset() == q.offset() {
		return
	}
	if old.Tab != q.Tab {
		l.forget()
		l.ClearSelection()
	}
	l.sight = sight{}
	l.restart()
}

// SetProject tells the project of the header; empty asks for all projects.
// Another project than before begins at its first page.
func (l *List) SetProject(id string) {
	if l.projectID == id {
		return
	}
	if l.projectID != "" && l.query.offset() != 0 {
		l.query = l.query.WithPage(1)
		if l.hooks.QueryChanged != nil {
			l.hooks.QueryChanged(l.query)
		}
	}
	l.projectID = id
	l.Forget()
	l.restart()
}

// SetUnseen tells which columns are not shown, so that nothing is asked for that
// nobody sees. It asks again if more is shown now.
func (l *List) SetUnseen(columns []column) {
	more := slices.ContainsFunc(l.unseen, func(c column) bool { return !slices.Contains(columns, c) })
	l.unseen = columns
	if more && l.loaded {
		l.abandon()
		l.refreshJobData(false, true)
	}
}

func (l *List) hides(c column) bool { return slices.Contains(l.unseen, c) }

// Refresh asks now, for a person who does not want to wait.
func (l *List) Refresh() { l.refreshJobData(true, true) }

// restart abandons what is under way and asks for the query as it is now.
func (l *List) restart() {
	l.abandon()
	l.fresh = false
	l.refreshJobData(false, true)
}

// Forget drops all that was read for somebody: after a sign-out nothing is left.
func (l *List) Forget() {
	l.forget()
	l.ClearSelection()
}

// forget drops rows that are of no use any more.
func (l *List) forget() {
	l.part, l.sight = part{}, sight{}
	l.loaded, l.fresh, l.failure = false, false, nil
	l.updated = time.Time{}
}

// abandon ends the request in flight; its answer will be dropped.
func (l *List) abandon() {
	l.stopTimer()
	l.stopFetch()
	l.request++
	l.refreshing, l.refresh, l.repeat, l.again, l.early = false, false, false, false, 0
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
}

// refreshJobData asks the manager for the list. refresh announces the end to
// others, repeat keeps the list going after it. A list that is not active or
// not visible does not ask. One that is already refreshing does not ask twice:
// the request in flight takes over what was wanted of this one.
func (l *List) refreshJobData(refresh, repeat bool) {
	if !l.active || l.hidden || l.asker.Source == nil {
		return
	}
	if l.refreshing {
		l.refresh = l.refresh || refresh
		l.repeat = l.repeat || repeat
		return
	}
	if repeat {
		l.stopTimer()
	}
	l.refreshing, l.refresh, l.repeat = true, refresh, repeat
	l.request++
	number, query, asker := l.request, l.query, l.asker
	l.asking = l.wanted()
	request := l.listRequest()
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	l.loop.Async(func() {
		defer cancel()
		page, err := ask(ctx, asker.Source, request)
		l.loop.Dispatch(func() { l.answer(number, query, page, err) })
	})
}

// ask turns a panic below into an error, so that it is shown and not the end of
// the whole page.
func ask(ctx context.Context, source Source, request client.ListRequest) (page client.SessionPage, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("session list: %v", cause)
		}
	}()
	return source.List(ctx, request)
}

// listRequest is what the current state asks for.
func (l *List) listRequest() client.ListRequest {
	request := l.requestFor(l.query)
	request.Limit, request.Offset = l.asking.count, l.asking.first
	return request
}

// requestFor asks for what a query matches.
func (l *List) requestFor(q Query) client.ListRequest {
	request := client.ListRequest{
		Statuses: statusesFor(q.Tab, l.asker.Manager),
		Fields:   fieldsFor(q.Tab, l.asker.Mode, l.asker.Role, l.asker.Manager, l.hides),
		Project:  l.projectID,
		Filter:   filterExpression(q),
		Order:    q.order(),
		Timeout:  listTimeout,
	}
	if l.asker.Role.IsAdmin() {
		request.AccessKey = q.AccessKey
	}
	return request
}

// answer applies what came for request number; an older one's is dropped.
func (l *List) answer(number uint64, query Query, page client.SessionPage, err error) {
	if number != l.request {
		return
	}
	refresh, repeat, again, early := l.refresh, l.repeat, l.again, l.early
	l.refreshing, l.refresh, l.repeat, l.again, l.early, l.cancel = false, false, false, false, 0, nil
	now := time.Now()
	if err != nil {
		l.failure = &Failure{Err: err, At: now}
		if len(page.Items) > 0 { // an answer with errors may hold rows all the same
			l.apply(query, page, now)
		}
		if client.KindOf(err) == client.KindRateLimit {
			l.pace = min(l.pace*2, maxPace)
		}
		if repeat {
			l.failure.Retry = l.arm(l.wait(err))
		}
		if l.hooks.Failed != nil {
			l.hooks.Failed(err)
		}
		return
	}
	l.pace = max(l.pace/2, 1)
	l.failure = nil
	if len(page.Items) == 0 && page.Total > 0 && l.asking.first >= page.Total {
		l.tooFar(page.Total)
		l.refreshJobData(refresh, true)
		return
	}
	l.apply(query, page, now)
	if repeat {
		l.arm(l.wait(nil) + early)
	}
	if refresh && l.hooks.Refreshed != nil {
		l.hooks.Refreshed()
	}
	if again {
		l.RefreshEarly()
	}
}

// tooFar goes back to what there is, after the rows asked for were not.
func (l *List) tooFar(total int) {
	l.sight = sight{}
	l.query = l.query.WithPage(pages(total))
	if l.hooks.QueryChanged != nil {
		l.hooks.QueryChanged(l.query)
	}
}

// apply shows a part of the list.
func (l *List) apply(query Query, page client.SessionPage, now time.Time) {
	if l.hooks.Changing != nil {
		l.hooks.Changing()
	}
	l.take(query, page)
	l.loaded, l.fresh, l.updated = true, true, now
	if l.hooks.Loaded != nil {
		l.hooks.Loaded(l.loadedSessions())
	}
}

// pages is how many pages hold a number of sessions; at least one.
func pages(total int) int { return max((total+PageSize-1)/PageSize, 1) }
