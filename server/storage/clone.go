package storage

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Progress is how far a clone has come.
type Progress struct {
	Done, Total Usage
}

// Clone copies what is in one folder into another, which should be empty:
// directories, regular files with their permission bits and times, and links as
// they are. Special files are left out. The quota of the target is kept. The
// report (which may be nil) is told before the first and after each file. When
// it fails or ctx ends, what was copied stays: the caller deletes the target.
func (v *Volume) Clone(ctx context.Context, from, to FolderID, report func(Progress)) error {
	const op = "clone"
	source, err := v.open(op, from)
	if err != nil {
		return err
	}
	defer source.close()
	target, err := v.open(op, to)
	if err != nil {
		return err
	}
	defer target.close()
	release, err := v.guard(ctx)
	if err != nil {
		return wrap(op, from.String(), err)
	}
	total, err := measure(ctx, source.data)
	release() // the meter walks too
	if err != nil {
		return wrap(op, from.String(), err)
	}
	m, err := v.meter(ctx, to)
	if err != nil {
		return wrap(op, to.String(), err)
	}
	defer m.close()
	p := Progress{Total: total}
	if report == nil {
		report = func(Progress) {}
	}
	report(p)
	var dirs []place // their times are set last: filling them changes them
	err = walk(ctx, source.data, func(e place) error {
		if err := v.copyEntry(ctx, e, target.data, m); err != nil {
			return err
		}
		if e.info.IsDir() {
			dirs = append(dirs, place{path: e.path, info: e.info})
		}
		p.Done.add(e.holds())
		report(p)
		return nil
	})
	if err != nil {
		return wrap(op, from.String(), err)
	}
	for i := len(dirs) - 1; i >= 0; i-- {
		if err := setTimes(target.data, dirs[i].path, dirs[i].info); err != nil {
			return wrap(op, dirs[i].path, err)
		}
	}
	return wrap(op, to.String(), syncDir(target.data, "."))
}

func (v *Volume) copyEntry(ctx context.Context, e place, target *os.Root, m *meter) error {
	switch mode := e.info.Mode(); {
	case mode.IsDir():
		if err := v.mkdirOne(target, e.path, m); err != nil {
			return err
		}
		return target.Chmod(e.path, mode.Perm()|0o700)
	case mode.IsRegular():
		return v.copyFile(ctx, e, target, m)
	case mode&fs.ModeSymlink != 0:
		to, err := e.dir.Readlink(e.name)
		if err != nil {
			return ignoreMissing(err)
		}
		if err := m.take(Usage{int64(len(to)), 1}); err != nil {
			return err
		}
		return target.Symlink(to, e.path)
	}
	return nil
}

func (v *Volume) copyFile(ctx context.Context, e place, target *os.Root, m *meter) (err error) {
	in, info, err := openRegular(e.dir, e.name)
	if err != nil {
		return ignoreMissing(err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if err := m.take(Usage{Files: 1}); err != nil {
		return err
	}
	out, err := target.OpenFile(e.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		// Room is taken before it is written; the file may be growing.
		_, err := io.CopyN(v.out(&metered{out, m}), in, 1<<20)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if err := errors.Join(out.Chmod(info.Mode().Perm()), out.Sync()); err != nil {
		return err
	}
	return setTimes(target, e.path, info)
}

// metered is a file that takes room for what is written to it.
type metered struct {
	file *os.File
	m    *meter
}

func (w *metered) Write(p []byte) (int, error) {
	if err := w.m.take(Usage{Bytes: int64(len(p))}); err != nil {
		return 0, err
	}
	n, err := w.file.Write(p)
	w.m.give(Usage{Bytes: int64(len(p) - n)})
	return n, err
}

func setTimes(root *os.Root, name string, info fs.FileInfo) error {
	return root.Chtimes(name, info.ModTime(), info.ModTime())
}

// openRegular opens a regular file to read, and nothing else: a pipe would
// block, a device may do anything.
func openRegular(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	special := &Error{Kind: KindUnsupported, Path: clip(name), Cause: errors.New("not a regular file")}
	info, err := root.Stat(name)
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		return nil, info, &Error{Kind: KindIsDirectory, Path: clip(name), Cause: errors.New("a directory")}
	}
	if !info.Mode().IsRegular() {
		return nil, nil, special
	}
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it may be another file by now
	if err != nil {
		return nil, nil, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = special
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}
