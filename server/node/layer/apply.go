//go:build linux

package layer

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

type unixStat = syscall.Stat_t

// Apply unpacks a layer into the upper directories of trees, whose files are
// given to owner (user and group ID) unless that is negative. Files of trees that
// are not there are left out. Content beyond limit bytes is ErrTooLarge.
func Apply(from io.Reader, trees []Tree, owner int, limit int64) error {
	a := apply{owner: owner, left: limit}
	for _, tree := range trees {
		root, err := os.OpenRoot(tree.Changes)
		if err != nil {
			return err
		}
		defer root.Close()
		a.trees = append(a.trees, opened{prefix: strings.TrimPrefix(tree.Path, "/") + "/", root: root})
	}
	archive := tar.NewReader(from)
	for range maxEntries {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := a.entry(header, archive); err != nil {
			return fmt.Errorf("%.200q: %w", header.Name, err)
		}
	}
	return ErrTooLarge
}

type apply struct {
	trees []opened
	owner int
	left  int64
}

type opened struct {
	prefix string
	root   *os.Root
}

func (a *apply) entry(header *tar.Header, content io.Reader) error {
	full := strings.TrimSuffix(header.Name, "/")
	if full != path.Clean(full) || path.IsAbs(full) || strings.HasPrefix(full, "..") || strings.ContainsRune(full, 0) {
		return errors.New("not a clean path")
	}
	for _, tree := range a.trees {
		if name, ok := strings.CutPrefix(full, tree.prefix); ok {
			if err := a.parents(tree.root, path.Dir(name)); err != nil {
				return err
			}
			return a.put(tree.root, name, header, content)
		}
	}
	return nil
}

// parents makes the directories above a file.
func (a *apply) parents(root *os.Root, dir string) error {
	if dir == "." {
		return nil
	}
	if info, err := root.Lstat(dir); err == nil && info.IsDir() {
		return nil
	}
	if err := a.parents(root, path.Dir(dir)); err != nil {
		return err
	}
	if err := root.Mkdir(dir, 0o755); err != nil {
		return err
	}
	return a.own(root, dir)
}

func (a *apply) put(root *os.Root, name string, header *tar.Header, content io.Reader) error {
	base, dir := path.Base(name), path.Dir(name)
	mode := fs.FileMode(header.Mode & modes)
	switch {
	case header.Typeflag == tar.TypeDir:
		err := root.Mkdir(name, mode|0o700)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if info, err := root.Lstat(name); err != nil || !info.IsDir() {
			return errors.Join(err, errors.New("a directory over something else"))
		}
		return a.own(root, name)
	case header.Typeflag == tar.TypeReg && base == opaqueName:
		return mark(root, dir)
	case header.Typeflag == tar.TypeReg && strings.HasPrefix(base, removedPrefix):
		removed := strings.TrimPrefix(base, removedPrefix)
		if removed == "" || removed == "." || removed == ".." {
			return errors.New("it removes nothing that can be")
		}
		return whiteout(root, dir, removed)
	case header.Typeflag == tar.TypeReg:
		return a.file(root, name, mode, header.Size, content)
	case header.Typeflag == tar.TypeSymlink:
		if err := vacate(root, name); err != nil {
			return err
		}
		if err := root.Symlink(header.Linkname, name); err != nil {
			return err
		}
		return a.own(root, name)
	}
	return fmt.Errorf("a file of type %q", header.Typeflag)
}

func (a *apply) file(root *os.Root, name string, mode fs.FileMode, size int64, content io.Reader) error {
	if a.left -= size; a.left < 0 {
		return ErrTooLarge
	}
	if err := vacate(root, name); err != nil {
		return err
	}
	// Never onto what is there, which could be a link.
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode|0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	if err = errors.Join(err, file.Chmod(mode|0o400), file.Close()); err != nil {
		return err
	}
	return a.own(root, name)
}

func (a *apply) own(root *os.Root, name string) error {
	if a.owner < 0 {
		return nil
	}
	return root.Lchown(name, a.owner, a.owner)
}

// vacate removes a directory that was made in advance where the layer has
// something else.
func vacate(root *os.Root, name string) error {
	if info, err := root.Lstat(name); err == nil && info.IsDir() {
		return root.RemoveAll(name)
	}
	return nil
}

// mark makes a directory hide what is below it.
func mark(root *os.Root, dir string) error {
	opened, err := root.Open(dir)
	if err != nil {
		return err
	}
	defer opened.Close()
	names, err := opened.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := root.RemoveAll(path.Join(dir, name)); err != nil {
			return err
		}
	}
	return unix.Fsetxattr(int(opened.Fd()), opaqueAttribute, []byte("y"), 0)
}

// whiteout hides a file below. Devices of this kind, which are none, everybody
// may make.
func whiteout(root *os.Root, dir, name string) error {
	opened, err := root.Open(dir)
	if err != nil {
		return err
	}
	defer opened.Close()
	if err := vacate(root, path.Join(dir, name)); err != nil {
		return err
	}
	return unix.Mknodat(int(opened.Fd()), name, unix.S_IFCHR, 0)
}
