package launcher

import (
	"net/url"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// listPath is the address of the session list in a project.
func listPath(project string) string {
	if project == "" {
		return "/sessions"
	}
	return "/sessions?" + url.Values{"project": {project}}.Encode()
}

// inputID is the id of the element of an input.
func inputID(input string) string { return "launcher-" + input }

// focus moves the focus to an element, if it is there.
func focus(id string) {
	if element := app.Window().GetElementByID(id); element.Truthy() {
		element.Call("focus")
	}
}

// focusStep moves the focus to the heading of the step that is shown, and the
// page to its top.
func focusStep() {
	focus("launcher-step")
	app.Window().Call("scrollTo", 0, 0)
}

// focusFirstProblem moves the focus to the first card with something wrong.
func focusFirstProblem() {
	card := app.Window().Get("document").Call("querySelector", ".review-card.wrong a")
	if card.Truthy() {
		card.Call("focus")
	}
}
