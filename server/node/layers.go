package node

import (
	"context"
	"errors"
	"io"
)

// Layers keeps what kernels have changed. [Local] has it.
type Layers interface {
	// Commit writes what a kernel with [Spec].Overlay has changed outside its home
	// and its mounts as a layer: a tar archive that [Spec].Layer takes, with the
	// layer it began with in it. The kernel may run or have ended. The same state
	// gives the same bytes. It holds files, directories, links and, as in OCI
	// layers, entries ".wh.NAME" for what was removed; devices, sockets and pipes
	// are left out. More than limit bytes of content are an [ErrTooLarge].
	// Progress, if not nil, is told the bytes of content so far.
	Commit(ctx context.Context, id string, to io.Writer, limit int64, progress func(int64)) error
}

// The errors of [Layers], to test for with errors.Is.
var (
	ErrNoOverlay = errors.New("the kernel could not change anything that can be kept")
	ErrTooLarge  = errors.New("there are too many changes to keep")
)
