package app

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

// SigninErrors lists the values of [Variant.SigninError] that have a text of
// their own; any other value is shown as "mismatch" would be wrong, so it is
// dropped.
func SigninErrors() []string {
	return []string{"mismatch", "missing", "blocked", "unreachable", "expired"}
}
