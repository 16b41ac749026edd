package problem

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/baiui/baiui/server/manager/store"
)

// ContentType is that of a problem's body.
const ContentType = "application/problem+json; charset=utf-8"

// prefix is what types begin with.
const prefix = "https://api.backend.ai/probs/"

// Problem is one refusal. It is an error, so that handlers return it.
type Problem struct {
	Status int    // of the HTTP answer
	Type   string // without the prefix, for example "auth-failed"
	Title  string
	Msg    string // more, where there is more to say
	Data   any    // details for programs
	Agent  *Agent // what the node said, where it failed
	Cause  error  // for the log; never sent
}

// Agent is the node's part of a failure.
type Agent struct {
	Type      string  `json:"type"`
	Title     *string `json:"title"`
	Exception string  `json:"exception,omitempty"`
}

// Error is for logs.
func (p *Problem) Error() string {
	text := fmt.Sprintf("%d %s", p.Status, p.Type)
	if p.Msg != "" {
		text += ": " + p.Msg
	}
	if p.Cause != nil {
		text += ": " + p.Cause.Error()
	}
	return text
}

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// MarshalJSON writes the body.
func (p *Problem) MarshalJSON() ([]byte, error) {
	return encode(struct {
		Type  string `json:"type"`
		Title string `json:"title"`
		Msg   string `json:"msg,omitempty"`
		Data  any    `json:"data,omitempty"`
		Agent *Agent `json:"agent-details,omitempty"`
	}{prefix + p.Type, p.Title, p.Msg, p.Data, p.Agent})
}

// encode is json.Marshal that leaves <, > and & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// Write answers with p.
func (p *Problem) Write(w http.ResponseWriter) {
	body, err := p.MarshalJSON()
	if err != nil { // Data that cannot be encoded
		body, _ = Internal(err).MarshalJSON()
	}
	h := w.Header()
	h.Set("Content-Type", ContentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the client may have gone
}

// Of turns any error into a problem: a problem stays itself, a full or broken
// store becomes 503 or 500, everything else 500 without a word to the client.
func Of(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	if full, is := store.IsQueueFull(err); is {
		return QuotaExceeded(full.Error())
	}
	switch store.KindOf(err) {
	case store.KindFull:
		return Unavailable("There is no space left to store the change. Nothing was changed.", err)
	case store.KindReadOnly:
		return Unavailable("The manager's storage cannot be written. Nothing was changed.", err)
	case store.KindBusy:
		return Unavailable("The manager's storage is held by another process. Try again.", err)
	}
	return Internal(err)
}

// InvalidParams refuses what a request asks for, with a sentence.
func InvalidParams(msg string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Type: "invalid-api-params",
		Title: "Missing or invalid API parameters.", Msg: msg}
}

// InvalidFields refuses a request by its keys; data maps each to a text.
func InvalidFields(data any) *Problem {
	p := InvalidParams("Input validation error")
	p.Data = data
	return p
}

// InvalidAuth: date, version or Authorization cannot be read.
func InvalidAuth(msg string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Type: "invalid-auth-params",
		Title: "Missing or invalid authorization parameters.", Msg: msg}
}

// AuthFailed: not who they say, or (in 24.09) not allowed.
func AuthFailed(msg string) *Problem {
	return &Problem{Status: http.StatusUnauthorized, Type: "auth-failed", Title: "Credential/signature mismatch.", Msg: msg}
}

// Forbidden: known, and still not allowed.
func Forbidden(msg string) *Problem {
	return &Problem{Status: http.StatusForbidden, Type: "generic-forbidden", Title: "Forbidden operation.", Msg: msg}
}

// BadRequest is for what fits nowhere else.
func BadRequest(msg string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Type: "generic-bad-request", Title: "Bad request.", Msg: msg}
}

// TooLarge: more than the manager reads.
func TooLarge(status int, msg string) *Problem {
	p := BadRequest(msg)
	p.Status = status
	return p
}

