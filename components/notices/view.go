package notices

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

// Render draws the button and the list, which the browser shows over the page.
func (b *Bell) Render() app.UI {
	t := b.Texts
	unread := b.center.Unread()
	label := t.T("notices.bell")
	if unread > 0 {
		label = t.T("notices.unread", "count", countText(t.Int(unread), unread))
	}
	return app.Div().Class("bell").Body(
		app.Button().Type("button").Class("btn", "quiet", "only", "bell-button").
			Attr("popovertarget", panelID).
			Aria("label", label).Title(label).
			DataSet("unread", unread).
			Body(
				ui.Icon("bell"),
				app.If(unread > 0, func() app.UI {
					return app.Span().Class("bell-count").Aria("hidden", true).Text(countText(t.Int(unread), unread))
				}),
			),
		app.Section().ID(panelID).Class("popover", "notices").Attr("popover", "auto").
			Aria("labelledby", panelID+"-title").
			On("toggle", b.onToggle).
			Body(b.head(), b.list(), b.foot()),
	)
}

// countText is the figure at the bell, which has room for two digits.
func countText(text string, count int) string {
	if count > 99 {
		return "99+"
	}
	return text
}

func (b *Bell) head() app.UI {
	t := b.Texts
	return app.Div().Class("notices-head").Body(
		app.H2().ID(panelID+"-title").Text(t.T("notices.title")),
		app.If(len(b.center.Items()) > 0, func() app.UI {
			return ui.Button("", t.T("notices.clear")).Class("quiet").DataSet("action", "clear-notices").OnClick(b.onClear)
		}),
		ui.IconButton("x", t.T("common.close")).OnClick(b.onClose),
	)
}

func (b *Bell) list() app.UI {
	t, items := b.Texts, b.center.Items()
	if len(items) == 0 {
		return app.Div().Class("notices-none").Body(
			app.P().Text(t.T("notices.none")),
			app.P().Class("muted").Text(t.T("notices.none.do")),
		)
	}
	current := time.Now()
	return app.Ul().Class("notices-list").TabIndex(0).Aria("labelledby", panelID+"-title").Body(
		app.Range(items).Slice(func(i int) app.UI {
			return &entry{Texts: t, Item: items[i], When: when(t, current, items[i].At.Local())}
		}),
	)
}

// when is the time of an item: of the day, if it is of today.
func when(t *i18n.Texts, now, at time.Time) string {
	if now.Format(time.DateOnly) == at.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return t.ShortTime(now, at)
}

// foot holds the switch for the desktop, and what screen readers are told while
// the list is open.
func (b *Bell) foot() app.UI {
	t := b.Texts
	permission := desktopPermission()
	return app.Div().Class("notices-foot").Body(
		app.If(permission != permissionMissing, func() app.UI {
			hint := "notices.desktop.hint"
			if permission == permissionDenied {
				hint = "notices.desktop.denied"
			}
			return app.Label().Class("notices-desktop").Body(
				app.Input().Type("checkbox").ID("notices-desktop").
					Checked(b.wanted).Disabled(permission == permissionDenied).
					Aria("describedby", "notices-desktop-hint").
					OnChange(b.onDesktop),
				app.Span().Body(
					app.Span().Text(t.T("notices.desktop")),
					app.Span().ID("notices-desktop-hint").Class("muted").Text(t.T(hint)),
				),
			)
		}),
		app.Div().Class("unseen").Role("status").Aria("live", "polite").Text(b.said),
	)
}

// onToggle follows the browser, which opens and closes the list. What was seen
// is read once the list is closed, so that it can be told from the rest while it
// is open.
func (b *Bell) onToggle(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	open := e.Get("newState").String() == "open"
	if open == b.opened {
		return
	}
	b.opened, b.said = open, ""
	if open {
		ui.HideToasts(ctx, toastsFrom)
		return
	}
	b.center.ReadAll()
	b.keeping.Ask()
}

func (b *Bell) onClear(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	b.center.Clear()
	b.keeping.Ask()
	focusHead()
}

func (b *Bell) onClose(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	closePanel(panelID)
}
