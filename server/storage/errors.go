package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// Kind is what went wrong, for the caller to decide by.
type Kind int

// The kinds of errors.
const (
	KindInternal    Kind = iota
	KindInvalid          // a path or an argument that cannot be
	KindNotFound         // no such folder, file or upload
	KindExists           // the name is taken
	KindIsDirectory      // a directory where a file is needed
	KindUnsupported      // a special file, or a tree too deep
	KindDenied           // the sessions have locked it away by its mode
	KindForbidden        // the bearer of a token has the right no more
	KindQuota            // over the quota; what was written before stays
	KindFull             // no space left on the disk
	KindTooLarge         // more bytes than were announced, or than may be
	KindConflict         // an upload stands at another offset
)

// Error is what methods of [Volume] return.
type Error struct {
	Kind  Kind
	Op    string // the method, for example "mkdir"
	Path  string // in the folder, shortened
	Cause error
}

// Error names operation, path and cause.
func (e *Error) Error() string {
	return fmt.Sprintf("storage: %s %q: %v", e.Op, e.Path, e.Cause)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf tells the kind of err; errors of other packages are internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// ErrNotEntitled is what [Options].Entitled says of somebody without the right.
var ErrNotEntitled = errors.New("the right to the folder has ended")

// wrap turns an error of the file system into an *Error; nil stays nil, and an
// *Error keeps its kind.
func wrap(op, path string, err error) error {
	if err == nil {
		return nil
	}
	var own *Error
	if errors.As(err, &own) {
		if own.Op == "" {
			own.Op = op
		}
		return err
	}
	return &Error{Kind: kindOfCause(err), Op: op, Path: clip(path), Cause: err}
}

func kindOfCause(err error) Kind {
	var errno syscall.Errno
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrClosed):
		return KindInternal
	case errors.Is(err, fs.ErrNotExist):
		return KindNotFound
	case errors.Is(err, syscall.ENOTEMPTY), errors.Is(err, fs.ErrExist):
		return KindExists
	case errors.Is(err, fs.ErrPermission):
		return KindDenied
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return KindFull
	case errors.Is(err, syscall.EISDIR):
		return KindIsDirectory
	case errors.Is(err, syscall.ENOTDIR):
		return KindNotFound // a file in the middle of a path
	case errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.EINVAL):
		return KindInvalid
	case errors.As(err, &errno):
		return KindInternal
	case errors.As(err, &at), errors.As(err, &link):
		// Not from the system, so from os.Root: a link leads out of the folder.
		return KindNotFound
	}
	return KindInternal
}
