//go:build linux

package node

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// maxHomeFiles and maxHomeBytes bound what a home begins with.
const (
	maxHomeFiles = 1000
	maxHomeBytes = 8 << 20
)

// checkFiles refuses files that do not belong into a home.
func checkFiles(files []HomeFile) error {
	if len(files) > maxHomeFiles {
		return fmt.Errorf("a home begins with at most %d files", maxHomeFiles)
	}
	total := 0
	for _, file := range files {
		if path.Clean(file.Path) != file.Path || !filepath.IsLocal(file.Path) || file.Path == "." || strings.ContainsRune(file.Path, 0) {
			return fmt.Errorf("%q is not a clean path below the home", file.Path)
		}
		if total += len(file.Data); total > maxHomeBytes {
			return fmt.Errorf("the files of a home hold more than %d bytes", maxHomeBytes)
		}
	}
	return nil
}

// fill puts files into a new home. Nothing runs in it yet, and still no path is
// followed out of it: one file may be in the way of another's directory.
func (l *Local) fill(home string, files []HomeFile) error {
	if len(files) == 0 {
		return nil
	}
	root, err := os.OpenRoot(home)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, file := range files {
		if err := l.put(root, file); err != nil {
			return fmt.Errorf("cannot put %s into the home: %w", file.Path, err)
		}
	}
	return nil
}

func (l *Local) put(root *os.Root, file HomeFile) error {
	mode := os.FileMode(0o755)
	if strings.HasPrefix(file.Path, ".") {
		mode = 0o700
	}
	for i, c := range file.Path {
		if c != '/' {
			continue
		}
		dir := file.Path[:i]
		if _, err := root.Lstat(dir); err == nil {
			continue
		}
		if err := root.Mkdir(dir, mode); err != nil {
			return err
		}
		if err := l.give(root, dir, mode); err != nil {
			return err
		}
	}
	if err := root.WriteFile(file.Path, file.Data, 0o600); err != nil {
		return err
	}
	return l.give(root, file.Path, file.Mode.Perm())
}

// give makes a file of the server that of the kernels' user.
func (l *Local) give(root *os.Root, name string, mode os.FileMode) error {
	if l.root {
		if err := root.Lchown(name, l.workUID(), l.workUID()); err != nil {
			return err
		}
	}
	return root.Chmod(name, mode)
}
