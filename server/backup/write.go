package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/baiui/baiui/server/manager/store"
)

// Result is what [Write] did.
type Result struct {
	Summary
	// LeftOut are sockets, pipes and devices, which only their program can use.
	LeftOut int64
	// Changed are files that became shorter while they were read; the rest of them
	// is zeros.
	Changed int64
}

// Write writes a backup of the folder data into a new file (mode 0600) and reads
// it again to see that it is whole. The file takes its name when it is complete;
// when ctx ends or something fails nothing is left. A file that exists is not
// replaced. It must not lie in the data folder, which it would hold itself then.
func Write(ctx context.Context, data, file string, o Options) (result Result, err error) {
	if err := checkPlaces(data, file); err != nil {
		return result, err
	}
	out, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".part-*") // mode 0600
	if err != nil {
		return result, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(noRoom(err), ignoreMissing(os.Remove(out.Name())))
		}
	}()
	result, err = writeTo(ctx, data, out, o)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return result, err
	}
	if _, _, err := verify(ctx, out.Name(), o); err != nil {
		return result, fmt.Errorf("reading it again: %w", err)
	}
	// Not a rename, which would replace a file that appeared meanwhile.
	if err := os.Link(out.Name(), file); err == nil {
		return result, errors.Join(os.Remove(out.Name()), syncDir(filepath.Dir(file)))
	} else if errors.Is(err, fs.ErrExist) {
		return result, err
	}
	// Some file systems have no links.
	return result, errors.Join(os.Rename(out.Name(), file), syncDir(filepath.Dir(file)))
}

// checkPlaces refuses a file that exists, and one in the data folder.
func checkPlaces(data, file string) error {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s is there already; it is not replaced", file)
	}
	from, err := filepath.EvalSymlinks(data)
	if err != nil {
		return err
	}
	to, err := filepath.EvalSymlinks(filepath.Dir(file))
	if err != nil {
		return err
	}
	if from, err = filepath.Abs(from); err != nil {
		return err
	}
	if to, err = filepath.Abs(to); err != nil {
		return err
	}
	rel, err := filepath.Rel(from, to)
	if err == nil && filepath.IsLocal(rel) {
		return fmt.Errorf("the backup would lie in the folder it is of: choose a place outside of %s", data)
	}
	return nil
}

// writer is one backup being written.
type writer struct {
	Options
	tar    *tar.Writer
	digest *digest
	result Result
	links  links
	buffer []byte
	last   time.Time
}

// writeTo writes the archive.
func writeTo(ctx context.Context, data string, out *os.File, o Options) (result Result, err error) {
	root, err := os.OpenRoot(data)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()

	// The database first: whatever it speaks of is there when it is copied.
	copied := out.Name() + ".db"
	defer func() { err = errors.Join(err, ignoreMissing(os.Remove(copied))) }()
	schema, err := store.Snapshot(ctx, filepath.Join(data, databaseName), copied)
	if store.KindOf(err) == store.KindFull {
		err = fmt.Errorf("%w: %w", ErrNoRoom, err)
	}
	if err != nil {
		return result, err
	}
	info, err := root.Lstat(databaseName)
	if err != nil {
		return result, err
	}
	uid, gid := ownerOf(info)

	compressed, err := gzip.NewWriterLevel(out, gzip.BestSpeed)
	if err != nil {
		return result, err
	}
	w := &writer{Options: o, tar: tar.NewWriter(compressed), digest: newDigest(), links: links{}, buffer: make([]byte, 256<<10)}
	err = w.document(manifestName, manifest{Format: format, Schema: schema, Version: o.Version, Created: time.Now().UTC(), UID: uid, GID: gid})
	if err == nil {
		err = w.all(ctx, root, copied)
	}
	if err == nil {
		err = w.document(sumName, w.digest.sum())
	}
	w.result.Summary = w.digest.Summary
	return w.result, errors.Join(err, w.tar.Close(), compressed.Close())
}

// all writes what is kept.
func (w *writer) all(ctx context.Context, root *os.Root, database string) error {
	file, err := os.Open(database)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	if err := w.file(ctx, databaseName, file); err != nil {
		return err
	}
	for _, name := range files() {
		if err := w.entry(ctx, root, name); err != nil {
			return err
		}
	}
	for _, tree := range trees() {
		if err := w.tree(ctx, root, tree); err != nil {
			return err
		}
	}
	return nil
}

