package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
)

// storagePath is where the embedded manager speaks the storage proxy's dialect,
// and where a browser reaches it here: the manager's own port may lead nowhere
// from the machine that the browser is on.
const storagePath = "/storage"

// maxTicket bounds the answers that may name an address of the storage, in bytes.
const maxTicket = 64 << 10

// ownsStorage reports whether a path is of the storage. Nothing else below
// storagePath is relayed.
func ownsStorage(path string) bool {
	switch path {
	case storagePath + "/", storagePath + "/download", storagePath + "/download-archive", storagePath + "/upload":
		return true
	}
	return false
}

// relayStorage sends a transfer to the manager's storage and back. As with a
// storage proxy the token in the query is all the right there is: no sign-in is
// asked for, nothing is signed and no cookie goes along. Pages of other origins
// may not come here, and what is downloaded is never shown as a page of this one.
func (g *Gateway) relayStorage(w http.ResponseWriter, r *http.Request) {
	if !sameOrigin(r) {
		refuseCrossOrigin(w, r)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodOptions:
	default:
		writeMethodNotAllowed(w, "GET, HEAD, PATCH, OPTIONS")
		return
	}
	target, err := g.target(r.URL.EscapedPath(), r.URL)
	if err != nil {
		WriteProblem(w, http.StatusBadRequest, "generic-bad-request", "Bad request.", err.Error())
		return
	}
	r.Header.Del("X-Backendai-Encoded") // a file is sent as it is
	if !g.prepareBody(w, r) {
		return
	}
	proxy := httputil.ReverseProxy{
		Rewrite: func(pr *httputil.ProxyRequest) {
			delete(pr.Out.Header, "Upgrade") // there are no streams here
			g.rewrite(pr, target, defaultAPIVersion)
		},
		Transport:      g.Transport,
		BufferPool:     g.buffers,
		ModifyResponse: func(response *http.Response) error { return g.modifyTransfer(response, r.URL.Path) },
		ErrorHandler:   g.relayFailed,
		ErrorLog:       g.proxyLog,
	}
	proxy.ServeHTTP(finalWriter{w}, r)
}

// modifyTransfer changes the answer of the storage to a request for path.
func (g *Gateway) modifyTransfer(response *http.Response, path string) error {
	g.answers.apply(response.Header)
	response.Header.Del("Location")
	if !strings.HasPrefix(response.Header.Get("Content-Disposition"), "attachment") && strings.HasPrefix(path, storagePath+"/download") && response.StatusCode/100 == 2 {
		// What somebody has stored is no page of this origin.
		response.Header.Set("Content-Disposition", "attachment")
	}
	return nil
}

// isTicket reports whether an answer may name an address of the storage: those of
// /folders/{name}/request-upload, request-download and request-download-archive.
func isTicket(response *http.Response) bool {
	path := response.Request.URL.Path
	return response.StatusCode == http.StatusOK && response.Request.Method == http.MethodPost && response.Header.Get("Content-Encoding") == "" &&
		strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") &&
		strings.Contains(path, "/folders/") && strings.HasPrefix(path[strings.LastIndexByte(path, '/')+1:], "request-")
}

// leadHere puts this server's address in the place of the manager's in an answer
// that names where the storage is. The address of a storage proxy of its own, as a
// cluster has it, stays as it is.
func (g *Gateway) leadHere(response *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxTicket+1))
	if err != nil {
		return err
	}
	if len(body) > maxTicket {
		return errors.New("the answer about a transfer is too large")
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if changed, ok := g.changeTicket(body, response.Request.Header); ok {
		body = changed
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	response.ContentLength = int64(len(body))
	response.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

// changeTicket is leadHere for the body; sent are the headers of the request to
// the manager, which say how the browser came.
func (g *Gateway) changeTicket(body []byte, sent http.Header) ([]byte, bool) {
	var ticket map[string]json.RawMessage
	var url string
	if json.Unmarshal(body, &ticket) != nil || json.Unmarshal(ticket["url"], &url) != nil {
		return nil, false
	}
	rest, found := strings.CutPrefix(url, g.Manager.String())
	if !found || !ownsStorage(rest) {
		return nil, false
	}
	origin := sent.Get("X-Forwarded-Proto") + "://" + sent.Get("X-Forwarded-Host")
	text, err := json.Marshal(origin + rest)
	if err != nil {
		return nil, false
	}
	ticket["url"] = text
	changed, err := json.Marshal(ticket)
	return changed, err == nil
}
