package ui

import "github.com/maxence-charriere/go-app/v10/pkg/app"

const svgNamespace = "http://www.w3.org/2000/svg"

// IconPrefix begins the id of every symbol of the sprite in a page, so that an
// icon's name cannot collide with the id of an element.
const IconPrefix = "i-"

// Icon draws an icon of the sprite, which every page carries in itself, by its
// lucide name ("log-out"); web/static/icons.txt lists those there are. It is
// hidden from assistive technology: what it stands for must be said beside it or
// in the label of the control it is in.
func Icon(name string) app.UI {
	return app.Elem("svg").XMLNS(svgNamespace).
		Class("icon").
		Aria("hidden", true).
		Attr("focusable", "false").
		Body(app.Elem("use").XMLNS(svgNamespace).Attr("href", "#"+IconPrefix+name))
}