// tree writes a name and, if it is a directory, what is below it in the order of
// names. Not fs.WalkDir, which fails at names that are not UTF-8: sessions may make
// any.
func (w *writer) tree(ctx context.Context, root *os.Root, name string) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case name == "folders/.trash":
		return nil
	case strings.HasPrefix(name, "layers/") && strings.HasSuffix(name, ".part"):
		return nil
	}
	info, err := root.Lstat(name)
	if err == nil {
		err = w.entry(ctx, root, name)
	}
	if err != nil || !info.IsDir() {
		return ignoreMissing(err) // never made, or removed meanwhile
	}
	names, err := namesIn(root, name)
	if err != nil {
		return ignoreMissing(err)
	}
	for _, inner := range names {
		if err := w.tree(ctx, root, name+"/"+inner); err != nil {
			return err
		}
	}
	return nil
}

// namesIn are the names in a directory, in order.
func namesIn(root *os.Root, name string) ([]string, error) {
	dir, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	names, err := dir.Readdirnames(-1)
	slices.Sort(names)
	return names, errors.Join(err, dir.Close())
}

// entry writes one name, whatever it is.
func (w *writer) entry(ctx context.Context, root *os.Root, name string) error {
	info, err := root.Lstat(name)
	if err != nil {
		return ignoreMissing(err)
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		return w.header(info, name+"/", "")
	case mode&fs.ModeSymlink != 0:
		target, err := root.Readlink(name)
		if err != nil {
			return ignoreMissing(err)
		}
		return w.header(info, name, target)
	case !mode.IsRegular():
		w.result.LeftOut++
		return nil
	}
	if first := w.links.of(info, name); first != "" {
		h := &tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: first, ModTime: info.ModTime(), Mode: int64(info.Mode().Perm()), Format: tar.FormatPAX}
		h.ModTime = h.ModTime.Truncate(time.Second)
		w.digest.header(h)
		return w.tar.WriteHeader(h)
	}
	// A session may put a pipe in the file's place: opening must not wait for it.
	file, err := root.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return ignoreMissing(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	return w.file(ctx, name, file)
}

// header writes the header of an entry.
func (w *writer) header(info fs.FileInfo, name, link string) error {
	h, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	h.Name, h.Uname, h.Gname = name, "", ""
	h.ModTime, h.AccessTime, h.ChangeTime = h.ModTime.Truncate(time.Second), time.Time{}, time.Time{}
	h.Format = tar.FormatPAX
	w.digest.header(h)
	w.tell()
	return w.tar.WriteHeader(h)
}

// file writes an open file, as long as it is now.
func (w *writer) file(ctx context.Context, name string, file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		w.result.LeftOut++
		return nil
	}
	if err := w.header(info, name, ""); err != nil {
		return err
	}
	n, err := io.CopyBuffer(io.MultiWriter(w.tar, w.digest, w), io.LimitReader(&readUntil{ctx, file}, info.Size()), w.buffer)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if n < info.Size() {
		w.result.Changed++
		_, err = io.CopyBuffer(io.MultiWriter(w.tar, w.digest), io.LimitReader(zeros{}, info.Size()-n), w.buffer)
	}
	return err
}

// Write is told of content that was written.
func (w *writer) Write(p []byte) (int, error) {
	w.tell()
	return len(p), nil
}

// tellEvery is how often somebody is told of the progress.
const tellEvery = time.Second

func (w *writer) tell() {
	if now := time.Now(); w.Progress != nil && now.Sub(w.last) >= tellEvery {
		w.last = now
		w.Progress(Progress{Step: "writing", Summary: w.digest.Summary})
	}
}

// document writes one of the archive's own entries.
func (w *writer) document(name string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if err := w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: int64(len(text)), Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err = io.Copy(w.tar, bytes.NewReader(text))
	return err
}

// zeros is an endless file of them.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// readUntil reads until ctx ends.
type readUntil struct {
	ctx  context.Context
	from io.Reader
}

func (r *readUntil) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
