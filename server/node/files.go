package node

import (
	"context"
	"io"

	"github.com/baiui/baiui/server/node/inside"
)

// Files is the way to the files in the home of a running kernel and in what is
// mounted there. [Local] has it.
//
// Paths are relative to the home, or absolute and below it. Everything is done
// in the kernel by a process of its user, so that no link leads out of it. An
// error that is fs.ErrNotExist says that there is no such file; [ErrBusy] that
// too many are at it.
type Files interface {
	// ListFiles lists a directory, in no order.
	ListFiles(ctx context.Context, id, path string) (inside.Listing, error)

	// ReadFile opens a regular file. It must be closed. A read that ends with
	// io.EOF has seen the whole file.
	ReadFile(ctx context.Context, id, path string) (inside.File, io.ReadCloser, error)

	// ReadArchive gives a file, or a directory with all below it, as a tar
	// archive in which names begin with the last part of the path. It must be
	// closed.
	ReadArchive(ctx context.Context, id, path string) (inside.File, io.ReadCloser, error)

	// WriteFile writes a file, and the directories it takes. It appears, in place
	// of one that was there, when content has ended without an error.
	WriteFile(ctx context.Context, id, path string, content io.Reader) error
}
