package logview

import (
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/ui"
)

// the parts of the page that are measured, by id.
const (
	scrollID = "logview-scroll"
	spaceID  = "logview-space"
	rowsID   = "logview-rows"
	rulerID  = "logview-ruler"
)

// Render draws tools, state, and the rows in sight.
func (v *View) Render() app.UI {
	t := v.Texts
	class := "logview"
	if v.plain {
		class += " plain"
	}
	return app.Section().Class(class).Aria("label", t.T("logview.title")).DataSet("state", v.stateName()).Body(
		v.tools(),
		v.searchTools(),
		v.state(),
		v.content(),
		app.P().Class("logview-facts", "muted", "num").Role("status").Text(v.facts()),
	)
}

// stateName says in the document how far it is, for who tests the page.
func (v *View) stateName() string {
	switch {
	case v.log.failure != nil:
		return "failed"
	case !v.log.loaded:
		return "loading"
	case v.busy:
		return "busy"
	}
	return "ready"
}

func (v *View) tools() app.UI {
	t := v.Texts
	return app.Div().Class("logview-tools").Body(
		app.If(len(v.Kernels) > 1, func() app.UI {
			return app.Select().Class("select").Name("kernel").Aria("label", t.T("logview.kernel")).OnChange(v.onKernel).
				Body(app.Range(v.Kernels).Slice(func(i int) app.UI {
					k := v.Kernels[i]
					option := app.Option().Value(k.ID).Text(k.Name)
					if k.ID == v.kernel || (v.kernel == "" && i == 0) {
						option = option.Selected(true)
					}
					return option
				}))
		}),
		ui.IconButton("refresh-cw", t.T("common.refresh")).DataSet("action", "refresh").OnClick(v.onRefresh),
		app.Label().Class("check").Body(
			app.Input().Type("checkbox").Name("auto").Checked(v.settings.refresh).Disabled(v.Ended).OnChange(v.onAuto),
			app.Span().Text(t.T("logview.auto")),
		),
		app.Select().Class("select").Name("interval").Aria("label", t.T("logview.interval")).Disabled(!v.settings.refresh || v.Ended).
			OnChange(v.onInterval).Body(app.Range(intervals()).Slice(func(i int) app.UI {
			seconds := intervals()[i]
			option := app.Option().Value(strconv.Itoa(seconds)).Text(t.T("logview.seconds", "count", t.Int(seconds)))
			if seconds == v.settings.interval {
				option = option.Selected(true)
			}
			return option
		})),
		app.Span().Class("grow"),
		ui.IconButton("arrow-down-to-line", t.T("logview.follow")).Aria("pressed", v.follow).DataSet("action", "follow").OnClick(v.onFollow),
		ui.IconButton("wrap-text", t.T("logview.wrap")).Aria("pressed", v.settings.wrap).DataSet("action", "wrap").OnClick(v.onWrap),
		ui.IconButton("palette", t.T("logview.colors")).Aria("pressed", !v.plain).DataSet("action", "colors").OnClick(v.onPlain),
		ui.IconButton("pilcrow", t.T("logview.raw")).Aria("pressed", v.raw).DataSet("action", "raw").OnClick(v.onRaw),
		ui.Button("download", t.T("logview.download")).DataSet("action", "download").
			Disabled(v.log.text == nil || v.log.text.size == 0).OnClick(v.onDownload),
	)
}

func (v *View) searchTools() app.UI {
	t := v.Texts
	count, none := "", len(v.finder.hits) == 0
	if v.query != "" {
		of := t.Int(len(v.finder.hits))
		if v.busy || len(v.finder.hits) == maxHits {
			of += "+"
		}
		at := 0
		if !none {
			at = v.hit + 1
		}
		count = t.T("logview.found", "at", t.Int(at), "of", of)
	}
	return app.Div().Class("logview-search").Role("search").Aria("label", t.T("logview.search")).OnKeyDown(v.onSearchKey).Body(
		&ui.Input{ID: "logview-query", Name: "search", Type: "search", Value: v.query, Label: t.T("logview.search"),
			Placeholder: t.T("logview.search"), Action: actionQuery},
		ui.IconButton("arrow-up", t.T("logview.previous")).DataSet("action", "previous").Disabled(none).OnClick(v.onPrevious),
		ui.IconButton("arrow-down", t.T("logview.next")).DataSet("action", "next").Disabled(none).OnClick(v.onNext),
		app.Span().Class("muted", "num").Role("status").Text(count),
	)
}

