package session

import (
	"cmp"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/ui"
)

// commitBody asks for the name of an image, and then shows how far it is.
func (h *Host) commitBody() []app.UI {
	t, a := h.Texts, &h.ask
	s := a.target()
	if s == nil {
		return nil
	}
	env := facts.Derive(s, facts.Options{}).Environment
	about := app.Dl().Class("items").Body(slices.Concat(
		item(t.T("session.commit.session"), app.Text(facts.OrDash(s.Name))),
		item(t.T("session.item.id"), app.Span().Class("mono").Text(idOf(s))),
		item(t.T("session.item.environment"), app.Text(strings.TrimSpace(env.Name+" "+env.Version))),
	)...)
	c := a.commitOf()
	if c != nil && !c.failed() {
		return []app.UI{about, h.commitState(c)}
	}
	return []app.UI{
		about,
		h.field(t.T("session.commit.name"), t.T("session.commit.rule")),
		app.P().Class("hint").Text(t.T("session.commit.not_included")),
		h.commitLimit(),
		message("session-dialog-error", app.If(a.err != nil || c != nil, func() app.UI { return h.commitFailure(c) })),
	}
}

// commitLimit is how many images there may be. Its line is there before the
// answer, or the buttons would move away under a pointer that is on its way.
func (h *Host) commitLimit() app.UI {
	t, limit, text := h.Texts, h.ask.limit, "\u00a0"
	if limit.Known && limit.Max >= 0 {
		text = t.T("session.commit.limit", "have", limit.Have, "max", limit.Max)
		if limit.reached() {
			return ui.Notice(ui.Warning, text, t.T("session.commit.limit.do"))
		}
	}
	return app.P().Class("hint num").Text(text)
}

// commitFailure says why there is no image.
func (h *Host) commitFailure(c *commit) app.UI {
	t, err := h.Texts, h.ask.err
	title, text := t.T("session.commit.failed", "name", h.ask.text), ""
	if c != nil {
		title = t.T("session.commit.failed", "name", c.Name)
		text, err = c.Event.Message, cmp.Or(err, c.Err)
	}
	if client.KindOf(err) == client.KindQuota || strings.Contains(strings.ToLower(text), "quota") {
		title, text = t.T("session.commit.quota"), t.T("session.commit.limit.do")
	} else if err != nil {
		text = errorText(t, err)
	}
	return ui.Notice(ui.Danger, title, text)
}

// commitState is how far the image is, and what came of it.
func (h *Host) commitState(c *commit) app.UI {
	t := h.Texts
	if !c.over() {
		progress := app.Progress().ID("session-commit-progress").Aria("label", t.T("session.commit.progress"))
		if c.Event.Total > 0 {
			progress = progress.Max(c.Event.Total).Value(c.Event.Current)
		}
		return app.Div().Class("commit-state").Role("status").Body(
			app.P().Text(t.T("session.commit.running", "name", c.Name)),
			progress,
			app.P().Class("muted").Text(c.Event.Message),
			app.P().Class("hint").Text(t.T("session.commit.background")),
		)
	}
	return app.Div().Class("commit-state").Role("status").Body(
		ui.Notice(ui.Success, t.T("session.commit.done", "name", c.Name), t.T("session.commit.use")),
		app.If(c.Image != nil, func() app.UI {
			return app.Div().Class("image-name").Body(
				app.Code().Class("mono").Text(c.Image.Name),
				h.copyButton(c.Image.Name, "session.copy_image"))
		}),
	)
}
