package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/signing"
)

const (
	// defaultAPIVersion is sent for clients that name none: the newest one of the
	// oldest manager supported, which all later ones accept too.
	defaultAPIVersion = "v7.20230615"
	// bodilessVersion is the first API version whose signature leaves the body
	// out. An older one would mean to hold each upload in memory to sign it.
	bodilessVersion = "v4.20181215"
	// maxEncodedBody bounds a relayed body with payload encoding, which cannot stream.
	maxEncodedBody = 1 << 20
	// dateLayout is how the official Python client writes the date of a request.
	dateLayout = "2006-01-02T15:04:05.000000+00:00"
)

// relay signs a request and sends it to the manager. path is the rest behind
// /func, still escaped.
func (g *Gateway) relay(w http.ResponseWriter, r *http.Request, path string) {
	if !sameOrigin(r) {
		refuseCrossOrigin(w, r)
		return
	}
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	if path == "/ping" && reading {
		g.ping(w)
		return
	}
	in := g.Signins.of(r)
	// The version document is the only thing to be had without signing in. For
	// somebody who is, it is signed like all else: a manager counts what is not by
	// address, and this one stands for many people.
	if in == nil && !(path == "/" && reading) {
		writeSignedOut(w, g.Signins.ended(r))
		return
	}
	if !relayedMethod(r.Method) {
		writeMethodNotAllowed(w, "GET, HEAD, POST, PUT, PATCH, DELETE")
		return
	}
	target, err := g.target(path, r.URL)
	if err != nil {
		WriteProblem(w, http.StatusBadRequest, "generic-bad-request", "Bad request.", err.Error())
		return
	}
	version := r.Header.Get("X-Backendai-Version")
	if version == "" {
		version = defaultAPIVersion
	} else if version < bodilessVersion {
		WriteProblem(w, http.StatusBadRequest, "generic-bad-request", "Bad request.", "Unsupported API version.")
		return
	}
	if !g.prepareBody(w, r) {
		return
	}
	var out http.ResponseWriter = finalWriter{w}
	if in != nil && streams(r) {
		// A stream ends with the sign-in that opened it, and when the server stops.
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		socket := &websocketWriter{finalWriter: finalWriter{w}}
		if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
			out = socket
		}
		defer context.AfterFunc(in.ctx, func() {
			socket.goAway()
			cancel()
		})()
		r = r.WithContext(ctx)
	}
	proxy := httputil.ReverseProxy{
		Rewrite: func(pr *httputil.ProxyRequest) {
			g.rewrite(pr, target, version)
			if in != nil {
				pr.Out.Header[client.SigninHeader] = []string{in.publicName()}
				g.sign(pr.Out, in.keys, version)
			}
		},
		Transport:  g.Transport,
		BufferPool: g.buffers,
		ModifyResponse: func(response *http.Response) error {
			g.endOthers(in, path, response)
			return g.modifyResponse(response)
		},
		ErrorHandler: g.relayFailed,
		ErrorLog:     g.proxyLog,
	}
	proxy.ServeHTTP(out, r)
}

// sameOrigin reports whether no page of another origin made the request. Reading
// requests get here too: an upgrade to a websocket is a GET, and what a GET
// returns is not for a script tag, a frame or a worker either.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "", "empty", "document", "websocket":
	default:
		return false
	}
	if r.Header.Get("Service-Worker") != "" {
		return false // how browsers without Sec-Fetch-Dest mark the program of a worker
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}

// endOthers ends the person's other sign-ins when the manager has taken a new
// password from this one. What others change, an admin for example, only the
// embedded manager tells, see [Signins.EndOf].
func (g *Gateway) endOthers(in *signin, path string, response *http.Response) {
	if in != nil && path == "/auth/update-password" && response.Request.Method == http.MethodPost && response.StatusCode == http.StatusOK {
		g.Signins.EndOf([]string{in.account.AccessKey}, in.publicName(), client.CodePasswordChanged)
	}
}

func relayedMethod(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	}
	return false
}

// streams reports whether the answer has no end of its own.
func streams(r *http.Request) bool {
	return r.Header.Get("Upgrade") != "" || strings.HasPrefix(r.URL.Path, "/func/stream/") ||
		strings.HasPrefix(r.URL.Path, "/func/events/") || strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

var errDotSegment = errors.New("a path must not contain . or .. as one of its parts")

// target is the URL at the manager. What the client escaped stays escaped, slashes
// doubled stay doubled; only . and .. are refused, plain or escaped, because
// something between here and the manager could resolve them out of its base path.
func (g *Gateway) target(path string, asked *url.URL) (*url.URL, error) {
	if path == "" {
		path = "/"
	}
	for part := range strings.SplitSeq(path, "/") {
		if len(part) > len("%2e%2e") {
			continue
		}
		switch strings.ReplaceAll(strings.ToLower(part), "%2e", ".") {
		case ".", "..":
			return nil, errDotSegment
		}
	}
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return nil, err
	}
	return &url.URL{
		Scheme:     g.Manager.Scheme,
		Host:       g.Manager.Host,
		Path:       g.Manager.Path + decoded,
		RawPath:    g.Manager.EscapedPath() + path,
		RawQuery:   asked.RawQuery,
		ForceQuery: asked.ForceQuery,
	}, nil
}

