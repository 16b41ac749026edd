//go:build linux

package layer

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Tree is a changed tree.
type Tree struct {
	Path    string // in the kernel and, unchanged, on the host
	Changes string // the upper directory of the overlay
}

// ErrTooLarge says that a layer has more content than allowed.
var ErrTooLarge = errors.New("the layer is too large")

const (
	removedPrefix = ".wh."
	opaqueName    = ".wh..wh..opq"
	// opaqueAttribute marks a directory that hides those below.
	opaqueAttribute = "user.overlay.opaque"
	// maxEntries bounds the files of a layer.
	maxEntries = 2_000_000
	// modes are the permissions that are kept: no set-user-ID and the like.
	modes = 0o777
)

// Commit writes the changes of trees as a layer. The trees may change meanwhile.
func Commit(ctx context.Context, trees []Tree, to io.Writer, limit int64, progress func(int64)) error {
	c := commit{ctx: ctx, archive: tar.NewWriter(to), left: limit, entries: maxEntries, progress: progress}
	for _, tree := range trees {
		if err := c.tree(tree); err != nil {
			return err
		}
	}
	return c.archive.Close()
}

type commit struct {
	ctx        context.Context
	archive    *tar.Writer
	left, done int64
	entries    int
	progress   func(int64)
}

func (c *commit) tree(tree Tree) error {
	// Within the root no link leads out, whatever is changed meanwhile.
	root, err := os.OpenRoot(tree.Changes)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		if err != nil || c.ctx.Err() != nil {
			return errors.Join(err, c.ctx.Err())
		}
		if name == "." {
			return nil
		}
		if c.entries--; c.entries < 0 {
			return ErrTooLarge
		}
		err = c.entry(root, tree, name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

// entry writes one changed file.
func (c *commit) entry(root *os.Root, tree Tree, name string) error {
	info, err := root.Lstat(name)
	if err != nil {
		return err
	}
	full := strings.TrimPrefix(path.Join(tree.Path, name), "/")
	header := &tar.Header{
		Name: full, Mode: int64(info.Mode().Perm() & modes), Format: tar.FormatPAX,
		ModTime: info.ModTime().Truncate(time.Second),
	}
	switch {
	case info.IsDir():
		return c.directory(root, tree, name, header)
	case info.Mode().IsRegular():
		return c.file(root, name, header)
	case info.Mode()&fs.ModeSymlink != 0:
		header.Typeflag = tar.TypeSymlink
		if header.Linkname, err = root.Readlink(name); err != nil {
			return err
		}
		return c.archive.WriteHeader(header)
	case info.Mode()&fs.ModeCharDevice != 0:
		stat, ok := info.Sys().(*unixStat)
		if !ok || stat.Rdev != 0 {
			return nil
		}
		return c.marker(path.Join(path.Dir(full), removedPrefix+path.Base(full)))
	}
	return nil
}

// marker writes an empty file that means something.
func (c *commit) marker(name string) error {
	return c.archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Format: tar.FormatPAX})
}

// directory writes a directory that is new or hides one; the others are only
// there because something in them changed.
func (c *commit) directory(root *os.Root, tree Tree, name string, header *tar.Header) error {
	dir, err := root.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	var value [8]byte
	n, err := unix.Fgetxattr(int(dir.Fd()), opaqueAttribute, value[:])
	opaque := err == nil && string(value[:n]) == "y"
	before, err := os.Lstat(filepath.Join(tree.Path, name))
	if err == nil && before.IsDir() && !opaque {
		return nil
	}
	header.Typeflag, header.Name = tar.TypeDir, header.Name+"/"
	if err := c.archive.WriteHeader(header); err != nil || !opaque {
		return err
	}
	return c.marker(header.Name + opaqueName)
}

func (c *commit) file(root *os.Root, name string, header *tar.Header) error {
	file, err := root.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if errors.Is(err, unix.ELOOP) {
		return nil // became a link meanwhile
	}
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	if c.left -= info.Size(); c.left < 0 {
		return ErrTooLarge
	}
	header.Typeflag, header.Size = tar.TypeReg, info.Size()
	if err := c.archive.WriteHeader(header); err != nil {
		return err
	}
	for rest := info.Size(); rest > 0; {
		n, err := io.CopyN(c.archive, file, min(rest, 1<<20))
		rest -= n
		c.done += n
		if c.progress != nil {
			c.progress(c.done)
		}
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("%s became shorter while it was read", header.Name)
		}
		if err = errors.Join(err, c.ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}
