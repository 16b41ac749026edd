package sessions

import (
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// followEvents shows what happens to a session at once, and asks for the list soon after something happened to a session,
// and once after a time in which nothing was heard. The list's own rhythm stays
// as it is.
func (v *View) followEvents(ctx app.Context) (stop func()) {
	if v.Live == nil {
		return func() {}
	}
	var soon *live.Soon
	soon = live.NewSoon(func(f func()) { ctx.Dispatch(func(app.Context) { f() }) }, func() {
		if v.list.refreshing {
			soon.Ask() // what is on its way may have been asked for before the event
			return
		}
		v.list.refreshJobData(false, true)
		v.askRoom(true)
	})
	leave := v.Live.Subscribe(func(c live.Change) {
		switch c.Kind {
		case live.Stepped:
			if known, ok := v.Live.Known(c.ID); ok {
				v.list.Patch(known)
				v.list.deselectEnded(known)
			}
			soon.Ask()
		case live.Reconnected:
			soon.Ask()
		}
		ctx.Dispatch(v.redraw)
	})
	return func() {
		leave()
		soon.Stop()
	}
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
