package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
)

// newError makes an error about a request.
func (c *Client) newError(r Request, kind Kind) *Error {
	return &Error{Kind: kind, Method: r.method(), Path: maskQuery(r.target()), Time: c.config.Now()}
}

// withStatus adds the status of the answer.
func (e *Error) withStatus(resp *http.Response) *Error {
	e.Status, e.StatusText = resp.StatusCode, http.StatusText(resp.StatusCode)
	return e
}

// mayPass reports whether the same request may succeed a moment later.
func (k Kind) mayPass() bool {
	switch k {
	case KindTimeout, KindOffline, KindUnreachable, KindUnavailable, KindTruncated:
		return true
	}
	return false
}

// mayBeAnother reports whether the manager may be another version since: nobody
// answered for a time, or it does not know what the one before did.
func (e *Error) mayBeAnother() bool {
	switch e.Kind {
	case KindOffline, KindUnreachable, KindUnavailable:
		return true
	case KindGraphQL:
		for _, entry := range e.Errors {
			if strings.HasPrefix(entry.Message, "Cannot query field") || strings.HasPrefix(entry.Message, "Unknown argument") {
				return true
			}
		}
	}
	return false
}

// contextError is the failure of a request whose context has ended: an abort if
// the caller cancelled, else a time-out.
func (c *Client) contextError(ctx context.Context, r Request) *Error {
	e := c.newError(r, KindTimeout)
	e.Title = "no answer in time"
	if errors.Is(ctx.Err(), context.Canceled) {
		e.Kind = KindAborted
		e.Title = "request cancelled"
	}
	e.Status, e.StatusText = http.StatusRequestTimeout, http.StatusText(http.StatusRequestTimeout)
	e.Cause = context.Cause(ctx)
	e.Message = e.Cause.Error()
	return e
}

// transportError is the failure of a request that got no answer.
func (c *Client) transportError(ctx context.Context, r Request, err error) *Error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	if ctx.Err() != nil {
		return c.contextError(ctx, r)
	}
	e := c.newError(r, KindUnreachable)
	e.Title = "no connection to " + c.Endpoint()
	if offline(err) {
		e.Kind = KindOffline
		e.Title = "no network"
	}
	e.Message, e.Cause = err.Error(), err
	return e
}

// problem is an error body of the manager (title, msg, data, error_code) or of
// the web server (title, details).
type problem struct {
	Type      string          `json:"type"`
	Title     string          `json:"title"`
	Msg       json.RawMessage `json:"msg"`
	Data      json.RawMessage `json:"data"`
	ErrorCode string          `json:"error_code"`
	Details   json.RawMessage `json:"details"`
}

// suffix is the last part of the type, which tells problems apart.
func (p problem) suffix() string { return p.Type[strings.LastIndexByte(p.Type, '/')+1:] }

// message is msg, else details; both are texts nearly always.
func (p problem) message() string {
	for _, raw := range []json.RawMessage{p.Msg, p.Details} {
		var text string
		if json.Unmarshal(raw, &text) == nil && text != "" {
			return text
		}
		if len(raw) > 0 && raw[0] != '"' && string(raw) != "null" {
			return string(raw)
		}
	}
	return ""
}

// statusError is the failure that an answer with a status outside 200 to 299
// stands for. The kind follows from the status and the problem type, not from
// titles, which differ between managers.
func (c *Client) statusError(r Request, resp *http.Response, data []byte) *Error {
	var p problem
	isProblem := isJSON(resp.Header.Get("Content-Type")) && json.Unmarshal(data, &p) == nil
	e := c.newError(r, KindUnknown).withStatus(resp)
	e.Title, e.Message, e.Type, e.Code, e.Data = p.Title, p.message(), p.suffix(), p.ErrorCode, p.Data
	if e.Title == "" {
		e.Title = e.StatusText
	}
	if location := resp.Header.Get("Location"); location != "" && e.Message == "" {
		e.Message = "moved to " + location
	}
	e.Kind = statusKind(resp.StatusCode, e.Type)
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		e.Kind = c.unauthorizedKind(e, isProblem)
	case e.Type == "invalid-auth-params" && strings.Contains(e.Message, "Date/time sync"):
		e.Kind, e.ClockSkew = c.clockSkew(resp)
	case strings.Contains(e.Message, "Unsupported API version"):
		e.Kind = KindVersion
	}
	if e.Kind == KindRateLimit || e.Kind == KindUnavailable {
		e.RetryAfter = retryAfter(resp.Header, c.config.Now())
	}
	return e
}

