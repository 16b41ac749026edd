package ui

import (
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

// Gauge draws label, bar and figure in one line. The bar is a native meter,
// whose width needs no style attribute.
func Gauge(p GaugeProps) app.UI {
	class := "gauge"
	switch {
	case p.Unlimited:
	case p.Ratio >= gaugeFull:
		class += " full"
	case p.Ratio >= gaugeHigh:
		class += " high"
	}
	var bar app.UI
	if p.Unlimited {
		bar = app.Span().Class("gauge-none")
	} else {
		bar = app.Elem("meter").
			Attr("min", "0").Attr("max", "1").
			Attr("value", strconv.FormatFloat(min(max(p.Ratio, 0), 1), 'f', 3, 64)).
			Aria("label", p.Title)
	}
	return app.Span().Class(class).Title(p.Title).Body(
		app.Span().Class("gauge-label").Text(p.Label),
		bar,
		app.Span().Class("gauge-text").Text(p.Text),
	)
}
