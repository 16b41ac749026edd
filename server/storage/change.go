package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Mkdir makes a directory. With parents, missing directories above it are made
// too; with existOK, one that is there already is no error.
func (v *Volume) Mkdir(ctx context.Context, id FolderID, dir string, parents, existOK bool) error {
	const op = "mkdir"
	clean, err := cleanNew(dir)
	if err != nil {
		return wrap(op, dir, err)
	}
	f, err := v.open(op, id)
	if err != nil {
		return err
	}
	defer f.close()
	m, err := v.meter(ctx, id)
	if err != nil {
		return wrap(op, clean, err)
	}
	defer m.close()
	if above := path.Dir(clean); parents {
		if err := v.mkdirAll(f.data, above, m); err != nil {
			return wrap(op, clean, err)
		}
	}
	err = v.mkdirOne(f.data, clean, m)
	if existOK && errors.Is(err, fs.ErrExist) {
		if info, statErr := f.data.Stat(clean); statErr == nil && info.IsDir() {
			return nil
		}
	}
	return wrap(op, clean, err)
}

// mkdirAll makes the directories of a path that are not there.
func (v *Volume) mkdirAll(data *os.Root, clean string, m *meter) error {
	if info, err := data.Stat(clean); err == nil && info.IsDir() {
		return nil
	}
	at := ""
	for name := range strings.SplitSeq(clean, "/") {
		at = path.Join(at, name)
		if err := v.mkdirOne(data, at, m); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}

func (v *Volume) mkdirOne(data *os.Root, clean string, m *meter) error {
	if _, err := data.Lstat(clean); err == nil {
		return &fs.PathError{Op: "mkdir", Path: clean, Err: fs.ErrExist} // before the quota is asked
	}
	one := Usage{Files: 1}
	if err := m.take(one); err != nil {
		return err
	}
	if err := data.Mkdir(clean, dirMode); err != nil {
		m.give(one)
		return err
	}
	return nil
}

// Rename gives an entry another name in its directory. A taken name is an
// error.
func (v *Volume) Rename(id FolderID, target, newName string) error {
	const op = "rename"
	clean, err := Clean(target)
	if err != nil {
		return wrap(op, target, err)
	}
	name, err := cleanNew(newName)
	if err != nil {
		return wrap(op, newName, err)
	}
	if clean == "." || name == "." || strings.ContainsRune(newName, '/') {
		return &Error{Kind: KindInvalid, Op: op, Path: clip(target), Cause: errors.New("a new name without slashes is needed")}
	}
	return v.move(op, id, clean, path.Join(path.Dir(clean), name))
}

// Move moves an entry to another path, making directories on the way. A taken
// path is an error.
func (v *Volume) Move(ctx context.Context, id FolderID, from, to string) error {
	const op = "move"
	source, err := Clean(from)
	if err != nil {
		return wrap(op, from, err)
	}
	target, err := cleanNew(to)
	if err != nil {
		return wrap(op, to, err)
	}
	if source == "." || target == "." || strings.HasPrefix(target+"/", source+"/") {
		return &Error{Kind: KindInvalid, Op: op, Path: clip(to), Cause: errors.New("nothing can be moved into itself")}
	}
	if err := v.makeWay(ctx, op, id, source, target); err != nil {
		return err
	}
	return v.move(op, id, source, target)
}

// makeWay makes the directories above target, if there is a source to move.
func (v *Volume) makeWay(ctx context.Context, op string, id FolderID, source, target string) error {
	f, err := v.open(op, id)
	if err != nil {
		return err
	}
	defer f.close()
	if _, err := f.data.Lstat(source); err != nil {
		return wrap(op, source, err)
	}
	m, err := v.meter(ctx, id)
	if err != nil {
		return wrap(op, target, err)
	}
	defer m.close()
	return wrap(op, target, v.mkdirAll(f.data, path.Dir(target), m))
}

func (v *Volume) move(op string, id FolderID, source, target string) error {
	f, err := v.open(op, id)
	if err != nil {
		return err
	}
	defer f.close()
	from, name, err := parentOf(f.data, source)
	if err != nil {
		return wrap(op, source, err)
	}
	defer func() { _ = from.Close() }()
	to, newName, err := parentOf(f.data, target)
	if err != nil {
		return wrap(op, target, err)
	}
	defer func() { _ = to.Close() }()
	return wrap(op, source, renameBetween(from, name, to, newName, false))
}

// Remove deletes entries; directories need recursive. Either all of them are
// there and go, or nothing is changed. They vanish at once, however much is in
// them; their bytes follow while [Volume.Run] runs.
func (v *Volume) Remove(ctx context.Context, id FolderID, paths []string, recursive bool) error {
	const op = "remove"
	f, err := v.open(op, id)
	if err != nil {
		return err
	}
	defer f.close()
	clean := make([]string, len(paths))
	for i, p := range paths {
		if clean[i], err = Clean(p); err != nil {
			return wrap(op, p, err)
		}
		if clean[i] == "." {
			return &Error{Kind: KindInvalid, Op: op, Path: ".", Cause: errors.New("the folder itself cannot be removed so")}
		}
		info, err := f.data.Lstat(clean[i])
		if err != nil {
			return wrap(op, p, err)
		}
		if info.IsDir() && !recursive {
			return &Error{Kind: KindIsDirectory, Op: op, Path: clip(p), Cause: errors.New("a directory is only removed with what is in it")}
		}
	}
	defer v.gauge.changed(id)
	defer v.ledger.forget(id)
	for _, p := range clean {
		if err := ctx.Err(); err != nil {
			return wrap(op, p, err)
		}
		if err := v.discardAt(f.data, p); err != nil {
			if err = ignoreMissing(err); err != nil { // it may be inside one that went before
				return wrap(op, p, err)
			}
		}
	}
	return nil
}

func (v *Volume) discardAt(data *os.Root, clean string) error {
	dir, name, err := parentOf(data, clean)
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	return v.discard(dir, name)
}

// CheckSubpath makes sure that a path in a folder is a directory reached without
// a symbolic link, so that it can be mounted. Whoever mounts it must still
// resolve it without following links: sessions may change it meanwhile.
func (v *Volume) CheckSubpath(id FolderID, sub string) error {
	const op = "check subpath"
	clean, err := Clean(sub)
	if err != nil {
		return wrap(op, sub, err)
	}
	f, err := v.open(op, id)
	if err != nil {
		return err
	}
	defer f.close()
	at := ""
	for name := range strings.SplitSeq(clean, "/") {
		at = path.Join(at, name)
		info, err := f.data.Lstat(at)
		if err != nil {
			return wrap(op, sub, err)
		}
		if !info.IsDir() {
			return &Error{Kind: KindInvalid, Op: op, Path: clip(sub), Cause: fmt.Errorf("%s is not a directory", clip(at))}
		}
	}
	return nil
}
