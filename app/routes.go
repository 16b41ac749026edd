package app

import (
	"slices"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/launcher"
	"github.com/baiui/baiui/components/terminal"
)

// The paths of the places of the page.
const (
	PathHome        = "/" // shows what PathSessions shows
	PathSessions    = "/sessions"
	PathLaunch      = launcher.Path
	PathLogs        = "/logs"
	PathInformation = "/information"
	PathTerminal    = terminal.Path
)

// Paths lists the paths of all places.
func Paths() []string {
	return []string{PathHome, PathSessions, PathLaunch, PathLogs, PathInformation, PathTerminal}
}

// Known reports whether the page has something at this path. Others are drawn
// as a page that says so, and should be answered with status 404.
func Known(path string) bool { return slices.Contains(Paths(), path) }

// Routes registers the page's routes with go-app; the browser program calls it
// once, before anything else.
func Routes() {
	initial := documentVariant()
	for _, path := range Paths() {
		goapp.Route(path, func() goapp.Composer {
			return &Shell{Path: path, Initial: initial}
		})
	}
	goapp.RouteWithRegexp("^/", func() goapp.Composer {
		return &Shell{Initial: initial}
	})
}

// envVersion is the name under which the version of the program reaches the
// page.
const envVersion = "BAIUI_VERSION"
