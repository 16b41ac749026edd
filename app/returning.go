package app

import (
	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// Documents are prerendered without knowing who comes. web/static/js/early.js
// reads from the storage what this file leaves there, and the stylesheet shows
// by it what the program is about to draw, so that nothing moves when it does.
const (
	// keyRole holds the role of whoever was here last: it decides the columns.
	keyRole = "baiui.role"
	// attributeRole of the root element says the same to the stylesheet.
	attributeRole = "data-role"
	// attributeReturning of the root element says that a key pair is kept: the
	// sign-in form, which would be gone in a moment, is not shown.
	attributeReturning = "data-returning"
)

func root() goapp.Value { return goapp.Window().Get("document").Get("documentElement") }

// showRole tells the stylesheet the role of the account, now and at the next
// start.
func showRole(role model.Role) {
	root().Call("setAttribute", attributeRole, string(role))
	if err := client.NewBrowserStorage().Set(keyRole, string(role)); err != nil {
		goapp.Log(err) // the next start shows the columns of a user first
	}
}

// arrived ends what was only for the time before the program.
func arrived() { root().Call("removeAttribute", attributeReturning) }