// prepareBody applies the limits and undoes the payload encoding. When it returns
// false it has answered.
func (g *Gateway) prepareBody(w http.ResponseWriter, r *http.Request) bool {
	if g.MaxBody > 0 {
		if r.ContentLength > g.MaxBody {
			writeTooLarge(w)
			return false
		}
		if r.ContentLength < 0 {
			r.Body = http.MaxBytesReader(w, r.Body, g.MaxBody)
		}
	}
	if r.ContentLength != 0 {
		r.Body = clientBody{r.Body}
	}
	if r.Header.Get("X-Backendai-Encoded") != "true" || r.ContentLength == 0 {
		return true
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEncodedBody))
	if tooLarge(err) {
		writeTooLarge(w)
		return false
	}
	if err == nil {
		body, err = g.decode(r, body)
	}
	if err != nil {
		WriteProblem(w, http.StatusBadRequest, "generic-bad-request", "The encoded body cannot be read.", "")
		return false
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	return true
}

// clientBody marks the errors of reading from the client, so that they are not
// taken for those of writing to the manager.
type clientBody struct{ io.ReadCloser }

func (b clientBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = errClientBody{err}
	}
	return n, err
}

type errClientBody struct{ error }

func (e errClientBody) Unwrap() error { return e.error }

// rewrite makes the request that goes out.
func (g *Gateway) rewrite(pr *httputil.ProxyRequest, target *url.URL, version string) {
	out := pr.Out
	out.URL = target
	out.Host = target.Host
	out.Trailer = nil
	for name, values := range out.Header {
		if !toManager(name) {
			delete(out.Header, name)
		} else if name == "Content-Type" && len(values) > 1 {
			out.Header[name] = values[:1] // one is signed, so one is sent
		}
	}
	out.Header["X-Backendai-Version"] = []string{version}
	pr.SetXForwarded()
	if client := g.Peers.Client(pr.In); client.IsValid() {
		// Managers compare it, whole, with the networks that a user may come from.
		out.Header["X-Forwarded-For"] = []string{client.String()}
	}
	if g.Peers.Secure(pr.In) {
		out.Header["X-Forwarded-Proto"] = []string{"https"}
	}
}

// sign puts the date and the signature on a request that is otherwise finished.
func (g *Gateway) sign(out *http.Request, keys signing.KeyPair, version string) {
	date := g.Now().UTC().Format(dateLayout)
	authorization, err := keys.Authorization(signing.Request{
		Method:      out.Method,
		Target:      out.URL.RequestURI(),
		Date:        date,
		Host:        out.Host,
		ContentType: out.Header.Get("Content-Type"),
		Version:     version,
	})
	if err != nil {
		panic(err) // only an unreadable date is an error, and this one was just written
	}
	out.Header["Date"] = []string{date}
	out.Header["Authorization"] = []string{authorization}
}

func (g *Gateway) modifyResponse(response *http.Response) error {
	response.Header.Del(client.SkewHeader)
	if response.StatusCode == http.StatusBadRequest {
		g.lookAtClock(response)
	}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		response.Body = endingBody{response.Body}
	}
	g.answers.apply(response.Header)
	if isTicket(response) {
		return g.leadHere(response)
	}
	// An address of the manager is no use to the browser, which cannot go there.
	if location := response.Header.Get("Location"); location != "" {
		if rest, found := strings.CutPrefix(location, g.Manager.String()); found && (rest == "" || rest[0] == '/') {
			response.Header.Set("Location", funcPrefix+rest)
		}
	}
	return nil
}

// endingBody makes a stream of events that breaks, or that ends with its sign-in,
// end as one that is complete: it is no less of an answer than before, browsers
// would report a broken one as an error of the page, and whoever listens connects
// again in any case.
type endingBody struct{ io.ReadCloser }

func (b endingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		err = io.EOF
	}
	return n, err
}

// lookAtClock tells the operator, and the page, when a request was refused because
// of its date: the clock that is off is this machine's or the manager's, never a
// browser's.
func (g *Gateway) lookAtClock(response *http.Response) {
	theirs, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		return
	}
	if skew := g.Now().Sub(theirs).Round(time.Second); skew.Abs() >= signing.MaxSkew {
		g.Log.Warn("the clocks of this machine and the manager are too far apart, so that it refuses what is signed here; set them, best by NTP", "ahead", skew)
		response.Header.Set(client.SkewHeader, strconv.Itoa(int(skew/time.Second)))
	}
}

// relayFailed answers when there is no answer of the manager.
func (g *Gateway) relayFailed(w http.ResponseWriter, r *http.Request, err error) {
	var timeout net.Error
	var cut errClientBody
	switch {
	case tooLarge(err):
		writeTooLarge(w)
	case errors.As(err, &cut):
		WriteProblem(w, http.StatusBadRequest, "generic-bad-request", "The request body ended early.", "")
	case errors.Is(err, context.Canceled):
		// The client went away, or the sign-in ended while it waited.
		writeSignedOut(w, g.Signins.ended(r))
	case errors.As(err, &timeout) && timeout.Timeout():
		g.Log.Warn("the manager is too slow", "method", r.Method, "error", err)
		WriteProblem(w, http.StatusGatewayTimeout, "gateway-timeout", "The proxy target server did not answer in time.", "")
	default:
		g.Log.Warn("the manager cannot be reached", "method", r.Method, "error", err)
		g.writeUnreachable(w, err)
	}
}
