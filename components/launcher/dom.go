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

// replace goes to an address in the place of the one that is shown, so that going
// back does not lead there again.
func replace(ctx app.Context, address string) {
	next, err := ctx.Page().URL().Parse(address)
	if err != nil {
		ctx.Navigate(address)
		return
	}
	ctx.Page().ReplaceURL(next)
	// go-app follows an address that it did not set itself when it is told that the
	// history moved.
	window := app.Window()
	window.Call("dispatchEvent", window.Get("PopStateEvent").New("popstate"))
}

// seenBefore reports whether the launcher has shown this entry of the browser's
// history already: somebody went back or forward to it, or loaded it again.
func seenBefore() bool {
	state := app.Window().Get("history").Get("state")
	return state.Truthy() && state.Get("launcher").Truthy()
}

// markSeen notes in the entry that it was shown.
func markSeen() {
	app.Window().Get("history").Call("replaceState", map[string]any{"launcher": true}, "")
}
