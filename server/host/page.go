package host

import (
	"net/http"
	"sync"

	"github.com/baiui/baiui/app"
	"github.com/baiui/baiui/components/i18n"
)

// The cookies in which the page keeps what a document depends on.
const (
	langCookie  = "baiui_lang"
	themeCookie = "baiui_theme"
)

// maxDocuments bounds the memory of rendered documents: languages, themes, places
// and the words of a failed sign-in make a few hundred variants, of which a
// server sees a handful.
const maxDocuments = 64

// pageCache keeps rendered documents by variant, and resources by path.
type pageCache struct {
	mu        sync.Mutex
	documents map[any]*document
}

// get returns the document of a key, made by render at the first request. Holding
// the lock while rendering lets many first requests render once.
func (c *pageCache) get(key any, render func() (*document, error)) (*document, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := c.documents[key]; d != nil {
		return d, nil
	}
	d, err := render()
	if d == nil || err != nil {
		return nil, err
	}
	if len(c.documents) >= maxDocuments {
		for old := range c.documents {
			delete(c.documents, old) // any one: making it again takes milliseconds
			break
		}
	}
	c.documents[key] = d
	return d, nil
}

// servePage answers with the document of the variant that the request asks for.
func (h *Host) servePage(w http.ResponseWriter, r *http.Request, status int, path string) {
	variant := h.variant(r, path)
	page, err := h.pages.get(variant, func() (*document, error) {
		body, err := h.Pages.Render(variant)
		if err != nil {
			return nil, err
		}
		return newDocument(body, "text/html; charset=utf-8"), nil
	})
	if err != nil {
		h.Log.Error("a page cannot be rendered", "path", path, "error", err)
		writeProblem(w, http.StatusInternalServerError, "internal-server-error", "The page cannot be rendered.")
		return
	}
	header := w.Header()
	// Asked again each time, answered 304 if nothing changed.
	header.Set("Cache-Control", "no-cache")
	header.Add("Vary", "Accept-Language, Cookie")
	writeDocument(w, r, status, page)
}

// variant reads from a request what a document depends on. Only known words get
// through, so nothing that a stranger wrote reaches a document or the cache's keys.
func (h *Host) variant(r *http.Request, path string) app.Variant {
	v := app.Variant{Path: path, Lang: language(r), SignedIn: h.SignedIn(r)}
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		v.Theme = c.Value
	}
	if !v.SignedIn && r.URL.RawQuery != "" {
		v.SigninError = signinWord(r.URL.Query().Get("signin"))
	}
	return v
}

// signinWord is the word with which the gateway sends a posted sign-in form back,
// "" for any other.
func signinWord(word string) string {
	switch word {
	case "mismatch", "missing", "blocked", "unreachable", "expired":
		return word
	}
	return ""
}

// language is that of the cookie, else the best one of Accept-Language.
func language(r *http.Request) string {
	if c, err := r.Cookie(langCookie); err == nil && i18n.Known(c.Value) {
		return c.Value
	}
	return i18n.Match(r.Header.Get("Accept-Language"))
}

// serveResource answers with a file that go-app wants at a fixed address, such as
// the service worker, and reports whether there is one.
func (h *Host) serveResource(w http.ResponseWriter, r *http.Request) bool {
	path := r.URL.Path
	resource, err := h.pages.get(path, func() (*document, error) {
		body, contentType, ok := h.Pages.Resource(path)
		if !ok {
			return nil, nil
		}
		return newDocument(body, contentType), nil
	})
	if resource == nil || err != nil {
		return false
	}
	w.Header().Set("Cache-Control", "no-cache")
	writeDocument(w, r, http.StatusOK, resource)
	return true
}
