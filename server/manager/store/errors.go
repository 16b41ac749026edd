package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Kind is what went wrong, for the caller to decide by.
type Kind int

// The kinds of errors.
const (
	KindInternal Kind = iota // broken file, broken statement
	KindNotFound             // no such row
	KindConflict             // a unique or foreign key forbids it
	KindFull                 // no space left; nothing was changed
	KindReadOnly             // the file or its folder cannot be written, or the disk fails
	KindBusy                 // another process holds the file
)

// Error is what methods of [Store] return.
type Error struct {
	Kind  Kind
	Op    string // the method, for example "create session"
	Cause error
}

// Error names the operation and the cause.
func (e *Error) Error() string { return fmt.Sprintf("store: %s: %v", e.Op, e.Cause) }

// Unwrap gives the cause, so that context errors can be recognised.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf tells the kind of err; errors of other packages are internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// IsNotFound reports whether err says that there is no such row.
func IsNotFound(err error) bool { return err != nil && KindOf(err) == KindNotFound }

// wrap turns an error of the database into an *Error; nil stays nil, and an
// *Error (from a nested step) keeps its kind.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	var own *Error
	if errors.As(err, &own) {
		return err
	}
	return &Error{Kind: kindOfCause(err), Op: op, Cause: err}
}

func kindOfCause(err error) Kind {
	if errors.Is(err, sql.ErrNoRows) {
		return KindNotFound
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return KindInternal
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return KindInternal
	}
	switch e.Code() & 0xff { // the low byte is the primary code
	case sqlite3.SQLITE_CONSTRAINT:
		return KindConflict
	case sqlite3.SQLITE_FULL:
		return KindFull
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR:
		return KindReadOnly
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return KindBusy
	}
	return KindInternal
}

// Constraint tells which rule of the schema a conflict broke, in the words of
// the database ("UNIQUE constraint failed: domains.name"). It is empty for
// errors of other kinds.
func Constraint(err error) string {
	var e *sqlite.Error
	if !errors.As(err, &e) || e.Code()&0xff != sqlite3.SQLITE_CONSTRAINT {
		return ""
	}
	text := strings.TrimPrefix(e.Error(), "constraint failed: ")
	if i := strings.LastIndex(text, " ("); i > 0 {
		text = text[:i]
	}
	return text
}
