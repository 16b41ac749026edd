package session

import (
	"context"
	"errors"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/page"
)

// refreshEvery is how often the open drawer asks again while its session lives:
// usage and idle checks are in no event. The original asks every 15 s, too.
const refreshEvery = 15 * time.Second

// detail is the session in the drawer: what is known of it, and when to ask. It
// has at most one request and one timer.
type detail struct {
	loop  page.Loop
	store *live.Store
	// asked is called with each answer and each failure.
	asked func(error)

	manager manager
	role    model.Role
	hidden  bool

	id       string
	session  *model.FullSession // nil while nothing is known
	complete bool               // session is the manager's answer, not only a row
	ahead    int                // how many wait before it, as far as that is known
	at       time.Time          // when the values were true
	err      error              // of the last question, if it failed
	loading  bool
	again    bool // something changed while it was loading
	request  uint64
	cancel   context.CancelFunc
	timer    *time.Timer
}

// open shows a session: at once as far as it is known, then completely. The
// empty id shows none.
func (d *detail) open(id string) {
	if d.id == id {
		return
	}
	d.stop()
	d.id, d.session, d.complete, d.ahead, d.err, d.at = id, nil, false, 0, nil, time.Time{}
	if id == "" {
		return
	}
	if known, ok := d.store.Known(id); ok {
		d.session, d.at = &model.FullSession{Session: *known, QueuePosition: -1}, time.Now()
	}
	d.refresh()
}

// connect tells who asks; nil means that nobody is signed in, and nothing is
// asked.
func (d *detail) connect(m manager, role model.Role) {
	d.stop()
	d.manager, d.role = m, role
	d.refresh()
}

// show tells whether anybody can see it; while not, nothing is asked.
func (d *detail) show(visible bool) {
	if d.hidden == !visible {
		return
	}
	d.hidden = !visible
	if d.hidden {
		d.stopTimer()
		return
	}
	d.refresh()
}

// stop abandons the request under way; its answer will be dropped.
func (d *detail) stop() {
	d.stopTimer()
	d.request++
	d.loading, d.again = false, false
	if d.cancel != nil {
		d.cancel()
		d.cancel = nil
	}
}

func (d *detail) stopTimer() {
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
}

// noticed takes over the status that the event stream told of the session.
func (d *detail) noticed() {
	if known, ok := d.store.Known(d.id); ok && d.session != nil && known.Status != d.session.Status {
		next := *d.session
		next.Status, next.StatusInfo = known.Status, known.StatusInfo
		d.session = &next
	}
}

// renamed shows another name before the manager says it.
func (d *detail) renamed(id, name string) {
	if d.id == id && d.session != nil {
		next := *d.session
		next.Name = name
		d.session = &next
	}
}

// refresh asks now. A request under way is followed by another one.
func (d *detail) refresh() {
	if d.id == "" || d.manager == nil || d.hidden {
		return
	}
	if d.loading {
		d.again = true
		return
	}
	d.stopTimer()
	d.loading, d.again = true, false
	d.request++
	number, id, m, role := d.request, d.id, d.manager, d.role
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel = cancel
	d.loop.Async(func() {
		defer cancel()
		session, err := m.Show(ctx, id, role)
		ahead := 0
		if r, ok := why(session, 0, time.Now()); ok && r.Key == waitingUnsaid {
			ahead, _ = m.Ahead(ctx, session) // without it less is said, and nothing wrong
		}
		d.loop.Dispatch(func() {
			if number == d.request {
				d.ahead = ahead
			}
			d.answer(number, session, err)
		})
	})
}

// answer applies what came for a request; a late one is dropped.
func (d *detail) answer(number uint64, session *model.FullSession, err error) {
	if number != d.request {
		return
	}
	d.loading, d.cancel, d.err = false, nil, err
	if session != nil {
		d.session, d.complete, d.at = session, true, time.Now()
		row := session.Session
		d.store.Learn(&row)
	}
	if d.asked != nil {
		d.asked(err)
	}
	if d.again {
		d.refresh()
		return
	}
	if client.KindOf(err) == client.KindNotFound || (d.session != nil && d.session.Status.Ended() && err == nil) {
		return // nothing more will happen
	}
	d.timer = time.AfterFunc(d.wait(), func() {
		d.loop.Dispatch(func() {
			if number == d.request {
				d.refresh()
			}
		})
	})
}

// wait is the time until the next request: longer where the manager says that
// there were too many.
func (d *detail) wait() time.Duration {
	var e *client.Error
	if !errors.As(d.err, &e) || e.Kind != client.KindRateLimit {
		return refreshEvery
	}
	return max(2*refreshEvery, e.RetryAfter)
}

// heard asks because of an event, unless the manager wants to be left alone.
func (d *detail) heard() {
	if client.KindOf(d.err) != client.KindRateLimit {
		d.refresh()
	}
}

// missing reports whether there is no such session, for this person.
func (d *detail) missing() bool {
	return d.session == nil && client.KindOf(d.err) == client.KindNotFound
}
