package host

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// document is an answer kept in memory in all its codings.
type document struct {
	contentType      string
	etag             string // without the coding
	plain, br, gzips []byte
}

func newDocument(body []byte, contentType string) *document {
	sum := sha256.Sum256(body)
	br, gz := compress(body)
	return &document{
		contentType: contentType,
		etag:        base64.RawURLEncoding.EncodeToString(sum[:12]),
		plain:       body,
		br:          br,
		gzips:       gz,
	}
}

func (d *document) body(coding string) []byte {
	switch coding {
	case brotlied:
		return d.br
	case gzipped:
		return d.gzips
	default:
		return d.plain
	}
}

// writeDocument answers with d in the coding that suits the client.
func writeDocument(w http.ResponseWriter, r *http.Request, status int, d *document) {
	coding := choose(r.Header.Get("Accept-Encoding"), true, true)
	body := d.body(coding)
	if writeHead(w, r, head{status: status, contentType: d.contentType, etag: d.etag, coding: coding, size: int64(len(body))}) {
		io.Copy(w, bytes.NewReader(body)) // the client may be gone; there is nobody to tell
	}
}

// head is what goes before a body.
type head struct {
	status      int
	contentType string
	etag        string // of the plain body; each coding gets its own
	coding      string
	size        int64
}

// writeHead writes the status line and the headers, and reports whether a body
// has to follow: not when the client has it already, and not for HEAD.
func writeHead(w http.ResponseWriter, r *http.Request, h head) bool {
	header := w.Header()
	etag := `"` + h.etag + `"`
	if h.coding != identity {
		// Two codings of one content are two representations: a strong tag must differ.
		etag = `"` + h.etag + "-" + h.coding + `"`
		header.Set("Content-Encoding", h.coding)
	}
	header.Set("Etag", etag)
	header.Add("Vary", "Accept-Encoding")
	if h.status == http.StatusOK && matches(r.Header["If-None-Match"], etag) {
		header.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return false
	}
	header.Set("Content-Type", h.contentType)
	header.Set("Content-Length", strconv.FormatInt(h.size, 10))
	w.WriteHeader(h.status)
	return r.Method != http.MethodHead
}

// matches reports whether If-None-Match names the tag. The comparison is the weak
// one, as RFC 9110 wants here.
func matches(ifNoneMatch []string, etag string) bool {
	for _, line := range ifNoneMatch {
		for candidate := range strings.SplitSeq(line, ",") {
			candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
			if candidate == etag || candidate == "*" {
				return true
			}
		}
	}
	return false
}

// writeProblem answers with an error body of the kind that Backend.AI uses.
func writeProblem(w http.ResponseWriter, status int, slug, title string) {
	body := fmt.Sprintf(`{"type": "https://api.backend.ai/probs/%s", "title": %q}`, slug, title)
	header := w.Header()
	header.Set("Content-Type", "application/problem+json; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	io.WriteString(w, body) // the client may be gone; there is nobody to tell
}
