package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sync"

	"github.com/google/uuid"
)

// uploads knows who is writing to which upload, so that one writes at a time.
type uploads struct {
	mu      sync.Mutex
	writers map[string]*writer
}

type writer struct {
	interrupt func()        // makes it stop soon
	done      chan struct{} // closed when it has stopped
}

// acquire makes the caller the only writer. Whoever writes already is a
// connection that the client has given up, or the client's mistake; either way
// the newer one is the one that counts, as with other tus servers.
func (u *uploads) acquire(ctx context.Context, key string, interrupt func()) (release func(), err error) {
	me := &writer{interrupt, make(chan struct{})}
	for {
		u.mu.Lock()
		other := u.writers[key]
		if other == nil {
			if u.writers == nil {
				u.writers = map[string]*writer{}
			}
			u.writers[key] = me
			u.mu.Unlock()
			return func() {
				u.mu.Lock()
				delete(u.writers, key)
				u.mu.Unlock()
				close(me.done)
			}, nil
		}
		u.mu.Unlock()
		other.interrupt()
		select {
		case <-other.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (u *uploads) busy(key string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.writers[key] != nil
}

// StartUpload prepares for a file of size bytes to be uploaded to a path by the
// bearer, and returns the token for it. What is at the path stays until all has arrived.
func (v *Volume) StartUpload(ctx context.Context, bearer string, id FolderID, file string, size int64) (token string, err error) {
	clean, err := cleanNew(file)
	if err != nil {
		return "", wrap(opUpload, file, err)
	}
	fail := func(kind Kind, cause error) (string, error) {
		return "", &Error{Kind: kind, Op: opUpload, Path: clip(file), Cause: cause}
	}
	switch {
	case clean == ".":
		return fail(KindInvalid, errors.New("the path of a file is needed"))
	case size < 0:
		return fail(KindInvalid, errors.New("the size is negative"))
	case size > v.MaxUpload:
		return fail(KindTooLarge, fmt.Errorf("a file may have %d bytes at most", v.MaxUpload))
	}
	f, err := v.open(opUpload, id)
	if err != nil {
		return "", err
	}
	defer f.close()
	m, err := v.meter(ctx, id)
	if err != nil {
		return "", wrap(opUpload, file, err)
	}
	defer m.close()
	// The whole file must fit; room is only taken as it arrives.
	if err := m.take(Usage{size, 1}); err != nil {
		return "", wrap(opUpload, file, err)
	}
	m.give(Usage{Bytes: size})
	session := hexOf(uuid.New())
	out, err := f.uploads.OpenFile(session, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		m.give(Usage{Files: 1})
		return "", wrap(opUpload, file, err)
	}
	if err := errors.Join(out.Close(), syncDir(f.uploads, ".")); err != nil {
		return "", wrap(opUpload, file, err)
	}
	return v.sign(claims{Op: opUpload, Bearer: bearer, Folder: id.String(), Path: clean, Size: &size, Session: session}, v.UploadLife)
}

// transfer is one upload as a token describes it.
type transfer struct {
	bearer  string
	id      FolderID
	session string
	size    int64
	target  string // clean
}

// offset is how much of an upload is there.
func (v *Volume) offset(t transfer) (int64, error) {
	f, err := v.open(opUpload, t.id)
	if err != nil {
		return 0, err
	}
	defer f.close()
	info, err := f.uploads.Lstat(t.session)
	if err != nil {
		return 0, wrap(opUpload, t.target, err)
	}
	return info.Size(), nil
}

// receive appends body, which begins at offset, and publishes the file when it
// is complete. The offset it returns is what is safe on disk, also when there is
// an error. The caller has acquired the upload.
func (v *Volume) receive(ctx context.Context, t transfer, offset int64, body io.Reader) (have int64, err error) {
	f, err := v.open(opUpload, t.id)
	if err != nil {
		return 0, err
	}
	defer f.close()
	out, err := f.uploads.OpenFile(t.session, os.O_WRONLY, 0)
	if err != nil {
		return 0, wrap(opUpload, t.target, err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if have, err = out.Seek(0, io.SeekEnd); err != nil {
		return 0, wrap(opUpload, t.target, err)
	}
	if have != offset {
		return have, &Error{Kind: KindConflict, Op: opUpload, Path: clip(t.target), Cause: fmt.Errorf("the upload stands at %d, not at %d", have, offset)}
	}
	m, err := v.meter(ctx, t.id)
	if err != nil {
		return have, wrap(opUpload, t.target, err)
	}
	defer m.close()
	n, err := v.appendTo(ctx, out, body, t.size-have, m)
	if errors.Is(err, errTooMuch) {
		// Not the file that was announced: forget what this request brought.
		err = errors.Join(out.Truncate(have), err)
		m.give(Usage{Bytes: n})
		n = 0
	}
	have += n
	if err := errors.Join(err, out.Sync()); err != nil {
		return have, wrap(opUpload, t.target, err)
	}
	if have < t.size {
		return have, nil
	}
	// One request may take hours; in the folder is only what may still go there.
	if err := v.entitled(ctx, t.bearer, t.id, opUpload); err != nil {
		return have, err
	}
	return have, wrap(opUpload, t.target, v.publish(f, t, out, m))
}

// errTooMuch: more came than was announced.
var errTooMuch = &Error{Kind: KindTooLarge, Op: opUpload, Cause: errors.New("more bytes than were announced")}

// piece is how much is read at once.
const piece = 256 << 10

// appendTo copies body, at most room bytes of it, to out.
func (v *Volume) appendTo(ctx context.Context, out *os.File, body io.Reader, room int64, m *meter) (n int64, err error) {
	w := v.out(&metered{out, m})
	buffer := make([]byte, piece)
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		got, readErr := body.Read(buffer)
		if int64(got) > room-n {
			return n, errTooMuch
		}
		wrote, err := w.Write(buffer[:got])
		n += int64(wrote)
		if err != nil {
			return n, err
		}
		if errors.Is(readErr, io.EOF) {
			return n, nil
		}
		if readErr != nil {
			return n, &Error{Kind: KindInvalid, Op: opUpload, Cause: fmt.Errorf("the body ended early: %w", readErr)}
		}
	}
}

// publish moves a complete upload to its path, replacing a file that is there.
func (v *Volume) publish(f *folder, t transfer, out *os.File, m *meter) error {
	dir := path.Dir(t.target)
	if err := v.mkdirAll(f.data, dir, m); err != nil {
		return err
	}
	parent, name, err := parentOf(f.data, t.target)
	if err != nil {
		return err
	}
	defer func() { _ = parent.Close() }()
	old, err := parent.Lstat(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := out.Chmod(fileMode); err != nil {
		return err
	}
	if err := renameBetween(f.uploads, t.session, parent, name, true); err != nil {
		return err
	}
	if old != nil {
		m.give(Usage{old.Size(), 1})
	}
	return errors.Join(syncDir(parent, "."), syncDir(f.uploads, "."))
}

// SweepUploads removes uploads whose tokens have expired.
func (v *Volume) SweepUploads(ctx context.Context) error {
	const op = "sweep uploads"
	oldest := v.Now().Add(-v.UploadLife)
	return wrap(op, "", v.eachFolder(ctx, func(at *os.Root) error {
		dir, err := at.OpenRoot(uploadName)
		if err != nil {
			return ignoreMissing(err)
		}
		defer func() { _ = dir.Close() }()
		return eachEntry(ctx, dir, func(name string) error {
			info, err := dir.Lstat(name)
			if err != nil || !info.ModTime().Before(oldest) || v.upload.busy(name) {
				return ignoreMissing(err)
			}
			return ignoreMissing(dir.Remove(name))
		})
	}))
}

// eachFolder calls f with the directory of every folder of the volume.
func (v *Volume) eachFolder(ctx context.Context, f func(at *os.Root) error) error {
	const levels = 4 // owner, two, two, rest
	var down func(dir *os.Root, level int) error
	down = func(dir *os.Root, level int) error {
		if level == levels {
			return f(dir)
		}
		return eachEntry(ctx, dir, func(name string) error {
			if name[0] == '.' {
				return nil // the trash and the secret
			}
			sub, err := dir.OpenRoot(name)
			if err != nil {
				return ignoreMissing(err)
			}
			defer func() { _ = sub.Close() }()
			return down(sub, level+1)
		})
	}
	return down(v.root, 0)
}
