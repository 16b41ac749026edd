package client

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// Kind says what went wrong, so that a program can decide and a page can pick
// the sentence it shows: the key of a text is "error." + Kind.String().
type Kind int

// The kinds. Each failure of this package has exactly one.
const (
	KindUnknown         Kind = iota // none of the below
	KindAborted                     // the caller cancelled the request
	KindTimeout                     // no complete answer before the deadline
	KindOffline                     // this device has no network
	KindUnreachable                 // nothing answers there: refused, no such host, TLS or CORS refusal
	KindAuth                        // the sign-in is over or the key is unknown: sign in again
	KindCredentials                 // user name or password is wrong
	KindPasswordExpired             // the password must be changed before signing in
	KindSecondFactor                // the sign-in wants a one-time password
	KindForbidden                   // signed in, but not allowed
	KindNotFound                    // no such session, folder, path …
	KindInvalid                     // the manager does not accept a value that was sent
	KindConflict                    // the name is taken, or the state does not allow it
	KindQuota                       // over a limit of the resource policy
	KindRateLimit                   // too many requests; see Error.RetryAfter
	KindClock                       // this device's clock is off; see Error.ClockSkew
	KindServerClock                 // the web server's clock is off; see Error.ClockSkew
	KindVersion                     // the manager is too old, or refuses our API version
	KindNotManager                  // something answers there, but it is not a manager
	KindUnavailable                 // 502, 503, 504, or a frozen manager: try again later
	KindServer                      // the manager failed
	KindGraphQL                     // a GraphQL error of no other kind
	KindBadAnswer                   // HTML where JSON was expected, broken JSON
	KindTruncated                   // the connection ended within the answer
	KindTooLarge                    // the answer is over the limit
)

// kindNames is indexed by Kind.
var kindNames = [...]string{
	"unknown", "aborted", "timeout", "offline", "unreachable", "auth", "credentials", "password_expired",
	"second_factor", "forbidden", "not_found", "invalid", "conflict", "quota", "rate_limit", "clock", "server_clock",
	"version", "not_manager", "unavailable", "server", "graphql", "bad_answer", "truncated", "too_large",
}

// Kinds lists all kinds, for tables of texts and their tests.
func Kinds() []Kind {
	kinds := make([]Kind, len(kindNames))
	for i := range kinds {
		kinds[i] = Kind(i)
	}
	return kinds
}

// String is the stable lower-case name, for example "not_found".
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return kindNames[KindUnknown]
	}
	return kindNames[k]
}

// Error is every failure of a request. Title and Message are the manager's or
// this package's English words, for logs and for people who want the detail;
// what a person reads first is derived from Kind.
type Error struct {
	Kind    Kind
	Title   string // short: the manager's title, or what failed
	Message string // longer: the manager's message, or the cause
	// Type is the last part of the problem type, for example "object-not-found".
	Type string
	// Code is the error code of managers from 25.x on, for example
	// "session_read_not-found".
	Code string
	// Data is the manager's extra data, for example {"image": "is required"}.
	Data json.RawMessage

	Method string
	Path   string // with the query, without the endpoint
	// Status is the HTTP status; 408 for time-outs and aborts, as the original
	// client has it, and 0 when there was no answer.
	Status     int
	StatusText string
	Time       time.Time

	// RetryAfter is how long to wait, for KindRateLimit and KindUnavailable where
	// the answer says; 0 when it does not.
	RetryAfter time.Duration
	// ClockSkew is this device's clock (KindClock) or the web server's
	// (KindServerClock) minus the manager's, to the second; 0 when nobody could
	// measure it.
	ClockSkew time.Duration

	// Errors are those of a GraphQL answer.
	Errors []GraphQLError
	Cause  error
}

// GraphQLError is one entry of "errors" in a GraphQL answer.
type GraphQLError struct {
	Message    string `json:"message"`
	Path       []any  `json:"path"`
	Extensions struct {
		Code string `json:"code"`
	} `json:"extensions"`
}

// Error puts the parts into one English line for logs.
func (e *Error) Error() string {
	text := "client: "
	if e.Method != "" {
		text += e.Method + " " + e.Path + ": "
	}
	text += e.Kind.String()
	if e.Title != "" {
		text += ": " + e.Title
	}
	if e.Message != "" && e.Message != e.Title {
		text += ": " + e.Message
	}
	return text
}

// Said is what the other side said of the failure, for people; empty if nothing.
func (e *Error) Said() string { return strings.TrimSpace(e.Title + " " + e.Message) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf returns the kind of err, or of the [Error] inside it; KindUnknown for
// nil and for errors that do not come from this package.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindUnknown
}
