package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

// Request is one call of the manager's REST interface.
type Request struct {
	Method string // upper case; empty means GET
	// Path starts with a slash and is percent-encoded where needed; see
	// [PathEscape]. ModeSession puts /func before all but /server/ paths.
	Path string
	// Query is appended to the path.
	Query url.Values
	// Body is encoded as JSON. It is not sent with GET.
	Body any
	// Timeout is the deadline of one attempt; 0 means the client's.
	Timeout time.Duration
	// Retries is how often a failed attempt is repeated, RetryWait apart. Only
	// failures that may pass are repeated (time-out, nothing answers, 502 to 504,
	// a cut connection); set it only where doing the thing twice does no harm.
	Retries int

	anonymous bool   // sent without signature and API version
	accept    string // the media types wanted; empty means JSON
	from      int64  // where the answer is to begin, in bytes
	maxBody   int64  // the largest accepted answer; 0 means the client's
}

// RetryWait is the pause before an attempt is repeated.
const RetryWait = 2 * time.Second

// PathEscape encodes one path segment, for example a session name.
func PathEscape(segment string) string { return url.PathEscape(segment) }

// target is the path with the query.
func (r Request) target() string {
	if len(r.Query) == 0 {
		return r.Path
	}
	return r.Path + "?" + r.Query.Encode()
}

func (r Request) method() string {
	if r.Method == "" {
		return http.MethodGet
	}
	return r.Method
}

// encodeBody returns the JSON of the body, nil if none is sent.
func (r Request) encodeBody() ([]byte, error) {
	if r.Body == nil || r.method() == http.MethodGet || r.method() == http.MethodHead {
		return nil, nil
	}
	if raw, ok := r.Body.(json.RawMessage); ok {
		return raw, nil
	}
	return json.Marshal(r.Body)
}

// newSignedRequest makes the HTTP request: address, headers, and in ModeAPI the
// signature over exactly what goes out. Neither Date nor Host can be set in a
// browser, so the date travels as X-BackendAI-Date and the host is that of the
// address.
func (c *Client) newSignedRequest(ctx context.Context, r Request, body []byte) (*http.Request, error) {
	target := r.target()
	if c.config.Mode == model.ModeSession && !strings.HasPrefix(target, "/server/") {
		target = "/func" + target
	}
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method(), c.Endpoint()+target, reader)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", cmp.Or(r.accept, "application/json"))
	if r.from > 0 {
		req.Header.Set("Range", "bytes="+strconv.FormatInt(r.from, 10)+"-")
	}
	setFetchOptions(req.Header, c.config)
	if r.anonymous {
		return req, nil
	}
	if c.config.Presigned != nil {
		return req, c.applyPresigned(req, r)
	}
	date := signing.FormatDate(c.config.Now())
	version := cmp.Or(c.Version().RequestAPI(), oldestAPI)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-BackendAI-Date", date)
	req.Header.Set("X-BackendAI-Version", version)
	if c.config.Mode != model.ModeAPI {
		return req, nil
	}
	authorization, err := c.config.KeyPair.Authorization(signing.Request{
		Method:      req.Method,
		Target:      req.URL.RequestURI(),
		Date:        date,
		Host:        signedHost(req.URL),
		ContentType: "application/json",
		Version:     version,
	})
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", authorization)
	return req, nil
}

// signedHost is the Host header that goes out with a request for u. Browsers
// leave out the port that the scheme implies; so must the request and the
// signature.
func signedHost(u *url.URL) string {
	if (u.Scheme == "http" && u.Port() == "80") || (u.Scheme == "https" && u.Port() == "443") {
		return strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	return u.Host
}
