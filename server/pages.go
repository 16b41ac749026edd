package main

import (
	"io/fs"
	"sync"

	"github.com/baiui/baiui/app"
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
