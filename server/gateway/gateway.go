package gateway

import (
	"bytes"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/server/buffers"
	"github.com/baiui/baiui/server/guesses"
)

// funcPrefix is where the manager's API appears.
const funcPrefix = "/func"

// AppsPath is where the page asks for apps of sessions.
const AppsPath = "/server/apps"

// maxServerBody limits the bodies of /server/*: forms and small JSON objects.
const maxServerBody = 64 << 10

// serverBodyTimeout is how long such a body may take to arrive.
const serverBodyTimeout = 30 * time.Second

// copyBuffer is how much of an answer is copied at a time, in bytes.
const copyBuffer = 32 << 10

// Options are what a [Gateway] needs. Manager, Signins and Log must be set.
type Options struct {
	// Manager is the base URL of the manager, without a slash at its end.
	Manager *url.URL
	// Transport reaches the manager; nil makes one with [NewTransport].
	Transport http.RoundTripper
	// Domain is the Backend.AI domain to sign in to, "" for "default".
	Domain string
	// Signins says who is signed in. The gateway does not close it.
	Signins *Signins
	// Peers are the proxies in front of this server.
	Peers Peers
	// MaxBody limits the bodies that are relayed, in bytes; 0 for no limit.
	MaxBody int64
	// Apps answers AppsPath and what is below; nil for nobody. The body is in
	// memory, and no page of another origin has made the request.
	Apps func(w http.ResponseWriter, r *http.Request, person *Person)
	// Info is what GET /server/info answers.
	Info Info
	// Log is where failures go. No body, cookie or key is ever logged.
	Log *slog.Logger
	// Now is the clock of signatures and of the sign-in limits; nil for time.Now.
	Now func() time.Time
}

// Gateway answers /server/*, /func/*, /storage/*, /config.toml and /health.
type Gateway struct {
	Options
	limits    *guesses.Limiter
	endpoints map[string]endpoint
	handler   http.Handler

	// What every relayed request shares.
	buffers  *buffers.Pool
	answers  answerPolicy
	proxyLog *log.Logger
}

// New makes a gateway.
func New(options Options) *Gateway {
	if options.Transport == nil {
		options.Transport = NewTransport(nil)
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Domain == "" {
		options.Domain = "default"
	}
	g := &Gateway{
		Options:  options,
		limits:   guesses.New(options.Now),
		buffers:  buffers.New(copyBuffer),
		answers:  newAnswerPolicy(),
		proxyLog: slog.NewLogLogger(options.Log.Handler(), slog.LevelDebug),
	}
	g.endpoints = map[string]endpoint{
		"/server/login":                   {http.MethodPost, g.login},
		"/server/login-check":             {http.MethodPost, g.loginCheck},
		"/server/logout":                  {http.MethodPost, g.logout},
		"/server/extend-login-session":    {http.MethodPost, g.extend},
		"/server/update-password-no-auth": {http.MethodPost, g.updatePassword},
		"/server/info":                    {http.MethodGet, g.info},
		client.TerminalPath:               {http.MethodGet, g.terminal},
		"/config.toml":                    {http.MethodGet, g.configTOML},
		"/health":                         {http.MethodGet, g.health},
	}
	// SameSite cookies are not sent with requests from other sites, but they are
	// from other ports and subdomains of this one; this refuses those too. It lets
	// every GET through, so the relay looks at the origin of GETs itself.
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(refuseCrossOrigin))
	g.handler = protection.Handler(http.HandlerFunc(g.route))
	return g
}

// Owns reports whether a request is for the gateway, rather than for a page or a file.
func (g *Gateway) Owns(r *http.Request) bool {
	path := r.URL.Path
	return path == funcPrefix || strings.HasPrefix(path, funcPrefix+"/") || strings.HasPrefix(path, "/server/") ||
		path == "/config.toml" || path == "/health" || path == storagePath || strings.HasPrefix(path, storagePath+"/")
}

// SignedIn reports whether the request comes from somebody who is signed in.
func (g *Gateway) SignedIn(r *http.Request) bool { return g.Signins.of(r) != nil }

// ServeHTTP implements http.Handler.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if len(g.Peers.Trusted) > 0 {
		if host := g.Peers.Host(r); host != r.Host {
			r = r.WithContext(r.Context()) // a copy: the request belongs to the server
			r.Host = host
		}
	}
	g.handler.ServeHTTP(w, r)
}

func (g *Gateway) route(w http.ResponseWriter, r *http.Request) {
	// Not a ServeMux: it redirects paths with // to cleaned ones, and what is
	// under /func has to reach the manager byte for byte.
	path := r.URL.EscapedPath()
	if path == funcPrefix || strings.HasPrefix(path, funcPrefix+"/") {
		g.relay(w, r, strings.TrimPrefix(path, funcPrefix))
		return
	}
	if ownsStorage(path) {
		g.relayStorage(w, r)
		return
	}
	if g.Apps != nil && (path == AppsPath || strings.HasPrefix(path, AppsPath+"/")) {
		if readServerBody(w, r) {
			setOwnHeaders(w.Header())
			g.Apps(w, r, g.Signins.person(r))
		}
		return
	}
	endpoint, known := g.endpoints[path]
	if !known {
		WriteProblem(w, http.StatusNotFound, "url-not-found", "Unknown URL path.", "")
		return
	}
	if r.Method != endpoint.method && !(endpoint.method == http.MethodGet && r.Method == http.MethodHead) {
		writeMethodNotAllowed(w, endpoint.method)
		return
	}
	if !readServerBody(w, r) {
		return
	}
	endpoint.serve(w, r)
}

// readServerBody replaces the body by one in memory. Nobody needs long to send so
// little. The limit must be gone before the endpoint asks the manager: the server
// goes on reading in order to see the client leave, and would take a limit that is
// reached for that. When it returns false it has answered.
func readServerBody(w http.ResponseWriter, r *http.Request) bool {
	controller := http.NewResponseController(w)
	// A writer that cannot set deadlines is a test's.
	_ = controller.SetReadDeadline(time.Now().Add(serverBodyTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxServerBody))
	switch {
	case tooLarge(err):
		writeTooLarge(w)
		return false
	case err != nil:
		WriteProblem(w, http.StatusBadRequest, "generic-bad-request", "The request body ended early.", "")
		return false
	}
	_ = controller.SetReadDeadline(time.Time{})
	r.Body = io.NopCloser(bytes.NewReader(body))
	return true
}

type endpoint struct {
	method string
	serve  http.HandlerFunc
}

func refuseCrossOrigin(w http.ResponseWriter, r *http.Request) {
	WriteProblem(w, http.StatusForbidden, "generic-forbidden", "Forbidden operation.", "This request came from a page of another origin.")
}

// tooLarge reports whether err says that a body was over its limit.
func tooLarge(err error) bool {
	var limit *http.MaxBytesError
	return errors.As(err, &limit)
}

func writeTooLarge(w http.ResponseWriter) {
	WriteProblem(w, http.StatusRequestEntityTooLarge, "content-too-large", "The request body is too large.", "")
}
