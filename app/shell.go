package app

import (
	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Shell is the root component of every route.
type Shell struct {
	goapp.Compo

	// Path is the route's path; "" where no route has the path of the URL.
	Path string
	// Initial is what the document was prerendered with.
	Initial Variant
}

// Render draws the frame.
func (s *Shell) Render() goapp.UI {
	return goapp.Div().Class("app")
}
