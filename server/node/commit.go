//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/baiui/baiui/server/node/layer"
	"github.com/baiui/baiui/server/node/pid1"
)

var _ Layers = (*Local)(nil)

// Commit writes what a kernel has changed as a layer.
func (l *Local) Commit(ctx context.Context, id string, to io.Writer, limit int64, progress func(int64)) error {
	k, err := l.find(id)
	if err != nil {
		return err
	}
	if !l.overlaid(k) {
		return fmt.Errorf("kernel %s: %w", id, ErrNoOverlay)
	}
	k.committing.RLock()
	defer k.committing.RUnlock()
	var trees []layer.Tree
	for _, tree := range l.overlaysOf(k) {
		trees = append(trees, layer.Tree{
			Path: tree, Changes: filepath.Join(k.path(dirChanges), overlayName(tree), pid1.UpperDir),
		})
	}
	err = layer.Commit(ctx, trees, to, limit, progress)
	if errors.Is(err, layer.ErrTooLarge) {
		err = ErrTooLarge
	}
	if err != nil {
		return fmt.Errorf("kernel %s: %w", id, err)
	}
	return nil
}
