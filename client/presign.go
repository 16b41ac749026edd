package client

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/baiui/baiui/client/signing"
)

// Signed is a signature that was made beforehand, by whoever has the key pair,
// for somebody who has not. It opens exactly one path with its query, and only
// while its date is within [signing.MaxSkew] of the manager's clock.
type Signed struct {
	Date          string `json:"date"`
	Version       string `json:"version"`
	Authorization string `json:"authorization"`
}

// presignStep is how far the dates of signatures are apart that cover a longer
// time: each is good for a quarter of an hour before and after its date.
const presignStep = 20 * time.Minute

// Presign signs a request so that another program can send it in this client's
// name, from now on for the given time: once, for a time shorter than
// [signing.MaxSkew], else as often as it takes. path holds the query. A request
// other than GET is signed with the content type application/json. The manager
// must be known ([Client.Connect]).
func (c *Client) Presign(method, path string, lasting time.Duration) ([]Signed, error) {
	address, err := url.Parse(c.Endpoint() + path)
	if err != nil {
		return nil, err
	}
	contentType := ""
	if !isReading(method) {
		contentType = "application/json"
	}
	now := c.config.Now()
	var list []Signed
	for at := now; ; at = at.Add(presignStep) {
		signed := Signed{Date: signing.FormatDate(at), Version: c.Version().RequestAPI()}
		signed.Authorization, err = c.config.KeyPair.Authorization(signing.Request{
			Method: method, Target: address.RequestURI(), Date: signed.Date, Host: signedHost(address),
			ContentType: contentType, Version: signed.Version,
		})
		if err != nil {
			return nil, err
		}
		list = append(list, signed)
		if at.Sub(now) >= lasting-signing.MaxSkew {
			return list, nil
		}
	}
}

// Nearest is the signature whose date is nearest to an instant; false if none is
// near enough to be accepted.
func Nearest(list []Signed, now time.Time) (Signed, bool) {
	best, least := Signed{}, signing.MaxSkew
	for _, signed := range list {
		date, err := signing.ParseDate(signed.Date)
		if err != nil {
			continue
		}
		if away := now.Sub(date).Abs(); away < least {
			best, least = signed, away
		}
	}
	return best, least < signing.MaxSkew
}

// AccessKey is whose signature it is, "" if that cannot be read.
func (s Signed) AccessKey() string {
	credential, err := signing.ParseAuthorization(s.Authorization)
	if err != nil {
		return ""
	}
	return credential.AccessKey
}

// isReading reports whether a method has no body to be signed for.
func isReading(method string) bool {
	return strings.EqualFold(method, "GET") || strings.EqualFold(method, "HEAD")
}

// applyPresigned puts a signature that was made beforehand on a request.
func (c *Client) applyPresigned(req *http.Request, r Request) error {
	signed, ok := c.config.Presigned(req.Method, r.target())
	if !ok {
		e := c.newError(r, KindForbidden)
		e.Title = "no signature was given for this request"
		return e
	}
	if !isReading(req.Method) {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("X-BackendAI-Date", signed.Date)
	req.Header.Set("X-BackendAI-Version", signed.Version)
	req.Header.Set("Authorization", signed.Authorization)
	return nil
}
