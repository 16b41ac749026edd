// The wasm program is the page itself: `GOOS=js GOARCH=wasm go build ./app/wasm`.
// Compiled for another system it does nothing, so that the whole module builds
// and tests everywhere.
package main

import (
	"time"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/app"
	"github.com/baiui/baiui/components/page"
)

func main() {
	time.Local = page.Zone()
	app.Routes()
	goapp.RunWhenOnBrowser()
}
