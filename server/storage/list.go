package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"time"
)

// The types of entries, as the wire spells them.
const (
	TypeFile      = "FILE"
	TypeDirectory = "DIRECTORY"
	TypeSymlink   = "SYMLINK"
)

// Entry is one name in a directory.
type Entry struct {
	Name     string
	Type     string // TypeFile for special files too
	Size     int64  // bytes
	Mode     fs.FileMode
	Changed  time.Time // of the entry itself; the wire calls it created
	Modified time.Time // of the content
}

// maxEntries is how many names one directory may list: the answer is made in
// memory.
const maxEntries = 100_000

// List reads one directory, sorted by name. Links are listed, not followed,
// except those on the way to the directory, as long as they stay in the folder.
func (v *Volume) List(ctx context.Context, id FolderID, dir string) ([]Entry, error) {
	const op = "list"
	clean, err := Clean(dir)
	if err != nil {
		return nil, wrap(op, dir, err)
	}
	f, err := v.open(op, id)
	if err != nil {
		return nil, err
	}
	defer f.close()
	root, err := f.data.OpenRoot(clean)
	if err != nil {
		return nil, wrap(op, clean, err)
	}
	defer func() { _ = root.Close() }()
	entries := []Entry{}
	err = eachEntry(ctx, root, func(name string) error {
		if len(entries) == maxEntries {
			return &Error{Kind: KindUnsupported, Path: clip(clean), Cause: fmt.Errorf("the directory has more than %d entries", maxEntries)}
		}
		info, err := root.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		entries = append(entries, Entry{Name: name, Type: typeOf(info.Mode()), Size: info.Size(), Mode: info.Mode(),
			Changed: changeTime(info), Modified: info.ModTime()})
		return nil
	})
	if err != nil {
		return nil, wrap(op, clean, err)
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name < entries[j].Name })
	return entries, nil
}

func typeOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return TypeDirectory
	case mode&fs.ModeSymlink != 0:
		return TypeSymlink
	}
	return TypeFile
}

// Permissions spells the mode's twelve low bits in octal: "755".
func (e Entry) Permissions() string { return fmt.Sprintf("%o", unixBits(e.Mode)) }

func unixBits(mode fs.FileMode) uint32 {
	bits := uint32(mode.Perm())
	for flag, bit := range map[fs.FileMode]uint32{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if mode&flag != 0 {
			bits |= bit
		}
	}
	return bits
}

// ModeText spells the mode as ls does: "drwxr-xr-x".
func (e Entry) ModeText() string {
	text := []byte("-rwxrwxrwx")
	switch mode := e.Mode; {
	case mode.IsDir():
		text[0] = 'd'
	case mode&fs.ModeSymlink != 0:
		text[0] = 'l'
	case mode&fs.ModeNamedPipe != 0:
		text[0] = 'p'
	case mode&fs.ModeSocket != 0:
		text[0] = 's'
	case mode&fs.ModeCharDevice != 0:
		text[0] = 'c'
	case mode&fs.ModeDevice != 0:
		text[0] = 'b'
	}
	bits := unixBits(e.Mode)
	for i := range 9 {
		if bits&(1<<(8-i)) == 0 {
			text[i+1] = '-'
		}
	}
	special := func(bit uint32, at int, on, off byte) {
		if bits&bit == 0 {
			return
		}
		if text[at] == 'x' {
			text[at] = on
		} else {
			text[at] = off
		}
	}
	special(0o4000, 3, 's', 'S')
	special(0o2000, 6, 's', 'S')
	special(0o1000, 9, 't', 'T')
	return string(text)
}
