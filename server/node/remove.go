//go:build linux

package node

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
)

// maxHeld is how many directories within each other are open at a time while a tree
// is deleted.
const maxHeld = 32

// removeAll deletes a tree, also where its owner has forbidden himself to. What is
// deeper than maxHeld is moved to the top before it is looked into: a program can
// nest directories deeper than the server may have files open, and os.RemoveAll
// opens one for each.
func removeAll(dir string) error {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	top := branch{at: ".", dir: root}
	for found := true; found && err == nil; {
		found, err = top.empty(root, maxHeld)
	}
	if err = errors.Join(err, root.Close()); err != nil {
		return err
	}
	return os.Remove(dir)
}

// branch is an open directory of a tree, and its path there.
type branch struct {
	at  string
	dir *os.Root
}

// empty deletes some of what is in the directory, and reports whether there was
// anything. It may open so many more.
func (b branch) empty(top *os.Root, more int) (found bool, err error) {
	names, err := namesIn(b.dir)
	for _, name := range names {
		if err := b.remove(top, name, more); err != nil {
			return true, err
		}
	}
	return len(names) > 0, err
}

// remove deletes an entry of the directory, or moves it to the top.
func (b branch) remove(top *os.Root, name string, more int) error {
	for {
		stays := b.dir.Remove(name)
		if stays == nil || errors.Is(stays, fs.ErrNotExist) {
			return nil
		}
		// Also what is only moved is written to: it gets another parent.
		if err := b.dir.Chmod(name, 0o700); err != nil {
			return errors.Join(stays, err)
		}
		if more == 0 {
			return top.Rename(path.Join(b.at, name), rand.Text())
		}
		inner, err := b.dir.OpenRoot(name)
		if err != nil {
			return err
		}
		found, err := branch{path.Join(b.at, name), inner}.empty(top, more-1)
		if err = errors.Join(err, inner.Close()); err != nil {
			return err
		}
		if !found {
			return stays
		}
	}
}

// namesIn are some of the names in a directory, none if it is empty.
func namesIn(dir *os.Root) ([]string, error) {
	opened, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	names, err := opened.Readdirnames(1024)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return names, err
}
