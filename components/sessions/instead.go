package sessions

import (
	"strings"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// instead says, where no row is, why there is none and what to do next. A
// failure is never told as an empty list.
func (v *View) instead() app.UI {
	l := v.list
	switch {
	case len(l.rows) > 0:
		return nil
	case l.failure != nil:
		return app.Div().Class("empty failed").Role("alert").DataSet("list-error", client.KindOf(l.failure.Err).String()).Body(
			ui.Icon("circle-alert"),
			app.H2().Text(v.failureText(l.failure)),
			app.P().Text(v.Texts.T("sessions.failed.first")+" "+v.doText(l.failure)+" "+v.retryText(l.failure)),
			v.retryButton(),
		)
	case !l.loaded:
		return nil
	}
	key := "sessions.empty." + string(l.query.Tab)
	if l.query.narrowed() {
		return emptyState("search", v.Texts.T("sessions.empty.filtered"), v.Texts.T("sessions.empty.filtered_next"),
			ui.Button("x", v.Texts.T("sessions.clear_filter")).DataSet("action", "clear-filter").OnClick(v.onClearFilter))
	}
	next := "sessions.empty.next_user"
	if v.Account != nil && v.Account.Role.IsAdmin() {
		next = "sessions.empty.next_admin"
	}
	if !l.query.Tab.running() {
		next = "sessions.empty.next_other"
	}
	return emptyState("inbox", v.Texts.T(key), v.Texts.T(next, "project", v.Project.Name), v.startLink())
}

func emptyState(icon, title, next string, controls ...app.UI) app.UI {
	return app.Div().Class("empty").Body(append([]app.UI{
		ui.Icon(icon), app.H2().Text(title), app.P().Text(next),
	}, controls...)...)
}

// banner says what happened at the last refresh, and keeps clear of the rows:
// it floats at the lower edge, so that nothing moves.
func (v *View) banner() app.UI {
	l := v.list
	if l.failure == nil || len(l.rows) == 0 {
		return nil
	}
	text := v.Texts.T("sessions.failed.again", "time", v.Texts.Clock(l.updated.Local())) +
		" " + v.doText(l.failure) + " " + v.retryText(l.failure)
	return app.Div().Class("banner").Body(
		ui.Notice(ui.Danger, v.failureText(l.failure), text, v.retryButton()).
			DataSet("list-error", client.KindOf(l.failure.Err).String()),
	)
}

// failureText names what happened, doText says what the person can do about it.
func (v *View) failureText(f *Failure) string {
	return v.Texts.T("error." + client.KindOf(f.Err).String())
}

func (v *View) doText(f *Failure) string {
	kind := client.KindOf(f.Err)
	if kind == client.KindRateLimit {
		return v.Texts.T("sessions.failed.slower")
	}
	return strings.TrimSpace(facts.ClockText(v.Texts, f.Err) + " " + v.Texts.T("error."+kind.String()+".do"))
}

func (v *View) retryText(f *Failure) string {
	if f.Retry.IsZero() {
		return ""
	}
	return v.Texts.T("sessions.failed.retry", "time", v.Texts.Clock(f.Retry.Local()))
}

func (v *View) retryButton() app.UI {
	return ui.Button("refresh-cw", v.Texts.T("sessions.retry")).DataSet("action", "retry").OnClick(v.onRefresh)
}
