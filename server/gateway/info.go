package gateway

import (
	"net/http"
	"strconv"
)

// Info tells the sign-in form what this server serves. It is public.
type Info struct {
	Version  string `json:"version"`
	Embedded bool   `json:"embedded"`
	// Manager is the manager's address as a browser can reach it.
	Manager string `json:"manager"`
	// Endpoints are the managers that the page may connect to directly.
	Endpoints []Endpoint `json:"endpoints"`
	// Modes are the connection modes on offer, "SESSION" and "API".
	Modes []string `json:"modes"`
	// PublicApps says that an app can be opened to everybody.
	PublicApps bool `json:"public_apps,omitempty"`
}

// Endpoint is one manager to connect to.
type Endpoint struct {
	URL   string `json:"url"`
	Label string `json:"label"`
}

func (g *Gateway) info(w http.ResponseWriter, r *http.Request) { writeJSON(w, g.Info) }

// configTOML is the configuration document of the official user interface, the
// part of it that every version needs.
func (g *Gateway) configTOML(w http.ResponseWriter, r *http.Request) {
	// The host is the client's word; quoted it cannot end the string it stands in.
	text := "[general]\n" +
		"apiEndpoint = " + strconv.Quote(g.Peers.Origin(r)) + "\n" +
		"connectionMode = \"SESSION\"\n" +
		"signupSupport = false\n" +
		"allowChangeSigninMode = false\n"
	header := w.Header()
	setOwnHeaders(header)
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(text)))
	w.Write([]byte(text)) // the client may be gone; there is nobody to tell
}

// health says that this process answers. It does not ask the manager: a probe
// that fails when something else is down restarts the wrong program.
func (g *Gateway) health(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, map[string]string{"status": "ok", "version": g.Info.Version, "component": "webserver"})
}

// ping is the official web server's own answer under /func.
func (g *Gateway) ping(w http.ResponseWriter) {
	writeJSON(w, map[string]string{"version": g.Info.Version, "details": "Success"})
}
