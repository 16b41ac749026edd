package host

import (
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"strings"

	"github.com/baiui/baiui/app"
	"github.com/baiui/baiui/web"
)

// Pages renders documents; [app.Pages] does.
type Pages interface {
	// Render returns the whole HTML document of a variant.
	Render(app.Variant) ([]byte, error)
	// Resource returns a file that go-app serves at a fixed address.
	Resource(path string) (body []byte, contentType string, ok bool)
}

// Options are what a [Host] needs; all but Policy must be set.
type Options struct {
	Pages Pages
	// Files is the bundle and Assets its description.
	Files  fs.FS
	Assets web.Assets
	// SignedIn reports whether a request comes from somebody who is signed in.
	SignedIn func(*http.Request) bool
	Policy   Policy
	Log      *slog.Logger
}

// Host is an http.Handler for everything that is the page itself.
type Host struct {
	Options
	headers http.Header
	assets  map[string]web.File // by the name under /web/
	pages   pageCache
}

// New makes a host. It renders nothing yet: the first request of a variant does.
func New(options Options) *Host {
	h := &Host{Options: options, headers: options.Policy.headers(), assets: map[string]web.File{}}
	for _, file := range options.Assets.Files {
		h.assets[file.Name] = file
	}
	h.pages.documents = map[any]*document{}
	return h
}

// ServeHTTP implements http.Handler.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	maps.Copy(header, h.headers)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		writeProblem(w, http.StatusMethodNotAllowed, "method-not-allowed", "Method Not Allowed")
		return
	}
	if name, found := strings.CutPrefix(r.URL.Path, web.Prefix); found {
		if file, found := h.assets[name]; found {
			h.serveAsset(w, r, file)
			return
		}
	} else if app.Known(r.URL.Path) {
		h.servePage(w, r, http.StatusOK, r.URL.Path)
		return
	} else if h.serveResource(w, r) {
		return
	}
	if wantsPage(r) {
		// Every unknown address shows the same page, so that nobody can fill the
		// memory with copies of it.
		h.servePage(w, r, http.StatusNotFound, notFoundPath)
		return
	}
	writeProblem(w, http.StatusNotFound, "url-not-found", "Unknown URL path.")
}

// notFoundPath is a path that the page does not know.
const notFoundPath = "/not-found"

// wantsPage reports whether a person is to see the answer.
func wantsPage(r *http.Request) bool {
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// serveAsset answers with a file of the bundle. Its name changes with its
// content, so it may be kept forever and its name is its tag.
func (h *Host) serveAsset(w http.ResponseWriter, r *http.Request, file web.File) {
	coding := choose(r.Header.Get("Accept-Encoding"), file.Brotli > 0, file.Gzip > 0)
	name, size := file.Name, file.Size
	switch coding {
	case brotlied:
		name, size = name+".br", file.Brotli
	case gzipped:
		name, size = name+".gz", file.Gzip
	}
	body, err := h.Files.Open(name)
	if err != nil {
		h.Log.Error("a file of the bundle is missing", "name", name, "error", err)
		writeProblem(w, http.StatusInternalServerError, "internal-server-error", "A file of the page is missing.")
		return
	}
	defer body.Close()
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	if writeHead(w, r, head{status: http.StatusOK, contentType: file.Type, etag: file.Name, coding: coding, size: size}) {
		io.Copy(w, body) // the client may be gone; there is nobody to tell
	}
}
