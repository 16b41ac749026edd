package sessions

import (
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/session"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// bulk is the bar of what can be done with the selected sessions. It floats at
// the lower edge, so that it is there wherever the list stands, and nothing moves
// when it comes.
func (v *View) bulk() app.UI {
	l, t := v.list, v.Texts
	n := l.SelectedCount()
	if v.job != nil {
		return v.jobBar()
	}
	if n == 0 {
		return nil
	}
	copyKey, icon := "sessions.copy_selected", "copy"
	if v.copied == copiedSelection {
		copyKey, icon = "sessions.copied", "check"
	}
	return app.Div().Class("bulk").Role("toolbar").Aria("label", t.T("sessions.bulk")).Body(
		app.Span().Class("bulk-count num").Text(t.N("sessions.selected", n)),
		app.If(!l.everything() && l.total > n && l.SelectedLoaded() == len(l.rows), func() app.UI {
			return ui.Button("", t.N("sessions.select_all", l.total)).Class("quiet").DataSet("action", "select-all").OnClick(v.onSelectAll)
		}),
		ui.Button("trash-2", t.T("sessions.terminate")).Class("danger").
			DataSet("action", "terminate").OnClick(v.onBulk),
		ui.Button("octagon-x", t.T("sessions.force_terminate")).Class("quiet").
			DataSet("action", "force-terminate").OnClick(v.onBulk),
		ui.Button(icon, t.T(copyKey)).Class("quiet").DataSet("action", "copy-selected").OnClick(v.onCopySelected),
		app.If(n == 1, func() app.UI {
			return ui.Button("repeat", t.T("session.again")).Class("quiet").DataSet("action", "again").OnClick(v.onBulk)
		}),
		app.If(n == 1, func() app.UI {
			return ui.Button("square-terminal", t.T("sessions.copy_command")).Class("quiet").DataSet("action", "copy-command").OnClick(v.onBulk)
		}),
		app.If(v.isAdmin(), func() app.UI {
			return ui.Button("download", t.T("sessions.csv")).Class("quiet").DataSet("action", "csv-selected").OnClick(v.onCSVSelected)
		}),
		ui.Button("x", t.T("sessions.clear_selection")).Class("quiet").DataSet("action", "clear-selection").OnClick(v.onClearSelection),
	)
}

// jobBar shows the progress of what takes longer.
func (v *View) jobBar() app.UI {
	j, t := v.job, v.Texts
	return app.Div().Class("bulk").Role("group").Aria("label", t.T("sessions.bulk")).Body(
		app.Span().Class("num").Text(t.T(j.key, "done", t.Int(j.done), "total", t.Int(j.total))),
		app.Progress().Max(max(j.total, 1)).Value(j.done).Aria("label", t.T("sessions.bulk")),
		ui.Button("x", t.T("sessions.cancel")).DataSet("action", "cancel-job").OnClick(v.onCancelJob),
	)
}

func (v *View) isAdmin() bool { return v.Account != nil && v.Account.Role.IsAdmin() }

// onBulk posts the command that the button stands for.
func (v *View) onBulk(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	verb := session.Verb(dataOf(ctx.JSSrc(), "action"))
	v.withSelection(ctx, func(ctx app.Context, targets []*model.Session) {
		ctx.NewActionWithValue(session.ActionCommand, session.Command{Verb: verb, Targets: targets})
	})
}

// withSelection calls f with the selected sessions, after asking for those of
// which only the query is known.
func (v *View) withSelection(ctx app.Context, f func(app.Context, []*model.Session)) {
	l := v.list
	sessions, complete := l.SelectedSessions()
	if complete {
		f(ctx, sessions)
		return
	}
	known := map[string]bool{}
	for _, s := range sessions {
		known[s.ID] = true
	}
	request := l.requestFor(*l.all)
	request.Fields = targetFields(l.asker)
	except := l.except
	all := collect{source: l.asker.Source, request: request, each: func(items []*model.Session) {
		for _, s := range items {
			if !known[s.ID] && !except[s.ID] {
				known[s.ID] = true
				sessions = append(sessions, s)
			}
		}
	}}
	v.run("sessions.gathering", all, func(ctx app.Context) { f(ctx, sessions) })
}

// targetFields are what the commands look at.
func targetFields(a Asker) []string {
	fields := []string{"id", "name", "status", "type"}
	if a.Role.IsAdmin() {
		fields = append(fields, "access_key", "user_email")
	}
	if a.Role.IsSuperadmin() {
		fields = append(fields, "containers {container_id agent}")
	}
	return fields
}

func (v *View) onCopySelected(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.copySelected(ctx)
}

func (v *View) copySelected(ctx app.Context) {
	v.withSelection(ctx, func(ctx app.Context, targets []*model.Session) {
		ids := make([]string, len(targets))
		for i, s := range targets {
			ids[i] = s.ID
		}
		v.copy(ctx, strings.Join(ids, "\n"), copiedSelection)
	})
}

func (v *View) onSelectAll(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.list.SelectAll()
	v.tellSelection(ctx)
}

func (v *View) onClearSelection(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.list.ClearSelection()
	v.tellSelection(ctx)
}

func (v *View) onCancelJob(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	if v.job != nil {
		v.job.cancel()
		v.job = nil
	}
}
