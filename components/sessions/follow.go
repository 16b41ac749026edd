package sessions

import (
	"slices"
	"strings"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// followEvents shows what happens to a session at once, and asks for the list soon
// after what an event alone does not tell, and once after a time in which nothing
// was heard.
func (v *View) followEvents(ctx app.Context) (stop func()) {
	if v.Live == nil {
		return func() {}
	}
	deaf := false // something may have happened that was not told
	soon := live.NewSoon(live.Pace{}, func(f func()) { ctx.Dispatch(func(app.Context) { f() }) }, func() {
		if deaf && v.list.failure != nil && client.KindOf(v.list.failure.Err) != client.KindRateLimit {
			v.list.refreshJobData(false, true) // the manager is there again
		} else {
			v.list.RefreshEarly()
		}
		deaf = false
		v.askRoom(true)
	})
	leave := v.Live.Subscribe(func(c live.Change) {
		soon.Pace = live.Pace{Burst: eventBurst, Every: v.list.wait(nil)}
		switch c.Kind {
		case live.Stepped:
			told := v.list.tells(c)
			if known, ok := v.Live.Known(c.ID); ok {
				v.list.Patch(known)
				v.list.deselectEnded(known)
			}
			switch {
			case told:
			case v.Account != nil && c.Event.AccessKey == v.Account.AccessKey:
				soon.Ask()
			default:
				soon.AskUnhurried()
			}
		case live.Reconnected:
			deaf = true
			soon.Ask()
		}
		ctx.Dispatch(v.redraw)
	})
	return func() {
		leave()
		soon.Stop()
	}
}

// eventBurst is how often in a row the list is asked for because of events of the
// person's own sessions: starting and ending one takes three. Those of others
// take nothing of it.
const eventBurst = 6

// tells reports whether an event says all there is to show, so that nothing is to
// be asked: the status of a session that stays where it is.
func (l *List) tells(c live.Change) bool {
	e := c.Event
	status := e.Status()
	statuses := statusesFor(l.query.Tab, l.asker.Manager)
	switch {
	case e.OfKernel() || e.Result() != "":
		return true
	case l.find(c.ID) != nil:
		// A session that runs shows what it got; one that is over leaves. What an
		// unknown event means only the manager can say.
		return status != "" && status != model.StatusRunning && slices.Contains(statuses, status)
	case !l.mayMatch(e):
		return true
	case slices.Contains(statuses, status):
		return l.query.Tab.running() && status != model.StatusPending && status != model.StatusRunning
	}
	return !status.Ended() || l.total <= len(l.rows) // it was not in the list
}

// mayMatch reports whether a session may be among those that the person wants to
// see, as far as an event says.
func (l *List) mayMatch(e client.SessionEvent) bool {
	q := l.query
	return (q.AccessKey == "" || e.AccessKey == "" || e.AccessKey == q.AccessKey) &&
		(q.Filter == "" || e.Session == "" || strings.Contains(strings.ToLower(e.Session), strings.ToLower(q.Filter)))
}

// sending are the sessions that were asked for and are in no list yet, above the
// rows.
func (v *View) sending(look layout) app.UI {
	body := app.TBody().Class("sending")
	if v.Live == nil || !v.list.loaded || !v.list.query.Tab.running() {
		return body
	}
	var rows []app.UI
	for _, p := range v.Live.Sending() {
		columns := look.columns()
		cells := make([]app.UI, len(columns))
		for i, c := range columns {
			td := app.Td().Class("c-" + string(c))
			switch c {
			case colName:
				td = td.Body(app.Span().Class("strong clip").Text(p.Session.Name), app.Span().Class("facts"))
			case colStatus:
				td = td.Body(ui.Tag(ui.TagProps{Tone: "busy", Icon: "loader", Spin: true, Text: v.Texts.T("sessions.sending")}))
			default:
				td = none(td)
			}
			cells[i] = td
		}
		rows = append(rows, app.Tr().Class("row").DataSet("sending", p.Key).Body(cells...))
	}
	return body.Body(rows...)
}
