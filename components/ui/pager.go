package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// PagerProps describe where in a paged list one is. Texts are complete; an empty
// address means that there is no such page.
type PagerProps struct {
	Label string // what the pager pages
	Range string // "1–50 of 120"
	Prev  string
	Next  string
	// PrevText and NextText name the two links.
	PrevText, NextText string
}

// Pager shows the range and links to the previous and next page.
func Pager(p PagerProps) app.UI {
	return app.Nav().Class("pager").Aria("label", p.Label).Body(
		app.Span().Class("pager-range num").Text(p.Range),
		pagerLink("prev", "chevron-left", p.PrevText, p.Prev),
		pagerLink("next", "chevron-right", p.NextText, p.Next),
	)
}

// pagerLink is a link that without an address is there but leads nowhere, so
// that nothing moves.
func pagerLink(id, icon, text, url string) app.UI {
	a := app.A().Class("btn only").DataSet("page", id).Aria("label", text).Title(text).Body(Icon(icon))
	if url == "" {
		return a.Attr("role", "link").Aria("disabled", true)
	}
	return a.Href(url)
}
