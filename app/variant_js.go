package app

import (
	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// documentVariant reads back what the document that started this program was
// rendered with.
func documentVariant() Variant {
	root := goapp.Window().Get("document").Get("documentElement")
	attribute := func(name string) string {
		value := root.Call("getAttribute", name)
		if !value.Truthy() {
			return ""
		}
		return value.String()
	}
	return Variant{
		Path:        goapp.Window().URL().Path,
		Lang:        attribute("lang"),
		Theme:       attribute("data-theme"),
		SignedIn:    attribute("data-signed-in") != "",
		SigninError: attribute("data-signin-error"),
	}
}
