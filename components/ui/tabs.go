package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// TabLink is one tab: a link, so that each can be opened in a tab of its own,
// copied, and reached with back and forward.
type TabLink struct {
	ID      string // for data-tab
	Text    string
	URL     string
	Current bool
	// Apart puts a line before the tab: those from here on divide the same
	// things in another way.
	Apart bool
}

// Tabs is a row of links of which one is current. label says what they switch.
func Tabs(label string, links []TabLink) app.UI {
	items := make([]app.UI, len(links))
	for i, link := range links {
		a := app.A().Class("tab").Href(link.URL).DataSet("tab", link.ID).Text(link.Text)
		if link.Current {
			a = a.Aria("current", "page")
		}
		item := app.Li().Body(a)
		if link.Apart {
			item = item.Class("apart")
		}
		items[i] = item
	}
	return app.Nav().Class("tabs").Aria("label", label).Body(app.Ul().Body(items...))
}
