//go:build linux

package node

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/baiui/baiui/server/node/layer"
	"github.com/baiui/baiui/server/node/pid1"
)

// changeable are the system's directories that a kernel may change, beside the
// trees of Options.ReadOnly.
var changeable = [...]string{"/srv", "/usr/local"}

// maxLayer bounds the content of a layer, in bytes.
const maxLayer = 64 << 30

// errLayerless says why a kernel with a layer cannot start.
var errLayerless = errors.New("customised environments need overlays, which this machine does not have")

// chooseOverlay finds out whether overlays work, by trying.
func (l *Local) chooseOverlay() {
	if l.info.Isolation != IsolationNamespaces {
		return
	}
	l.info.Overlay = true
	if err := l.probe(); err != nil {
		l.info.Overlay = false
		l.log.Info("kernels cannot change the machine's tools", "error", err)
	}
}

func (l *Local) overlaid(k *kernel) bool { return k.spec.Overlay && l.info.Overlay }

// overlayTrees lists the trees a kernel may change. None contains another.
func (l *Local) overlayTrees() []string {
	var trees []string
	for _, dir := range slices.Sorted(slices.Values(append(slices.Clone(l.readOnly), changeable[:]...))) {
		info, err := os.Stat(dir)
		if err == nil && info.IsDir() && (len(trees) == 0 || !below(dir, trees[len(trees)-1])) {
			trees = append(trees, dir)
		}
	}
	return trees
}

// overlaysOf lists those of a kernel: the machine may have got others since it
// was created.
func (l *Local) overlaysOf(k *kernel) []string {
	return slices.DeleteFunc(l.overlayTrees(), func(tree string) bool {
		_, err := os.Stat(filepath.Join(k.path(dirChanges), overlayName(tree)))
		return err != nil
	})
}

// overlayName is the name of a tree's directory of changes.
func overlayName(tree string) string { return hex.EncodeToString([]byte(tree)) }

// overlays lists what a kernel's overlays are made from.
func (l *Local) overlays(k *kernel) []pid1.Bind {
	binds := []pid1.Bind{{Source: k.path(dirChanges), Writable: true, Changes: true}}
	for _, tree := range l.overlaysOf(k) {
		binds = append(binds, pid1.Bind{Source: tree, Target: tree, Overlay: overlayName(tree)})
	}
	return binds
}

// openTree opens what is shown. Below an overlay the server's files appear as
// the kernels' user's where they can, so that he may change them too.
func (l *Local) openTree(bind pid1.Bind) (int, error) {
	if bind.Overlay != "" {
		if namespace, err := l.owners.namespace(l); err == nil {
			if tree, err := pid1.OpenFolder(bind, int(namespace.Fd())); err == nil {
				return tree, nil
			}
		}
	}
	return pid1.OpenTree(bind.Source, bind.Flags())
}

// prepareOverlays makes the directories that a kernel's changes go to, with
// those of its layer.
func (l *Local) prepareOverlays(k *kernel) error {
	if !l.overlaid(k) {
		if k.spec.Layer != "" {
			return errLayerless
		}
		return nil
	}
	if err := l.giveDir(k.path(dirChanges)); err != nil {
		return err
	}
	var trees []layer.Tree
	for _, tree := range l.overlayTrees() {
		at := filepath.Join(k.path(dirChanges), overlayName(tree))
		upper := filepath.Join(at, pid1.UpperDir)
		for _, dir := range []string{at, upper, filepath.Join(at, pid1.WorkDir)} {
			if err := l.giveDir(dir); err != nil {
				return err
			}
		}
		if err := os.Chmod(upper, 0o755); err != nil {
			return err
		}
		if k.id == probeID {
			continue // it changes nothing
		}
		if err := l.makeSkeleton(tree, upper); err != nil {
			return err
		}
		trees = append(trees, layer.Tree{Path: tree, Changes: upper})
	}
	if k.spec.Layer == "" {
		return nil
	}
	file, err := os.Open(k.spec.Layer)
	if err != nil {
		return err
	}
	defer file.Close()
	owner := -1
	if l.root {
		owner = l.workUID()
	}
	if err := layer.Apply(file, trees, owner, maxLayer); err != nil {
		return fmt.Errorf("layer %s: %w", k.spec.Layer, err)
	}
	return nil
}

// giveDir makes a directory of the kernels' user.
func (l *Local) giveDir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil || !l.root {
		return err
	}
	return os.Chown(path, l.workUID(), l.workUID())
}
