//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/baiui/baiui/server/node/inside"
	"github.com/baiui/baiui/server/node/pid1"
)

var _ Files = (*Local)(nil)

// ListFiles lists a directory.
func (l *Local) ListFiles(ctx context.Context, id, path string) (inside.Listing, error) {
	helper, err := l.helper(ctx, id)
	if err != nil {
		return inside.Listing{}, err
	}
	defer helper.Close()
	listing, err := inside.List(helper, path)
	return listing, helper.explain(err)
}

// ReadFile opens a regular file.
func (l *Local) ReadFile(ctx context.Context, id, path string) (inside.File, io.ReadCloser, error) {
	return l.stream(ctx, id, path, inside.Read)
}

// ReadArchive gives a file or a directory as a tar archive.
func (l *Local) ReadArchive(ctx context.Context, id, path string) (inside.File, io.ReadCloser, error) {
	return l.stream(ctx, id, path, inside.Archive)
}

func (l *Local) stream(ctx context.Context, id, path string,
	ask func(io.ReadWriter, string) (inside.File, io.Reader, error),
) (inside.File, io.ReadCloser, error) {
	helper, err := l.helper(ctx, id)
	if err != nil {
		return inside.File{}, nil, err
	}
	file, content, err := ask(helper, path)
	if err != nil {
		helper.Close()
		return inside.File{}, nil, helper.explain(err)
	}
	return file, struct {
		io.Reader
		io.Closer
	}{content, helper}, nil
}

// WriteFile writes a file.
func (l *Local) WriteFile(ctx context.Context, id, path string, content io.Reader) error {
	helper, err := l.helper(ctx, id)
	if err != nil {
		return err
	}
	defer helper.Close()
	return helper.explain(inside.Write(helper, path, content))
}

// helper is a connection to a process that answers one request about files. It
// ends with its context.
type helper struct {
	net.Conn
	ctx  context.Context
	id   string
	stop func() bool
}

// helper starts a helper in a kernel.
func (l *Local) helper(ctx context.Context, id string) (*helper, error) {
	k, err := l.find(id)
	if err != nil {
		return nil, err
	}
	_, files, err := k.callRunning(ctx, pid1.Request{Op: pid1.OpFiles})
	if err != nil {
		return nil, err
	}
	defer closeFiles(files)
	if len(files) != 1 {
		return nil, fmt.Errorf("kernel %s: the init process sent no connection", id)
	}
	connection, err := net.FileConn(files[0])
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = connection.SetDeadline(time.Now()) })
	return &helper{Conn: connection, ctx: ctx, id: id, stop: stop}, nil
}

// Close ends the helper, whatever it does.
func (h *helper) Close() error {
	h.stop()
	return h.Conn.Close()
}

func (h *helper) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case h.ctx.Err() != nil:
		return h.ctx.Err()
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("the helper in the kernel ended unexpectedly")
	}
	return fmt.Errorf("kernel %s: %w", h.id, err)
}
