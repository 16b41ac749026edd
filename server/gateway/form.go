package gateway

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// loginForm signs in from the plain HTML form, which works before the page's own
// program has arrived and without it. It answers 303 so that a reload does not
// post the password again. The reason of a failure travels in the address as one
// of a few words; the page has the sentence.
func (g *Gateway) loginForm(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		WriteProblem(w, http.StatusBadRequest, "generic-bad-request", "The form cannot be read.", "")
		return
	}
	next := safeNext(r.PostForm.Get("next"))
	username, password := r.PostForm.Get("username"), r.PostForm.Get("password")
	if username == "" || password == "" {
		signinAgain(w, "missing", next)
		return
	}
	account, err := g.signIn(r, map[string]any{"username": username, "password": password})
	if err != nil {
		signinAgain(w, failureWord(err), next)
		return
	}
	g.startSignin(w, r, account, func(*signin) { redirect(w, next) })
}

// failureWord is what the address says of a sign-in that failed.
func failureWord(err error) string {
	var refused *refusal
	var blocked errBlocked
	switch {
	case errors.As(err, &blocked):
		return "blocked"
	case errors.As(err, &refused) && refused.status == http.StatusTooManyRequests:
		return "blocked"
	case errors.As(err, &refused) && refused.is("password-expired"):
		return "expired"
	case errors.As(err, &refused):
		return "mismatch"
	default:
		return "unreachable"
	}
}

func signinAgain(w http.ResponseWriter, word, next string) {
	query := url.Values{"signin": {word}}
	if next != "/" {
		query.Set("next", next)
	}
	redirect(w, "/?"+query.Encode())
}

// redirect sends the browser to a path of this site. Unlike http.Redirect it
// changes nothing in it and writes no body.
func redirect(w http.ResponseWriter, path string) {
	setOwnHeaders(w.Header())
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
}

// safeNext returns next if it is a path of this site, and "/" for everything that
// a browser could take for another place: other schemes and hosts, // and /\,
// and control characters, which browsers drop from addresses, plain or encoded.
func safeNext(next string) string {
	const elsewhere = "/"
	if len(next) > 2048 || !strings.HasPrefix(next, "/") {
		return elsewhere
	}
	decoded, err := url.PathUnescape(next)
	if err != nil {
		return elsewhere
	}
	for _, text := range []string{next, decoded} {
		path, _, _ := strings.Cut(text, "?")
		if strings.Contains(path, "//") || strings.Contains(text, `\`) || strings.ContainsFunc(text, isControl) {
			return elsewhere
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil {
		return elsewhere
	}
	if strings.HasPrefix(u.Path, "/server/") || u.Path == funcPrefix || strings.HasPrefix(u.Path, funcPrefix+"/") {
		return elsewhere // not pages
	}
	return next
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f || r == '\u2028' || r == '\u2029' }
