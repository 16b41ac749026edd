package rest

import (
	"net/http"
	"strings"
)

// allowOrigin lets pages of every origin read the answer, as the original
// manager does. That is safe because no credentials are involved that a browser
// would add by itself: each request is signed by whoever holds the key. So
// Access-Control-Allow-Credentials must never be sent.
func allowOrigin(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Add("Vary", "Origin")
	if origin := r.Header.Get("Origin"); origin != "" {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "*")
	}
}

// preflight answers what a browser asks before it sends a signed request.
func preflight(w http.ResponseWriter, r *http.Request, route *route) error {
	h := w.Header()
	openRate(h)
	wanted := r.Header.Get("Access-Control-Request-Method")
	if r.Header.Get("Origin") == "" || wanted == "" {
		h.Set("Allow", route.allow())
		w.WriteHeader(http.StatusOK)
		return nil
	}
	if _, ok := route.methods[wanted]; ok {
		h.Set("Access-Control-Allow-Methods", wanted)
	}
	if names := r.Header.Get("Access-Control-Request-Headers"); names != "" {
		// In upper case and without spaces, as the original spells them.
		h.Set("Access-Control-Allow-Headers", strings.ToUpper(strings.ReplaceAll(names, " ", "")))
	}
	// Two hours, the most that browsers keep: a page asks once, not each time.
	h.Set("Access-Control-Max-Age", "7200")
	w.WriteHeader(http.StatusOK)
	return nil
}