// state says what went wrong. What was read before stays.
func (v *View) state() app.UI {
	t, failure := v.Texts, v.log.failure
	if failure == nil {
		return app.Div().Class("logview-state")
	}
	reason, detail := t.T("error."+client.KindOf(failure).String()), facts.FailureText(t, failure)
	if detail == reason {
		detail = t.T("error." + client.KindOf(failure).String() + ".do")
	}
	title := t.T("logview.failed", "reason", reason)
	if v.log.loaded {
		title = t.T("logview.stale", "time", t.DateTime(v.log.at.In(time.Local)), "reason", reason)
	}
	return app.Div().Class("logview-state").Body(ui.Notice(ui.Danger, title, detail,
		ui.Button("refresh-cw", t.T("app.retry")).DataSet("action", "retry").OnClick(v.onRefresh, app.EventScope("retry"))))
}

// facts are how much there is, and from when.
func (v *View) facts() string {
	if !v.log.loaded {
		return ""
	}
	t := v.Texts
	return t.T("logview.facts", "lines", t.Int(v.log.text.lines()), "bytes", t.Int(int(v.log.text.size)),
		"time", t.DateTime(v.log.at.In(time.Local)))
}

func (v *View) content() app.UI {
	t := v.Texts
	ruler := app.Div().ID(rulerID).Class("logview-row", "logview-ruler").Aria("hidden", true).Text("0000000000")
	scroll := app.Div().ID(scrollID).Class("logview-scroll").TabIndex(0).Role("region").Aria("label", t.T("logview.lines"))
	switch {
	case !v.log.loaded && v.log.failure == nil:
		return scroll.Aria("busy", true).Body(ruler, app.P().Class("muted", "logview-none").Text(t.T("logview.loading")))
	case !v.log.loaded:
		return scroll.Body(ruler, app.P().Class("muted", "logview-none").Text(t.T("logview.unknown")))
	case v.log.text.size == 0:
		return scroll.Body(ruler, app.P().Class("muted", "logview-none").Text(t.T("logview.empty")))
	}
	span := v.window().Span(v.position)
	return scroll.Body(ruler, app.Div().ID(spaceID).Class("logview-space").Body(
		app.Div().ID(rowsID).Class("logview-rows").Body(v.drawRows(span)...),
	))
}

// drawRows draws the rows in sight.
func (v *View) drawRows(span ui.WindowSpan) []app.UI {
	var out []app.UI
	current := -1
	if v.query != "" && len(v.finder.hits) > 0 {
		current = v.finder.hits[min(v.hit, len(v.finder.hits)-1)]
	}
	line, shown := -1, drawn{}
	var found []stretch
	for number := span.First; number < span.Last; number++ {
		at, part := v.rows.locate(number)
		if at >= v.log.text.lines() {
			break
		}
		if at != line {
			line, shown = at, draw(v.log.text, at, v.raw)
			found = v.matchesOf(shown, at, current)
		}
		out = append(out, v.row(line, part, shown, found))
		v.widest = max(v.widest, len(shown.cells)+gutter(v.log.text.lines()))
	}
	return out
}

// matchesOf are the matches in a line, the current one marked.
func (v *View) matchesOf(shown drawn, line, current int) []stretch {
	found := matches(shown.cells, v.finder.query)
	if line != current {
		return found
	}
	nth := 0
	for i := v.hit; i > 0 && v.finder.hits[i-1] == line; i-- {
		nth++
	}
	if nth < len(found) {
		found[nth].kind = 2
	}
	return found
}

// row draws one row.
func (v *View) row(line, part int, shown drawn, found []stretch) app.UI {
	t := v.Texts
	class := "logview-row"
	if line >= v.log.fresh {
		class += " fresh"
	}
	number := ""
	if part == 0 {
		number = strconv.Itoa(line + 1)
	}
	from, to := v.rows.part(shown.cells, part)
	shifted := make([]stretch, len(found))
	for i, m := range found {
		shifted[i] = stretch{m.from - from, m.to - from, m.kind}
	}
	body := []app.UI{app.Span().Class("logview-number").DataSet("n", number)}
	for _, s := range spans(shown.cells[from:to], shifted) {
		body = append(body, drawSpan(s))
	}
	if shown.hidden > 0 && to == len(shown.cells) {
		body = append(body, app.Span().Class("logview-cut").Text(t.T("logview.hidden", "bytes", t.Int(int(shown.hidden)))))
	}
	if shown.over && part == 0 {
		body = append(body, app.Span().Class("logview-over").Title(t.T("logview.over")).Text("↺"))
	}
	return app.Div().Class(class).DataSet("line", line+1).Body(body...)
}

func drawSpan(s span) app.UI {
	class := s.style.class()
	colorRules(s.style)
	switch s.match {
	case 1, 2:
		mark := app.Mark().Text(s.text)
		if s.match == 2 {
			mark = mark.Class("current")
		}
		return mark
	}
	if class == "" {
		return app.Span().Text(s.text)
	}
	return app.Span().Class(class).Text(s.text)
}
