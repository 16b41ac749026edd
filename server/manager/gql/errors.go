package gql

import (
	"errors"
	"fmt"
)

// Error is one entry of `errors` in an answer.
type Error struct {
	Message   string     `json:"message"`
	Locations []Location `json:"locations,omitempty"`
	// Path leads to the field that failed: names (as aliased) and list indexes.
	// It is empty for errors found before execution.
	Path []any `json:"path,omitempty"`
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// errorf makes an error that belongs to no place in the query.
func errorf(format string, args ...any) *Error {
	return &Error{Message: fmt.Sprintf(format, args...)}
}

// Location is a place in the query text; both numbers count from 1.
type Location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Fault is a resolver's error whose text is meant for the caller. The text of
// any other error is replaced by [InternalMessage] and goes to
// [Config.OnError] only.
type Fault struct{ Message string }

// Error returns the message.
func (f *Fault) Error() string { return f.Message }

// Faultf makes a [Fault].
func Faultf(format string, args ...any) error {
	return &Fault{Message: fmt.Sprintf(format, args...)}
}

// InternalMessage is what a caller reads when a resolver fails for a reason
// that is not the caller's business.
const InternalMessage = "Internal server error."

// CancelledMessage is what a caller reads when the request's context ended
// before the answer was complete.
const CancelledMessage = "The request was cancelled or took too long."

var errInternal = errors.New("a resolver panicked")
