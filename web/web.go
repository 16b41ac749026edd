package web

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Prefix is the URL path under which the files of the bundle are served.
const Prefix = "/web/"

// ManifestName is the file of the bundle that describes all others.
const ManifestName = "assets.json"

// ErrNoBundle says that the program was compiled before the bundle was built.
var ErrNoBundle = errors.New("web: this program contains no bundle: build it with `make build` (or `go run ./web/build` before `go build`)")

//go:embed all:dist
var dist embed.FS

// File is one file of the bundle.
type File struct {
	// Name is the file's name in the bundle, with its content hash:
	// "style.0f3c21aa0f3c.css".
	Name string `json:"name"`
	// Type is the media type to serve it with.
	Type string `json:"type"`
	// Size is the size in bytes as the browser sees it after decoding.
	Size int64 `json:"size"`
	// Brotli and Gzip are the sizes in bytes of the precompressed copies
	// Name+".br" and Name+".gz"; 0 where no such copy was made.
	Brotli int64 `json:"brotli,omitempty"`
	Gzip   int64 `json:"gzip,omitempty"`
}

// Assets is the content of the bundle.
type Assets struct {
	// Version is a hash over all files: it changes with any byte of any file.
	Version string `json:"version"`
	// Files maps logical names ("app.wasm", "style.css", "icons.svg",
	// "js/dead.js") to files.
	Files map[string]File `json:"files"`
}

// Path returns the URL path of the file with a logical name, "" when the bundle
// has no such file.
func (a Assets) Path(name string) string {
	f, ok := a.Files[name]
	if !ok {
		return ""
	}
	return Prefix + f.Name
}

// Dist returns the files of the bundle, compressed copies included.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		// fs.Sub fails only on an invalid path, and "dist" is valid.
		panic(err)
	}
	return sub
}

// Manifest describes the embedded bundle. It returns [ErrNoBundle] when the
// program was compiled without one.
func Manifest() (Assets, error) {
	return ReadManifest(Dist())
}

// ReadManifest describes the bundle in a folder, such as web/dist while
// developing.
func ReadManifest(bundle fs.FS) (Assets, error) {
	data, err := fs.ReadFile(bundle, ManifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return Assets{}, ErrNoBundle
	}
	if err != nil {
		return Assets{}, fmt.Errorf("web: reading the bundle's manifest: %w", err)
	}
	var a Assets
	if err := json.Unmarshal(data, &a); err != nil {
		return Assets{}, fmt.Errorf("web: the bundle's manifest is not valid: %w", err)
	}
	for logical, f := range a.Files {
		if f.Name == "" || strings.ContainsAny(f.Name, `/\`) {
			return Assets{}, fmt.Errorf("web: the bundle's manifest names %q as the file of %q", f.Name, logical)
		}
	}
	return a, nil
}