// NotImplemented: part of the protocol, not of this manager.
func NotImplemented(msg string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Type: "not-implemented", Title: "This API is not implemented.", Msg: msg}
}

// NotFound: there is no such object ("session", "scaling group" ...) that the
// caller may see.
func NotFound(object, msg string) *Problem {
	return &Problem{Status: http.StatusNotFound, Type: "object-not-found", Title: "No such " + object + ".", Msg: msg}
}

// NoSession is [NotFound] for a session, in the manager's words.
func NoSession(name string) *Problem {
	return NotFound("session", "Session (id="+name+") does not exist.")
}

// TooManySessions: a name that several sessions have.
func TooManySessions(matches any) *Problem {
	return &Problem{Status: http.StatusNotFound, Type: "too-many-sessions-matched",
		Title: "Too many sessions matched.", Data: map[string]any{"matches": matches}}
}

// SessionExists: the name is taken by a live session.
func SessionExists(id string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Type: "session-already-exists",
		Title: "The session already exists but you requested not to reuse existing one.",
		Data:  map[string]string{"existingSessionId": id}}
}

// QuotaExceeded: more than a policy grants.
func QuotaExceeded(msg string) *Problem {
	return &Problem{Status: http.StatusPreconditionFailed, Type: "quota-exceeded",
		Title: "You have reached your resource limit.", Msg: msg}
}

// RateLimited: more calls than the key pair may make.
func RateLimited() *Problem {
	return &Problem{Status: http.StatusTooManyRequests, Type: "rate-limit-exceeded",
		Title: "You have reached your API query rate limit."}
}

// TooManyGuesses: wrong about a password too often.
func TooManyGuesses() *Problem {
	return &Problem{Status: http.StatusTooManyRequests, Type: "too-many-requests", Title: "Too many failed sign-ins."}
}

// UnknownPath: no such path.
func UnknownPath(path string) *Problem {
	return &Problem{Status: http.StatusNotFound, Type: "url-not-found", Title: "Unknown URL path.", Data: path}
}

// WrongMethod: the path has no such method.
func WrongMethod() *Problem {
	return &Problem{Status: http.StatusMethodNotAllowed, Type: "method-not-allowed", Title: "HTTP Method Not Allowed."}
}

// GraphQL carries the errors of a request to the deprecated /admin/graphql.
func GraphQL(list any) *Problem {
	return &Problem{Status: http.StatusBadRequest, Type: "graphql-error", Title: "GraphQL-generated error.", Data: list}
}

// Deprecated refuses a call that has another form now.
func Deprecated(msg string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Type: "deprecated", Title: "This API is deprecated.", Msg: msg}
}

// Unavailable: it would work at another time.
func Unavailable(msg string, cause error) *Problem {
	return &Problem{Status: http.StatusServiceUnavailable, Type: "service-unavailable",
		Title: "Service unavailable.", Msg: msg, Cause: cause}
}

// Internal is a fault of the manager; the cause is for the log only.
func Internal(cause error) *Problem {
	return &Problem{Status: http.StatusInternalServerError, Type: "internal-server-error",
		Title: "Internal server error.", Cause: cause}
}

// Node is a failure of the node while it did op for a kernel: "execution",
// "creation", "destruction" or "restart".
func Node(op string, cause error) *Problem {
	titles := map[string]string{
		"execution":   "Executing user code in the kernel has failed.",
		"creation":    "Kernel creation has failed.",
		"destruction": "Kernel destruction has failed.",
		"restart":     "Kernel restart has failed.",
	}
	title := "Agent-side exception occurred."
	return &Problem{Status: http.StatusInternalServerError, Type: "kernel-" + op + "-failed", Title: titles[op], Cause: cause,
		Agent: &Agent{Type: prefix + "agent-failure", Title: &title, Exception: cause.Error()}}
}
