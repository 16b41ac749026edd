package signing

import (
	"hash"
	"net/http"
	"strings"
)

// Request is the part of an HTTP request that is signed. Every field holds the
// raw text of the wire: one byte more or less is another signature.
type Request struct {
	Method string
	// Target is the request target as sent: path and query, still
	// percent-encoded, with any base path.
	Target string
	// Date is the text of Date, X-BackendAI-Date or X-Sorna-Date.
	Date string
	// Host is the Host header, with the port if it has one.
	Host string
	// ContentType is the Content-Type header; parameters are ignored, and an
	// empty one counts as application/octet-stream.
	ContentType string
	// Version is the API version, for example "v8.20240915".
	Version string
	// VersionHeader is the lower-case name under which Version was sent, for
	// managers and clients of the first years ("x-sorna-version"). Empty means
	// "x-backendai-version".
	VersionHeader string
	// Body is signed only for versions before v4.20181215; leave it nil for all
	// others.
	Body []byte
}

const (
	defaultMediaType     = "application/octet-stream"
	defaultVersionHeader = "x-backendai-version"
	legacyVersionHeader  = "x-sorna-version"
	// firstBodilessVersion is the first API version that does not sign the body.
	firstBodilessVersion = "v4.20181215"
)

// StringToSign returns the canonical text: seven lines joined by line feeds,
// none at the end. newHash makes the hash of the signature method; the last line
// is its digest of the signed part of the body.
func (r Request) StringToSign(newHash func() hash.Hash) string {
	digest := newHash()
	digest.Write(r.signedBody())
	var buf [512]byte
	return string(r.appendTo(buf[:0], digest.Sum(nil)))
}

// appendTo appends the canonical text to dst. bodyDigest is the digest of
// signedBody.
func (r Request) appendTo(dst, bodyDigest []byte) []byte {
	dst = append(dst, strings.ToUpper(r.Method)...)
	dst = append(dst, '\n')
	dst = append(dst, r.Target...)
	dst = append(dst, '\n')
	dst = append(dst, r.Date...)
	dst = append(dst, "\nhost:"...)
	dst = append(dst, r.Host...)
	dst = append(dst, "\ncontent-type:"...)
	dst = append(dst, r.mediaType()...)
	dst = append(dst, '\n')
	if r.VersionHeader == "" {
		dst = append(dst, defaultVersionHeader...)
	} else {
		dst = append(dst, r.VersionHeader...)
	}
	dst = append(dst, ':')
	dst = append(dst, r.Version...)
	dst = append(dst, '\n')
	const digits = "0123456789abcdef"
	for _, b := range bodyDigest {
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

// mediaType is the Content-Type without parameters, in lower case.
func (r Request) mediaType() string {
	mediaType, _, _ := strings.Cut(r.ContentType, ";")
	mediaType = strings.TrimSpace(mediaType)
	if mediaType == "" {
		return defaultMediaType
	}
	return strings.ToLower(mediaType)
}

// signedBody is the part of the body that is hashed. The comparison of versions
// is one of plain text, as in the manager.
func (r Request) signedBody() []byte {
	if r.Version >= firstBodilessVersion || r.mediaType() == "multipart/form-data" {
		return nil
	}
	return r.Body
}

// FromHTTP takes the signed parts of a request that a server received. The date
// comes from Date, else X-BackendAI-Date, else X-Sorna-Date; the version from
// X-BackendAI-Version, else X-Sorna-Version. A request without a date gives
// [ErrDate], one without a version [ErrVersion]; the manager answers 400
// invalid-auth-params to both. The body is not read: whoever still serves API
// versions before v4.20181215 sets it.
func FromHTTP(r *http.Request) (Request, error) {
	signed := Request{
		Method:      r.Method,
		Target:      r.RequestURI,
		Host:        r.Host,
		ContentType: r.Header.Get("Content-Type"),
	}
	if signed.Target == "" { // a request made for a handler in a test
		signed.Target = r.URL.RequestURI()
	}
	for _, name := range [...]string{"Date", "X-Backendai-Date", "X-Sorna-Date"} {
		if signed.Date = r.Header.Get(name); signed.Date != "" {
			break
		}
	}
	signed.Version = r.Header.Get("X-Backendai-Version")
	if signed.Version == "" {
		signed.Version = r.Header.Get("X-Sorna-Version")
		signed.VersionHeader = legacyVersionHeader
	}
	switch {
	case signed.Date == "":
		return signed, ErrDate
	case signed.Version == "":
		return signed, ErrVersion
	}
	return signed, nil
}
