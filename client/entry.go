package client

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Entry is one line of the log, in the JSON form that the original client keeps:
// one per request, and one per failed attempt.
type Entry struct {
	IsError           bool   `json:"isError"`
	Timestamp         string `json:"timestamp"` // UTC, as in "Tue, 02 Jan 2024 03:04:05 GMT"
	Type              string `json:"type"`      // the kind of the failure; empty for a success
	RequestURL        string `json:"requestUrl"`
	RequestMethod     string `json:"requestMethod"`
	RequestParameters string `json:"requestParameters,omitempty"` // the body, without secrets
	StatusCode        int    `json:"statusCode"`
	StatusText        string `json:"statusText"`
	Title             string `json:"title"`
	Message           string `json:"message"`
	// Code is the failure's, for who follows the log; it is not kept.
	Code string `json:"-"`
}

// Time reads the timestamp; the zero time if it cannot be read.
func (e Entry) Time() time.Time {
	t, err := http.ParseTime(e.Timestamp)
	if err != nil {
		return time.Time{}
	}
	return t
}

// maxParameters is the longest body, in bytes, that an entry keeps.
const maxParameters = 2048

// newEntry makes the entry of an attempt that ended with status, and with
// failure if it failed.
func newEntry(c *Client, r Request, body []byte, status int, failure *Error) Entry {
	entry := Entry{
		Timestamp:         c.config.Now().UTC().Format(http.TimeFormat),
		RequestURL:        maskQuery(r.target()),
		RequestMethod:     r.method(),
		RequestParameters: maskBody(body),
		StatusCode:        status,
		StatusText:        http.StatusText(status),
	}
	if failure == nil {
		return entry
	}
	entry.IsError = true
	entry.Timestamp = failure.Time.UTC().Format(http.TimeFormat)
	entry.Type = failure.Kind.String()
	entry.StatusCode, entry.StatusText = failure.Status, failure.StatusText
	entry.Title, entry.Message, entry.Code = failure.Title, failure.Message, failure.Code
	return entry
}

// masked stands for a secret.
const masked = "***"

// isSecret reports whether a key of a body or a query names a secret.
func isSecret(key string) bool {
	key = strings.ToLower(key)
	for _, word := range [...]string{"password", "secret", "token", "otp", "privkey", "private_key", "credential"} {
		if strings.Contains(key, word) {
			return key != "clientsessiontoken" // the name of a session
		}
	}
	return false
}

// maskQuery hides the secrets in the query of a path.
func maskQuery(target string) string {
	path, query, found := strings.Cut(target, "?")
	if !found {
		return target
	}
	pieces := strings.Split(query, "&")
	for i, piece := range pieces {
		name, _, _ := strings.Cut(piece, "=")
		if plain, err := url.QueryUnescape(name); err != nil || isSecret(plain) {
			pieces[i] = name + "=" + masked
		}
	}
	return path + "?" + strings.Join(pieces, "&")
}

// maskBody is the JSON of a body with its secrets hidden, cut to maxParameters.
func maskBody(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	text := string(body)
	if mayHoldSecret(text) {
		var value any
		if json.Unmarshal(body, &value) != nil {
			return "(" + strconv.Itoa(len(body)) + " bytes)"
		}
		cleaned, err := json.Marshal(maskValue(value))
		if err != nil {
			return "(" + strconv.Itoa(len(body)) + " bytes)"
		}
		text = string(cleaned)
	}
	if len(text) > maxParameters {
		text = strings.ToValidUTF8(text[:maxParameters], "") + "…"
	}
	return text
}

// mayHoldSecret spares most bodies the decoding. A name may be spelled with
// escapes, so a body with a backslash is always looked at.
func mayHoldSecret(text string) bool { return strings.Contains(text, `\`) || isSecret(text) }

func maskValue(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if isSecret(key) {
				value[key] = masked
			} else {
				value[key] = maskValue(inner)
			}
		}
	case []any:
		for i, inner := range value {
			value[i] = maskValue(inner)
		}
	}
	return value
}