// statusKind is the kind for a status and a problem type; 401 is decided by
// unauthorizedKind.
func statusKind(status int, problemType string) Kind {
	switch problemType {
	case "session-already-exists", "vfolder-already-exists", "too-many-sessions-matched", "too-many-vfolders":
		return KindConflict
	case "graphql-error":
		return KindGraphQL
	case "server-frozen":
		return KindUnavailable
	}
	switch status {
	case http.StatusForbidden:
		return KindForbidden
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
		return KindNotFound
	case http.StatusRequestTimeout:
		return KindTimeout
	case http.StatusConflict:
		return KindConflict
	case http.StatusPreconditionFailed:
		return KindQuota
	case http.StatusTooManyRequests:
		return KindRateLimit
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return KindUnavailable
	}
	switch status / 100 {
	case 3:
		return KindBadAnswer
	case 4:
		return KindInvalid
	}
	return KindServer
}

// unauthorizedKind tells the 401 that ends a sign-in from the one that only
// means "not allowed". Managers up to 24.09 answer 401 "Unauthorized access" to
// a signed request of a role that may not make it; that must not sign anybody
// out. The sign-in is over when the key is unknown or the signature wrong, when
// a later manager says so by its error code, or when the web server itself (no
// message, its own title) has no session for the cookie.
func (c *Client) unauthorizedKind(e *Error, isProblem bool) Kind {
	message := strings.ToLower(e.Message)
	switch {
	case e.Type == "password-expired":
		return KindPasswordExpired
	case strings.HasPrefix(message, "user credential mismatch"), strings.HasPrefix(message, "no api keypairs found"):
		return KindCredentials
	case strings.Contains(message, "signature mismatch"), strings.HasPrefix(message, "access key not found"):
		return KindAuth
	case e.Code == "user_auth_unauthorized":
		return KindAuth
	case c.config.Mode == model.ModeSession && (!isProblem || e.Message == "" && e.Title == "Unauthorized access"):
		return KindAuth
	}
	return KindForbidden
}

// SigninHeader is how baiui's web server names to the manager the sign-in that a
// request comes from, and how it marks to a page its own answer that there is none.
const SigninHeader = "Baiui-Signin"

// The codes of [Error] that say why the web server has ended a sign-in.
const (
	CodePasswordChanged = "signin_password_changed" // another sign-in has changed it, or an admin
	CodeAccountClosed   = "signin_account_closed"   // user or key pair are not active any more
)

// SkewHeader is how baiui's web server tells by how many seconds its own clock is
// ahead of the manager's, on an answer that refuses a request because of its date.
const SkewHeader = "Baiui-Clock-Skew"

// clockSkew is whose clock is off, and by how much: the one that signs. That is
// this one, measured by the answer's Date header, or in ModeSession the web
// server's, which measures by itself.
func (c *Client) clockSkew(resp *http.Response) (Kind, time.Duration) {
	if c.config.Mode == model.ModeSession {
		seconds, err := strconv.ParseInt(resp.Header.Get(SkewHeader), 10, 32)
		if err != nil {
			return KindServerClock, 0
		}
		return KindServerClock, time.Duration(seconds) * time.Second
	}
	theirs, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return KindClock, 0
	}
	return KindClock, c.config.Now().Sub(theirs).Round(time.Second)
}

// retryAfter reads Retry-After (seconds or a date), else X-RateLimit-Reset
// (seconds; managers from 26.x).
func retryAfter(header http.Header, now time.Time) time.Duration {
	for _, text := range []string{header.Get("Retry-After"), header.Get("X-Ratelimit-Reset")} {
		if seconds, err := strconv.ParseInt(text, 10, 32); err == nil && seconds >= 0 {
			return time.Duration(seconds) * time.Second
		}
		if t, err := http.ParseTime(text); err == nil {
			return max(0, t.Sub(now))
		}
	}
	return 0
}
