package sessions

import (
	"github.com/baiui/baiui/components/live"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// followEvents asks for the list soon after something happened to a session,
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
	})
	leave := v.Live.Subscribe(func(c live.Change) {
		if c.Kind == live.Stepped || c.Kind == live.Reconnected {
			soon.Ask()
		}
	})
	return func() {
		leave()
		soon.Stop()
	}
}
