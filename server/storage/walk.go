package storage

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
)

// errTooDeep is met by trees that only a program makes.
var errTooDeep = errors.New("the directories are nested too deeply")

// place is an entry found by a walk.
type place struct {
	dir  *os.Root // the directory it is in
	name string   // its name there
	path string   // from where the walk began
	info fs.FileInfo
}

// walk calls f for every entry below root, directories before what they hold.
// Links are not followed. Entries that vanish meanwhile are left out. It fails
// with errTooDeep after maxDepth levels: each holds two descriptors.
func walk(ctx context.Context, root *os.Root, f func(place) error) error {
	return walkDir(ctx, root, "", 0, f)
}

func walkDir(ctx context.Context, dir *os.Root, at string, depth int, f func(place) error) error {
	if depth > maxDepth {
		return &Error{Kind: KindUnsupported, Path: clip(at), Cause: errTooDeep}
	}
	return eachEntry(ctx, dir, func(name string) error {
		info, err := dir.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		p := place{dir, name, path.Join(at, name), info}
		if err := f(p); err != nil {
			if errors.Is(err, fs.SkipDir) {
				return nil
			}
			return err
		}
		if !info.IsDir() {
			return nil
		}
		sub, err := dir.OpenRoot(name)
		if err != nil {
			return ignoreMissing(err)
		}
		defer func() { _ = sub.Close() }()
		return walkDir(ctx, sub, p.path, depth+1, f)
	})
}

// eachEntry calls f with the names in a directory, read in pieces.
func eachEntry(ctx context.Context, dir *os.Root, f func(name string) error) error {
	d, err := dir.Open(".")
	if err != nil {
		return ignoreMissing(err)
	}
	defer func() { _ = d.Close() }()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		names, err := d.Readdirnames(256)
		for _, name := range names {
			if err := f(name); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Usage is what files take: as the storage proxy counts, every entry is one and
// its length is what its directory entry says.
type Usage struct {
	Bytes int64
	Files int64
}

func (u *Usage) add(o Usage) { u.Bytes, u.Files = u.Bytes+o.Bytes, u.Files+o.Files }

// Usage measures a folder by walking through it.
func (v *Volume) Usage(ctx context.Context, id FolderID) (Usage, error) {
	const op = "measure"
	f, err := v.open(op, id)
	if err != nil {
		return Usage{}, err
	}
	defer f.close()
	release, err := v.guard(ctx)
	if err != nil {
		return Usage{}, wrap(op, id.String(), err)
	}
	defer release()
	u, err := measure(ctx, f.data)
	return u, wrap(op, id.String(), err)
}

// holds is what a place counts for: a file with its bytes, a directory as an entry
// alone. Quotas and what is shown of them count alike.
func (p place) holds() Usage {
	if p.info.IsDir() {
		return Usage{Files: 1}
	}
	return Usage{p.info.Size(), 1}
}

func measure(ctx context.Context, root *os.Root) (u Usage, err error) {
	err = walk(ctx, root, func(p place) error {
		u.add(p.holds())
		return nil
	})
	return u, err
}
