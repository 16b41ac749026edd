package nodetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/baiui/baiui/server/node"
	"github.com/baiui/baiui/server/node/inside"
)

var _ node.Files = (*Node)(nil)

// SetFile puts a file into a kernel.
func (n *Node) SetFile(id, path, content string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k := n.kernels[id]; k != nil {
		if k.files == nil {
			k.files = map[string]string{}
		}
		k.files[path] = content
	}
}

// File is what a kernel's file holds.
func (n *Node) File(id, path string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k := n.kernels[id]; k != nil {
		return k.files[path]
	}
	return ""
}

// ListFiles implements node.Files; directories are not told apart.
func (n *Node) ListFiles(_ context.Context, id, path string) (inside.Listing, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	k := n.kernels[id]
	if k == nil {
		return inside.Listing{}, errUnknown(id)
	}
	if path != "." {
		return inside.Listing{}, fs.ErrNotExist
	}
	out := inside.Listing{Path: "/home/work"}
	for name, content := range k.files {
		out.Files = append(out.Files, inside.File{Name: name, Mode: 0o644, Size: int64(len(content)), Modified: time.Unix(1, 5e8)})
	}
	return out, nil
}

// ReadFile implements node.Files.
func (n *Node) ReadFile(_ context.Context, id, path string) (inside.File, io.ReadCloser, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	k := n.kernels[id]
	if k == nil {
		return inside.File{}, nil, errUnknown(id)
	}
	content, there := k.files[path]
	if !there {
		return inside.File{}, nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	return inside.File{Name: path, Size: int64(len(content))}, io.NopCloser(strings.NewReader(content)), nil
}

// ReadArchive implements node.Files; the archive is the bare content.
func (n *Node) ReadArchive(ctx context.Context, id, path string) (inside.File, io.ReadCloser, error) {
	return n.ReadFile(ctx, id, path)
}

// WriteFile implements node.Files.
func (n *Node) WriteFile(_ context.Context, id, path string, content io.Reader) error {
	var b bytes.Buffer
	if _, err := io.Copy(&b, content); err != nil {
		return err
	}
	n.SetFile(id, path, b.String())
	return nil
}
