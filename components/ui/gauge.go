package ui

import (
	"math"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// GaugeProps describe a bar that shows use against a limit.
type GaugeProps struct {
	Label string  // short, before the bar
	Ratio float64 // 0…1
	Text  string  // the figure beside the bar
	// Title is the whole sentence, for the pointer and for assistive technology.
	Title string
	// Unlimited draws no bar: there is no limit to compare with.
	Unlimited bool
}

// The shares of a limit from which on a bar says that it is nearly used up.
const (
	gaugeHigh = 0.8
	gaugeFull = 0.95
)

// Gauge draws label, bar and figure in one line. The bar is drawn as a picture,
// whose width needs no style attribute; what it says is said by the role meter
// around all three.
func Gauge(p GaugeProps) app.UI {
	ratio := min(max(p.Ratio, 0), 1)
	class := "gauge"
	var bar app.UI
	switch {
	case p.Unlimited:
		bar = app.Span().Class("gauge-none")
	case ratio >= gaugeFull:
		class += " full"
	case ratio >= gaugeHigh:
		class += " high"
	}
	if bar == nil {
		bar = app.Elem("svg").XMLNS(svgNamespace).Class("bar").
			Attr("viewBox", "0 0 100 1").Attr("preserveAspectRatio", "none").Attr("aria-hidden", "true").
			Body(app.Elem("rect").XMLNS(svgNamespace).Attr("height", "1").
				Attr("width", strconv.FormatFloat(ratio*100, 'f', 1, 64)))
	}
	gauge := app.Span().Class(class).Title(p.Title).Body(
		app.Span().Class("gauge-label").Text(p.Label),
		bar,
		app.Span().Class("gauge-text").Text(p.Text),
	)
	if p.Unlimited {
		return gauge
	}
	return gauge.Role("meter").Aria("label", p.Title).
		Aria("valuemin", 0).Aria("valuemax", 100).Aria("valuenow", int(math.Round(ratio*100)))
}
