package life

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// maxLayer is how much content a customised image may hold, in bytes.
const maxLayer = 16 << 30

// layerSuffix ends the names of complete layers.
const layerSuffix = ".tar"

// layer is the file with the changes of a customised image.
func (e *Engine) layer(id string) string { return filepath.Join(e.layers, id+layerSuffix) }

// Layer is what a commit wrote.
type Layer struct {
	Digest string // sha256:...
	Size   int64  // of the file, in bytes
}

// Commit keeps what a running kernel has changed as the layer of an image that
// is yet to be stored. [ErrNotHere] where there is no place or no way to.
// Progress is told the bytes of content so far.
func (e *Engine) Commit(ctx context.Context, kernelID, imageID string, progress func(int64)) (_ Layer, err error) {
	layers, ok := e.node.(node.Layers)
	if !ok || e.layers == "" {
		return Layer{}, ErrNotHere
	}
	e.mu.Lock()
	e.committing[kernelID]++
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.committing[kernelID]--; e.committing[kernelID] == 0 {
			delete(e.committing, kernelID)
		}
	}()
	if err := os.MkdirAll(e.layers, 0o700); err != nil {
		return Layer{}, err
	}
	file, err := os.CreateTemp(e.layers, "*.part")
	if err != nil {
		return Layer{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	sum := sha256.New()
	err = layers.Commit(ctx, kernelID, io.MultiWriter(file, sum), maxLayer, progress)
	info, statErr := file.Stat()
	if err = errors.Join(err, statErr, file.Sync(), file.Close()); err != nil {
		return Layer{}, err
	}
	if err = os.Rename(file.Name(), e.layer(imageID)); err != nil {
		return Layer{}, err
	}
	return Layer{"sha256:" + hex.EncodeToString(sum.Sum(nil)), info.Size()}, nil
}

// Committing reports whether a kernel is being kept as an image just now.
func (e *Engine) Committing(kernelID string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.committing[kernelID] > 0
}

// FreeLayer removes the layer of an image, by the id in its labels, unless
// sessions can still be made of the image, or one that is not over was. What
// fails is made up for at the next start.
func (e *Engine) FreeLayer(ctx context.Context, id string) {
	if e.layers == "" || uuid.Validate(id) != nil {
		return
	}
	kept, err := e.store.CustomizedImages(ctx)
	if err == nil && !slices.Contains(kept, id) {
		err = os.Remove(e.layer(id))
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		e.log.Warn("removing the layer of a deleted image failed", "image", id, "error", err)
	}
}

// freeLayerOf is FreeLayer for the image of a session that is over.
func (e *Engine) freeLayerOf(ctx context.Context, s *store.Session) {
	if _, text, custom := strings.Cut(s.Image, store.CustomMark); custom {
		if id, err := uuid.Parse(text); err == nil {
			e.FreeLayer(ctx, id.String())
		}
	}
}

// SweepLayers removes layers whose images are gone, and what a crash left. No
// commit may be under way: it belongs at the start.
func (e *Engine) SweepLayers(ctx context.Context) error {
	if e.layers == "" {
		return nil
	}
	entries, err := os.ReadDir(e.layers)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	kept, err := e.store.CustomizedImages(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, entry := range entries {
		if id, whole := strings.CutSuffix(entry.Name(), layerSuffix); !whole || !slices.Contains(kept, id) {
			errs = append(errs, os.Remove(filepath.Join(e.layers, entry.Name())))
		}
	}
	return errors.Join(errs...)
}

// layerOf is the layer that a kernel of an image begins with; empty for none.
func (e *Engine) layerOf(image store.Image) string {
	if id := image.Labels[store.LabelCustomID]; id != "" && e.layers != "" {
		return e.layer(id)
	}
	return ""
}
