package app

import (
	"slices"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/login"
)

// Variant is everything a prerendered document depends on.
type Variant struct {
	// Path is the path of the URL.
	Path string
	// Lang is the code of the language: "en", "ko".
	Lang string
	// Theme is "light", "dark", or "" for what the system says.
	Theme string
	// SignedIn is whether the browser brought a sign-in session that is valid:
	// the document then shows the frame of the page instead of the sign-in form.
	SignedIn bool
	// SigninError is why the sign-in form comes back after it was posted without
	// the program: mismatch, missing, blocked, unreachable, expired, or "".
	SigninError string
}

// normal returns the variant with every value that has no rendering of its own
// replaced by the one that stands for it, so that equal documents have equal
// variants.
func (v Variant) normal() Variant {
	if !i18n.Known(v.Lang) {
		v.Lang = i18n.Fallback
	}
	if !slices.Contains(themes(), v.Theme) {
		v.Theme = themeSystem
	}
	if v.SignedIn || !slices.Contains(login.ServerReasons(), login.Reason(v.SigninError)) {
		v.SigninError = ""
	}
	if !Known(v.Path) {
		v.Path = ""
	}
	return v
}

// The attributes of the root element that carry the variant to the program.
const (
	attributeTheme    = "data-theme"
	attributeSignedIn = "data-signed-in"
	attributeSignin   = "data-signin-error"
)

// documentVariant reads back what the document that started this program was
// rendered with. On a host there is no document and all of it is empty.
func documentVariant() Variant {
	attribute := func(name string) string {
		value := root().Call("getAttribute", name)
		if !value.Truthy() {
			return ""
		}
		return value.String()
	}
	return Variant{
		Path:        goapp.Window().URL().Path,
		Lang:        attribute("lang"),
		Theme:       attribute(attributeTheme),
		SignedIn:    attribute(attributeSignedIn) != "",
		SigninError: attribute(attributeSignin),
	}
}
