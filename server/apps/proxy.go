package apps

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"strings"
	"sync/atomic"

	"github.com/baiui/baiui/client"
)

// ServeHTTP answers under the names of apps.
func (a *Apps) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if host := a.Peers.Host(r); host != r.Host {
		r = r.WithContext(r.Context()) // a copy: the request belongs to the server
		r.Host = host
	}
	list := a.at(r.Host)
	if len(list) == 0 {
		a.pages.write(w, r, nil, pageUnknown)
		return
	}
	if strings.HasPrefix(r.URL.Path, ownPath) {
		a.serveOwn(w, r, list)
		return
	}
	o := a.holderOf(r, list)
	if o == nil {
		o = a.publicOf(r, list)
	}
	last := list[len(list)-1]
	switch {
	case r.RequestURI == "*" || r.Method == http.MethodConnect || r.Method == http.MethodTrace:
		a.pages.write(w, r, last, pageMethod)
	case o == nil:
		a.pages.write(w, r, last, pageStranger)
	case foreign(r, a.Peers.Origin(r)):
		a.pages.write(w, r, o, pageForeign)
	case !o.touch(a.Now()):
		a.pages.write(w, r, o, pageOfEnd(o.ended()))
	default:
		a.pass(w, r, o)
	}
}

// publicOf is the app that everybody at the visitor's address may use.
func (a *Apps) publicOf(r *http.Request, list []*app) *app {
	for _, o := range list {
		if !o.public || o.ended() != nil {
			continue
		}
		if len(o.allowed) == 0 {
			return o
		}
		visitor := a.Peers.Client(r)
		for _, prefix := range o.allowed {
			if prefix.Contains(visitor) {
				return o
			}
		}
	}
	return nil
}

// foreign reports whether a page of another origin makes the request. A browser
// sends the cookie along with those of neighbouring names; only a link that is
// followed may come from there.
func foreign(r *http.Request, origin string) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
		// A browser that does not say so, or none at all.
		from := r.Header.Get("Origin")
		return from != "" && !strings.EqualFold(from, origin)
	}
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	return !reading || r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document"
}

// pass passes a request on to its app, and the answer back, for as long as the
// app is open.
func (a *Apps) pass(w http.ResponseWriter, r *http.Request, o *app) {
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	defer context.AfterFunc(o.ctx, func() { cancel(o.ended()) })()
	used := &usedConn{}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: used.note})
	ctx = context.WithValue(ctx, usedConnKey{}, used)
	o.proxy.ServeHTTP(w, r.WithContext(ctx))
}

// usedConn remembers by which connection a request went.
type usedConn struct{ conn atomic.Pointer[appConn] }

type usedConnKey struct{}

func (u *usedConn) note(info httptrace.GotConnInfo) {
	if c, ok := info.Conn.(*appConn); ok {
		u.conn.Store(c)
	}
}

// refused reports whether the app did not listen.
func (u *usedConn) refused() bool {
	c := u.conn.Load()
	return c != nil && c.NotListening()
}

// addProxy gives an app its reverse proxy.
func (a *Apps) addProxy(o *app) {
	transport := o.newTransport()
	o.roundTripper = transport
	o.idle = transport.CloseIdleConnections
	o.proxy = &httputil.ReverseProxy{
		Transport: transport,
		Rewrite:   func(pr *httputil.ProxyRequest) { a.rewrite(pr, o) },
		// Everything goes on at once: an answer may be a stream whatever its type says.
		FlushInterval:  -1,
		BufferPool:     a.buffers,
		ModifyResponse: func(resp *http.Response) error { return cleanAnswer(resp, o) },
		ErrorHandler:   func(w http.ResponseWriter, r *http.Request, err error) { a.failed(w, r, o, err) },
		ErrorLog:       slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug),
	}
}

// rewrite makes the request for the app. Host and Origin stay what the browser
// has: apps compare them, build addresses from them, and find both of one origin.
func (a *Apps) rewrite(pr *httputil.ProxyRequest, o *app) {
	out := pr.Out
	out.URL.Scheme, out.URL.Host = "http", o.label
	out.Host = pr.In.Host
	// Byte for byte as it was asked for; a path that would read as a host is left to
	// the parser.
	out.URL.RawQuery, out.URL.ForceQuery = pr.In.URL.RawQuery, pr.In.URL.ForceQuery
	if path, _, _ := strings.Cut(pr.In.RequestURI, "?"); strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") {
		out.URL.Opaque = path
	}
	// The map that the server fills when the body has been read.
	out.Trailer = pr.In.Trailer
	cleanCookies(out, a.OwnCookie)
	if client := a.Peers.Client(pr.In); client.IsValid() {
		out.Header.Set("X-Forwarded-For", client.String())
	}
	out.Header.Set("X-Forwarded-Host", pr.In.Host)
	out.Header.Set("X-Forwarded-Proto", "http")
	if a.Peers.Secure(pr.In) {
		out.Header.Set("X-Forwarded-Proto", "https")
	}
	if _, port, err := net.SplitHostPort(pr.In.Host); err == nil {
		out.Header.Set("X-Forwarded-Port", port)
	}
}

// failed answers when there is no answer of the app.
func (a *Apps) failed(w http.ResponseWriter, r *http.Request, o *app, err error) {
	used, _ := r.Context().Value(usedConnKey{}).(*usedConn)
	kind := client.KindOf(err)
	a.Log.Debug("an app does not answer", "error", err)
	switch {
	case o.ended() != nil:
		a.pages.write(w, r, o, pageOfEnd(o.ended()))
	case errors.Is(err, client.ErrNotListening) || used != nil && used.refused():
		a.pages.write(w, r, o, pageWaiting)
	case tooLong(err):
		a.pages.write(w, r, o, pageBroken)
	case kind == client.KindServer:
		a.pages.write(w, r, o, pageNotStarted)
	case kind == client.KindAuth, kind == client.KindForbidden, kind == client.KindClock:
		a.pages.write(w, r, o, pageSignedOut)
	case kind == client.KindUnknown:
		a.pages.write(w, r, o, pageBroken) // the tunnel was there, but the app broke off
	default:
		a.pages.write(w, r, o, pageNoManager)
	}
}

// tooLong reports whether the head of an app's answer was over the limit.
func tooLong(err error) bool {
	return strings.Contains(err.Error(), "server response headers exceeded")
}
