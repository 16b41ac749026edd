package browse

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

//go:embed page.html page.css texts
var assets embed.FS

// Place is a directory to show.
type Place struct {
	// Name is shown and is the first part of paths: not empty, no slash, unlike
	// those of the others.
	Name string
	Dir  string
}

// handler is the page over some places.
type handler struct {
	places []Place
	page   *template.Template
	style  template.CSS
	policy string // Content-Security-Policy
	texts  map[string]map[string]string
}

// New is the page over some places; the first is where it begins. It answers at
// every path.
func New(places []Place) (http.Handler, error) {
	h := &handler{places: places, texts: map[string]map[string]string{}}
	for _, language := range []string{english, korean} {
		data, err := assets.ReadFile("texts/" + language + ".json")
		if err != nil {
			return nil, err
		}
		texts := map[string]string{}
		if err := json.Unmarshal(data, &texts); err != nil {
			return nil, fmt.Errorf("texts in %s: %w", language, err)
		}
		h.texts[language] = texts
	}
	style, err := assets.ReadFile("page.css")
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(style)
	h.style = template.CSS(style)
	h.policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
	if h.page, err = template.ParseFS(assets, "page.html"); err != nil {
		return nil, err
	}
	return http.NewCrossOriginProtection().Handler(h), nil
}

// ServeHTTP answers.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", h.policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	if err := h.answer(w, r); err != nil {
		h.fail(w, r, err)
	}
}

// The failures that are this page's own.
var (
	errName    = errors.New("not a name")
	errRequest = errors.New("not a request of this page")
)

func (h *handler) answer(w http.ResponseWriter, r *http.Request) error {
	spot, err := h.find(r.URL.Query().Get("at"))
	if err != nil {
		return err
	}
	defer spot.root.Close()
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return h.show(w, r, spot)
	case http.MethodPost:
		if err := h.change(r, spot); err != nil {
			return err
		}
		// Always to a list: that of the folder something was put into, or of the
		// one that something was in.
		at := spot.at()
		if do := r.URL.Query().Get("do"); do == doRename || do == doDelete {
			at = spot.parent()
		}
		w.Header().Set("Location", link(at))
		w.WriteHeader(http.StatusSeeOther)
		return nil
	}
	w.Header().Set("Allow", "GET, HEAD, POST")
	w.WriteHeader(http.StatusMethodNotAllowed)
	return nil
}

// spot is a file or folder below a place.
type spot struct {
	place Place
	root  *os.Root
	path  string // in the root; "." for the place itself
}

// at is the spot as links name it.
func (s spot) at() string { return path.Join(s.place.Name, s.path) }

func (s spot) parent() string {
	if s.path == "." {
		return s.place.Name
	}
	return path.Dir(s.at())
}

func (s spot) name() string {
	if s.path == "." {
		return s.place.Name
	}
	return path.Base(s.path)
}

// find opens the place of a path; an empty one means the first place.
func (h *handler) find(at string) (spot, error) {
	if at == "" && len(h.places) > 0 {
		at = h.places[0].Name
	}
	name, rest, _ := strings.Cut(at, "/")
	if rest == "" {
		rest = "."
	}
	if !filepath.IsLocal(rest) || path.Clean(rest) != rest || strings.ContainsRune(rest, 0) {
		return spot{}, errRequest
	}
	for _, place := range h.places {
		if place.Name == name {
			root, err := os.OpenRoot(place.Dir)
			return spot{place: place, root: root, path: rest}, err
		}
	}
	return spot{}, fs.ErrNotExist
}

// link is the way to a path.
func link(at string) string { return "?" + url.Values{"at": {at}}.Encode() }

// show lists a folder, asks a question or sends a file.
func (h *handler) show(w http.ResponseWriter, r *http.Request, s spot) error {
	switch ask := r.URL.Query().Get("ask"); ask {
	case doRename, doDelete:
		info, err := s.root.Lstat(s.path)
		if err == nil && s.path == "." {
			err = errRequest
		}
		if err != nil {
			return err
		}
		v := h.view(r, s)
		v.Ask, v.Folder, v.Back = ask, info.IsDir(), link(s.parent())
		return h.write(w, http.StatusOK, v)
	case "":
	default:
		return errRequest
	}
	// Not blocking, for whatever is in place of a file.
	file, err := s.root.OpenFile(s.path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return err
	case info.IsDir():
		v := h.view(r, s)
		if err := v.list(file, s); err != nil {
			return err
		}
		return h.write(w, http.StatusOK, v)
	case !info.Mode().IsRegular():
		return fs.ErrPermission
	}
	header := w.Header()
	header.Set("Content-Type", "application/octet-stream")
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": s.name()}))
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, r, "", info.ModTime(), file)
	return nil
}

// fail says in a page what went wrong.
func (h *handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, text := http.StatusInternalServerError, "failed.other"
	switch {
	case errors.Is(err, errName):
		status, text = http.StatusBadRequest, "failed.name"
	case errors.Is(err, errRequest):
		status, text = http.StatusBadRequest, "failed.request"
	case errors.Is(err, fs.ErrNotExist):
		status, text = http.StatusNotFound, "failed.missing"
	case errors.Is(err, fs.ErrExist):
		status, text = http.StatusConflict, "failed.exists"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), leads(err):
		status, text = http.StatusForbidden, "failed.denied"
	}
	v := h.view(r, spot{path: "."})
	v.Failure, v.Back, v.Name = text, link(backOf(r.URL.Query().Get("at"))), ""
	_ = h.write(w, status, v)
}

// backOf is where to go on after a failure: the folder above.
func backOf(at string) string {
	if above := path.Dir(at); above != "." && above != "/" {
		return above
	}
	return ""
}

// leads reports whether a path led out of its place.
func leads(err error) bool {
	var failed *fs.PathError
	return errors.As(err, &failed) && strings.Contains(failed.Err.Error(), "escapes")
}
