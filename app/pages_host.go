//go:build !js

package app

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/terminal"
	"github.com/baiui/baiui/components/ui"
)

//go:embed document.html
var documentTemplate string

//go:embed worker.js
var workerTemplate string

// Assets tells where the files of the bundle are. The logical names asked for
// are app.wasm, style.css, js/early.js, js/boot.js, icons/favicon.svg, icons/icon-192.png,
// icons/icon-512.png and icons/icon-maskable.png.
type Assets struct {
	// Version changes with every byte of every file of the bundle.
	Version string
	// Path returns the URL path of a file by its logical name, or "".
	Path func(name string) string
	// WasmSize is the size of app.wasm in bytes, before compression.
	WasmSize int64
	// Sprite is the markup of the icons: an svg element with one symbol for each,
	// whose id is the icon's name. Every document carries it.
	Sprite string
	// Build is the version of the program, as the information page shows it.
	Build string
}

// Pages renders documents, and makes the files that go-app needs beside them. It
// is safe for concurrent use.
type Pages struct {
	assets   Assets
	sprite   template.HTML
	document *template.Template
	handler  *goapp.Handler

	mu sync.Mutex // go-app's engine is made for one rendering at a time
}

// NewPages makes the pages for a bundle.
func NewPages(assets Assets) *Pages {
	if assets.Path == nil {
		assets.Path = func(string) string { return "" }
	}
	p := &Pages{
		assets:   assets,
		sprite:   template.HTML(sprite(assets.Sprite)),
		document: template.Must(template.New("document").Parse(documentTemplate)),
	}
	p.handler = &goapp.Handler{
		Name:      "baiui",
		ShortName: "baiui",
		Icon: goapp.Icon{
			Default:  assets.Path("icons/icon-192.png"),
			Large:    assets.Path("icons/icon-512.png"),
			Maskable: assets.Path("icons/icon-maskable.png"),
			SVG:      assets.Path("icons/favicon.svg"),
		},
		Description:        i18n.Load(i18n.Fallback).T("app.description"),
		BackgroundColor:    "#f6f6f8",
		ThemeColor:         "#4f4bd1",
		Version:            assets.Version,
		WasmContentLength:  strconv.FormatInt(assets.WasmSize, 10),
		Resources:          resolver{assets},
		Styles:             []string{assets.Path("style.css")},
		Scripts:            []string{assets.Path("js/early.js"), assets.Path("js/boot.js")},
		CacheableResources: []string{assets.Path("icons/favicon.svg")},
		InternalURLs:       []string{"/server/", "/func/", "/web/"},
		Env: map[string]string{
			envVersion:         assets.Build,
			terminal.EnvScript: assets.Path("xterm.js"),
			terminal.EnvStyle:  assets.Path("xterm.css"),
		},
		ServiceWorkerTemplate: workerTemplate,
		LoadingLabel:          "{progress} %",
	}
	return p
}

// resolver gives go-app the hashed names of its files.
type resolver struct{ assets Assets }

// Resolve implements [goapp.ResourceResolver].
func (r resolver) Resolve(path string) string {
	if path == "/web/app.wasm" {
		return r.assets.Path("app.wasm")
	}
	return path
}

// sprite puts the prefix of [ui.Icon] before the id of each symbol.
func sprite(markup string) string {
	if strings.Contains(markup, `id="`+ui.IconPrefix) {
		return markup
	}
	return strings.ReplaceAll(markup, `<symbol id="`, `<symbol id="`+ui.IconPrefix)
}

// Render returns the complete HTML document of a variant. It holds no user data
// and depends on nothing but the variant and the bundle.
func (p *Pages) Render(v Variant) ([]byte, error) {
	v = v.normal()
	p.mu.Lock()
	defer p.mu.Unlock()

	shell := &Shell{Path: v.Path, Initial: v}
	engine := goapp.NewTestEngine()
	if err := engine.Load(shell); err != nil {
		return nil, fmt.Errorf("app: rendering %q: %w", v.Path, err)
	}
	engine.ConsumeAll()
	body, err := repair(goapp.HTMLString(shell))
	if err != nil {
		return nil, fmt.Errorf("app: rendering %q: %w", v.Path, err)
	}
	var out bytes.Buffer
	if err := p.document.Execute(&out, p.content(v, body)); err != nil {
		return nil, fmt.Errorf("app: rendering %q: %w", v.Path, err)
	}
	return out.Bytes(), nil
}

// content is what the template of the document is filled with.
type content struct {
	Variant
	Title, Description                      string
	Style, Early, Boot, Wasm, Favicon, Icon string
	Body, Sprite                            template.HTML
	Texts                                   []*i18n.Texts // all languages
}

func (p *Pages) content(v Variant, body string) content {
	t := i18n.Load(v.Lang)
	c := content{
		Variant:     v,
		Title:       title(t, v.Path, !v.SignedIn),
		Description: t.T("app.description"),
		Style:       p.assets.Path("style.css"),
		Early:       p.assets.Path("js/early.js"),
		Boot:        p.assets.Path("js/boot.js"),
		Wasm:        p.assets.Path("app.wasm"),
		Favicon:     p.assets.Path("icons/favicon.svg"),
		Icon:        p.assets.Path("icons/icon-192.png"),
		Body:        template.HTML(body),
		Sprite:      p.sprite,
	}
	for _, language := range i18n.Languages() {
		c.Texts = append(c.Texts, i18n.Load(language.Code))
	}
	return c
}

// Resource returns a file that go-app generates, by its URL path: /app.js,
// /wasm_exec.js, /app-worker.js, /manifest.webmanifest, /app.css.
func (p *Pages) Resource(path string) (body []byte, contentType string, ok bool) {
	switch path {
	case "/app.js", "/wasm_exec.js", "/app-worker.js", "/manifest.webmanifest", "/app.css":
	default:
		return nil, "", false
	}
	w := &recorder{header: http.Header{}}
	p.handler.ServeHTTP(w, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}, Header: http.Header{}})
	return w.body.Bytes(), w.header.Get("Content-Type"), true
}

// recorder takes an answer of go-app's handler.
type recorder struct {
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header            { return r.header }
func (r *recorder) Write(data []byte) (int, error) { return r.body.Write(data) }
func (r *recorder) WriteHeader(int)                {}
