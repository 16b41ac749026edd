package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// littered notes that there is something in the trash.
func (v *Volume) littered() {
	select {
	case v.litter <- struct{}{}:
	default:
	}
}

// discard moves an entry to the trash: gone in one step, however large.
func (v *Volume) discard(from *os.Root, name string) error {
	defer v.littered()
	err := renameBetween(from, name, v.trash, rand.Text(), false)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	// Moving a directory changes its "..": who is not root must be able to write it.
	info, statErr := from.Lstat(name)
	if statErr != nil || !info.IsDir() || info.Mode()&0o200 != 0 || from.Chmod(name, info.Mode().Perm()|0o200) != nil {
		return err
	}
	return renameBetween(from, name, v.trash, rand.Text(), false)
}

// EmptyTrash removes what was deleted, for good. Trees of any depth go: each
// directory's subdirectories are moved up before it is removed, so that nothing
// is ever held open but one directory.
func (v *Volume) EmptyTrash(ctx context.Context) error {
	for {
		found := false
		err := eachEntry(ctx, v.trash, func(name string) error {
			found = true
			return v.dissolve(ctx, name)
		})
		if err != nil || !found {
			return wrap("empty trash", "", err)
		}
	}
}

// dissolve removes one entry of the trash.
func (v *Volume) dissolve(ctx context.Context, name string) error {
	if err := v.trash.Remove(name); err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := v.trash.Chmod(name, 0o700); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir, err := v.trash.OpenRoot(name)
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	// A session that still has the directory open may go on filling it: what
	// three passes leave is for the next time.
	for range 3 {
		err := eachEntry(ctx, dir, func(entry string) error {
			err := dir.Remove(entry)
			switch {
			case err == nil, errors.Is(err, fs.ErrNotExist):
				return nil
			case errors.Is(err, syscall.ENOTEMPTY), errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrPermission):
				// Moving a directory changes its "..": it must be writable.
				_ = dir.Chmod(entry, 0o700)
				return renameBetween(dir, entry, v.trash, rand.Text(), false)
			}
			return err
		})
		if err != nil {
			return err
		}
		if err := v.trash.Remove(name); err == nil || errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	return nil
}
