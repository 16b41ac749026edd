package backup

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
	"slices"
	"strings"
	"time"

	"github.com/baiui/baiui/server/manager/store"
)

// staging begins the name of the folder that a backup is unpacked in.
const staging = ".restoring-"

// Restore makes the data folder that a backup is of. The folder must be empty or
// not there. The whole file is checked before anything is written; when ctx ends
// or something fails, the folder is as empty as before.
func Restore(ctx context.Context, file, data string, o Options) (s Summary, err error) {
	made, err := emptyFolder(data)
	if err != nil {
		return s, err
	}
	defer func() {
		if err != nil && made {
			err = errors.Join(err, ignoreMissing(os.Remove(data)))
		}
	}()
	s, need, err := verify(ctx, file, o)
	if err != nil {
		return s, err
	}
	if err := checkRoom(data, need, s.Entries); err != nil {
		return s, err
	}
	stage, err := os.MkdirTemp(data, staging+"*")
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, ignoreMissing(os.RemoveAll(stage))) }()
	if err := unpack(ctx, file, stage, s.Bytes, o); err != nil {
		return s, noRoom(err)
	}
	if _, err := store.Check(ctx, filepath.Join(stage, databaseName)); err != nil {
		return s, fmt.Errorf("%w: its database: %w", ErrDamaged, err)
	}
	if o.Finish != nil {
		if err := o.Finish(ctx, stage); err != nil {
			return s, err
		}
	}
	syncAll()
	return s, publish(stage, data)
}

// emptyFolder makes the folder, or looks that it is empty. What an interrupted
// restore has left goes.
func emptyFolder(data string) (made bool, err error) {
	entries, err := os.ReadDir(data)
	if errors.Is(err, fs.ErrNotExist) {
		return true, os.MkdirAll(data, 0o700)
	}
	if err != nil {
		return false, err
	}
	for _, entry := range entries {
		// lost+found is where a disk of its own begins.
		if !strings.HasPrefix(entry.Name(), staging) && entry.Name() != "lost+found" {
			return false, fmt.Errorf("the folder %s is not empty (it has %s): choose another, or move it away", data, entry.Name())
		}
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), staging) {
			if err := os.RemoveAll(filepath.Join(data, entry.Name())); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

func checkRoom(data string, need, entries int64) error {
	bytes, files, err := free(data)
	if err != nil {
		return err
	}
	if uint64(need) > bytes || uint64(entries) > files {
		return fmt.Errorf("%w: it needs %d MiB and %d files, and %s has room for %d MiB and %d files",
			ErrNoRoom, need>>20, entries, data, bytes>>20, files)
	}
	return nil
}

// publish moves what was unpacked to its place, the database last: without it a
// folder is none that a server was stopped in.
func publish(stage, data string) error {
	entries, err := os.ReadDir(stage)
	if err != nil {
		return err
	}
	names := []string{}
	for _, entry := range entries {
		if entry.Name() != databaseName {
			names = append(names, entry.Name())
		}
	}
	for _, name := range append(names, databaseName) {
		if err := os.Rename(filepath.Join(stage, name), filepath.Join(data, name)); err != nil {
			return err
		}
	}
	return syncDir(data)
}

// unpacker makes files of entries.
type unpacker struct {
	root *os.Root
	// directories and regular are the names of what was made so far. Whatever is
	// made lies in one of these directories, so that no link is ever followed.
	directories map[string]*tar.Header
	regular     map[string]bool
	owner       manifest
	buffer      []byte
}

// unpack makes the files of an archive below a folder that nobody else uses.
func unpack(ctx context.Context, file, stage string, total int64, o Options) (err error) {
	root, err := os.OpenRoot(stage)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	u := &unpacker{root: root, directories: map[string]*tar.Header{".": nil}, regular: map[string]bool{}, buffer: make([]byte, block)}
	r := &reader{Options: o, step: "restoring", total: total}
	if u.owner, err = r.read(ctx, file, u.entry); err != nil {
		return err
	}
	return u.finish()
}

// entry makes one entry.
func (u *unpacker) entry(m manifest, h *tar.Header, content io.Reader) error {
	name := strings.TrimSuffix(h.Name, "/")
	if _, there := u.directories[path.Dir(name)]; !there {
		return fmt.Errorf("%w: %q lies in no directory", ErrDamaged, clip(name))
	}
	switch h.Typeflag {
	case tar.TypeDir:
		// Its own mode may forbid to fill it.
		if err := u.root.Mkdir(name, 0o700); err != nil {
			return err
		}
		u.directories[name] = h
		return u.own(name, m, h)
	case tar.TypeSymlink:
		if err := u.root.Symlink(h.Linkname, name); err != nil {
			return err
		}
		return u.own(name, m, h)
	case tar.TypeLink:
		if !u.regular[h.Linkname] {
			return fmt.Errorf("%w: %q is another name of nothing", ErrDamaged, clip(name))
		}
		return u.root.Link(h.Linkname, name)
	}
	u.regular[name] = true
	return u.file(name, m, h, content)
}

// file makes a regular file.
func (u *unpacker) file(name string, m manifest, h *tar.Header, content io.Reader) (err error) {
	out, err := u.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if err := u.fill(out, content); err != nil {
		return err
	}
	if err := u.own(name, m, h); err != nil {
		return err
	}
	// Setuid and setgid are for programs of a whole system. Owner before mode:
	// changing the owner takes them away.
	if err := out.Chmod(fs.FileMode(h.Mode).Perm()); err != nil {
		return err
	}
	return u.root.Chtimes(name, time.Time{}, h.ModTime)
}

// fill writes content, with holes where it is empty.
func (u *unpacker) fill(out *os.File, content io.Reader) error {
	size := int64(0)
	for {
		n, err := io.ReadFull(content, u.buffer)
		if n > 0 && !empty(u.buffer[:n]) {
			if _, err := out.WriteAt(u.buffer[:n], size); err != nil {
				return err
			}
		}
		size += int64(n)
		switch {
		case errors.Is(err, ErrDamaged):
			return err
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return out.Truncate(size)
		case err != nil:
			return err
		}
	}
}

// own gives an entry the owner it had. Only root can give files away.
func (u *unpacker) own(name string, m manifest, h *tar.Header) error {
	if os.Geteuid() != 0 {
		return nil
	}
	uid, gid := m.ownerHere(h, os.Geteuid(), os.Getegid())
	return u.root.Lchown(name, uid, gid)
}

// ownerHere is whom an entry belongs to once it is restored by the user uid: what
// was the server's is the restorer's, what was a session's stays so.
func (m manifest) ownerHere(h *tar.Header, uid, gid int) (int, int) {
	if h.Uid != m.UID {
		uid = h.Uid
	}
	if h.Gid != m.GID {
		gid = h.Gid
	}
	return uid, gid
}

// finish gives the directories their modes and times, the deepest first.
func (u *unpacker) finish() error {
	names := make([]string, 0, len(u.directories))
	for name, h := range u.directories {
		if h != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	slices.Reverse(names)
	for _, name := range names {
		h := u.directories[name]
		mode := fs.FileMode(h.Mode).Perm()
		for bit, flag := range map[int64]fs.FileMode{0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
			if h.Mode&bit != 0 {
				mode |= flag
			}
		}
		if err := u.root.Chmod(name, mode); err != nil {
			return err
		}
		if err := u.root.Chtimes(name, time.Time{}, h.ModTime); err != nil {
			return err
		}
	}
	return nil
}
