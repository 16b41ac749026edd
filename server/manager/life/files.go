package life

import (
	"context"
	"io"

	"github.com/baiui/baiui/server/node"
	"github.com/baiui/baiui/server/node/inside"
)

// files is the node's way to files, or [ErrNotHere].
func (e *Engine) files() (node.Files, error) {
	files, ok := e.node.(node.Files)
	if !ok {
		return nil, ErrNotHere
	}
	return files, nil
}

// ListFiles lists a directory in a kernel, as [node.Files] does.
func (e *Engine) ListFiles(ctx context.Context, kernelID, path string) (inside.Listing, error) {
	files, err := e.files()
	if err != nil {
		return inside.Listing{}, err
	}
	return files.ListFiles(ctx, kernelID, path)
}

// ReadFile opens a file in a kernel, as [node.Files] does.
func (e *Engine) ReadFile(ctx context.Context, kernelID, path string) (inside.File, io.ReadCloser, error) {
	files, err := e.files()
	if err != nil {
		return inside.File{}, nil, err
	}
	return files.ReadFile(ctx, kernelID, path)
}

// ReadArchive gives a file or directory in a kernel as a tar archive, as
// [node.Files] does.
func (e *Engine) ReadArchive(ctx context.Context, kernelID, path string) (inside.File, io.ReadCloser, error) {
	files, err := e.files()
	if err != nil {
		return inside.File{}, nil, err
	}
	return files.ReadArchive(ctx, kernelID, path)
}

// WriteFile writes a file in a kernel, as [node.Files] does.
func (e *Engine) WriteFile(ctx context.Context, kernelID, path string, content io.Reader) error {
	files, err := e.files()
	if err != nil {
		return err
	}
	return files.WriteFile(ctx, kernelID, path, content)
}
