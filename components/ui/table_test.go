package ui

import (
	"regexp"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
)

// markup is an element's markup on one line. go-app prints attributes in any
// order, and true without a value.
func markup(v app.UI) string {
	text := regexp.MustCompile(`\s*\n\s*`).ReplaceAllString(app.HTMLString(v), "")
	return regexp.MustCompile(` (aria-[a-z]+)([ >])`).ReplaceAllString(text, ` $1="true"$2`)
}

func TestTableHead(t *testing.T) {
	head := func(c Column) string { return markup(TableHead([]Column{c}, func(app.Context, app.Event) {})) }

	plain := head(Column{ID: "usage", Text: "Usage"})
	assert.Contains(t, plain, `data-col="usage"`)
	assert.Contains(t, plain, `scope="col"`)
	assert.NotContains(t, plain, "<button", "a column that cannot be sorted has nothing to press")
	assert.NotContains(t, plain, "aria-sort")

	sortable := head(Column{ID: "name", Text: "Name", Sort: "name"})
	assert.Contains(t, sortable, `data-sort="name"`)
	assert.NotContains(t, sortable, "aria-sort")

	assert.Contains(t, head(Column{ID: "name", Sort: "name", Sorted: "ascending"}), `aria-sort="ascending"`)
	descending := head(Column{ID: "name", Sort: "name", Sorted: "descending"})
	assert.Contains(t, descending, `aria-sort="descending"`)
	assert.Contains(t, descending, "#i-arrow-down")

	assert.Contains(t, head(Column{ID: "control", Text: "Control", Hidden: true}), `<span class="unseen">Control</span>`)
	assert.Contains(t, head(Column{ID: "index", Text: "#", Numeric: true}), `c-index num`)
	assert.Contains(t, head(Column{ID: "select", Content: app.Input()}), "<input>")
	assert.Contains(t, markup(TableColumns([]Column{{ID: "a"}, {ID: "b"}})), `<col class="c-a"><col class="c-b">`)
}

func TestGauge(t *testing.T) {
	half := markup(Gauge(GaugeProps{Label: "CPU", Ratio: 0.5, Text: "50%", Title: "CPU: 1 of 2"}))
	assert.Contains(t, half, `role="meter"`)
	assert.Contains(t, half, `aria-valuenow="50"`)
	assert.Contains(t, half, `aria-label="CPU: 1 of 2"`)
	assert.Contains(t, half, `width="50.0"`)
	assert.NotContains(t, half, "style=", "the page's policy allows no style attribute")

	assert.Contains(t, markup(Gauge(GaugeProps{Ratio: 0.8})), `class="gauge high"`)
	assert.Contains(t, markup(Gauge(GaugeProps{Ratio: 0.95})), `class="gauge full"`)
	over := markup(Gauge(GaugeProps{Ratio: 7}))
	assert.Contains(t, over, `width="100.0"`)
	assert.Contains(t, over, `aria-valuenow="100"`)

	none := markup(Gauge(GaugeProps{Label: "RAM", Text: "1 GiB", Unlimited: true}))
	assert.NotContains(t, none, "meter", "nothing to compare with")
	assert.Contains(t, none, "1 GiB")
}

func TestTabs(t *testing.T) {
	html := markup(Tabs("Which", []TabLink{
		{ID: "a", Text: "A", URL: "/a", Current: true},
		{ID: "b", Text: "B", URL: "/b", Apart: true},
	}))
	assert.Contains(t, html, `<nav`)
	assert.Contains(t, html, `aria-label="Which"`)
	assert.Len(t, regexp.MustCompile(`aria-current="page"`).FindAllString(html, -1), 1)
	assert.Contains(t, html, `href="/b"`)
	assert.Contains(t, html, `<li class="apart">`)
}

func TestTag(t *testing.T) {
	plain := markup(Tag(TagProps{Text: "Plain"}))
	assert.Contains(t, plain, `<span class="tag">`)
	assert.Contains(t, plain, `>Plain</span></span>`)
	busy := markup(Tag(TagProps{Tone: "busy", Icon: "loader", Spin: true, Text: "Preparing"}))
	assert.Contains(t, busy, `class="tag busy spin"`)
	assert.Contains(t, busy, "#i-loader")
	assert.Contains(t, markup(Chip("bad", "x")), `class="chip bad"`)
	assert.Contains(t, markup(Chip("", "x")), `class="chip"`)
	assert.Contains(t, markup(Chip("", "cut off")), `title="cut off"`, "the whole text shows on hover")
}
