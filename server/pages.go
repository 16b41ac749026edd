package main

import (
	"errors"
	"io/fs"
	"net/http"
	"sync"

	"github.com/baiui/baiui/app"
	"github.com/baiui/baiui/server/gateway"
	"github.com/baiui/baiui/server/host"
	"github.com/baiui/baiui/web"
)

// lazyPages makes the pages at the first request for one: their templates and
// texts are nothing that a start has to wait for.
type lazyPages struct{ pages func() *app.Pages }

var _ host.Pages = lazyPages{}

func newLazyPages(assets web.Assets) lazyPages {
	return lazyPages{sync.OnceValue(func() *app.Pages {
		// A bundle without icons is drawn without them.
		sprite, _ := fs.ReadFile(web.Dist(), assets.Files["icons.svg"].Name)
		return app.NewPages(app.Assets{
			Version:  assets.Version,
			Path:     assets.Path,
			WasmSize: assets.Files["app.wasm"].Size,
			Sprite:   string(sprite),
			Build:    buildVersion(),
		})
	})}
}

func (p lazyPages) Render(v app.Variant) ([]byte, error) { return p.pages().Render(v) }

func (p lazyPages) Resource(path string) ([]byte, string, bool) { return p.pages().Resource(path) }

// newSite is everything that is served to a browser: the gateway, and the page
// for all other addresses. A program without a bundle serves the API alone and
// says so.
func newSite(g *gateway.Gateway, options host.Options) (http.Handler, error) {
	assets, err := web.Manifest()
	var page http.Handler
	switch {
	case errors.Is(err, web.ErrNoBundle):
		options.Log.Warn("the page cannot be served", "error", err)
		page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		})
	case err != nil:
		return nil, err
	default:
		options.Files, options.Assets, options.Pages = web.Dist(), assets, newLazyPages(assets)
		page = host.New(options)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.Owns(r) {
			g.ServeHTTP(w, r)
			return
		}
		page.ServeHTTP(w, r)
	}), nil
}
