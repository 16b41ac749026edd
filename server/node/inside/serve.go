package inside

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// request is what the server asks for.
type request struct {
	Op   string `json:"op"`
	Path string `json:"path"`
}

const (
	opList    = "list"
	opRead    = "read"
	opArchive = "archive"
	opWrite   = "write"
)

// reply is the helper's answer, before data if there is any.
type reply struct {
	Error   string  `json:"error,omitempty"`
	Missing bool    `json:"missing,omitempty"` // the error is fs.ErrNotExist
	Listing Listing `json:"listing,omitzero"`
	File    File    `json:"file,omitzero"`
}

// Listing is a directory.
type Listing struct {
	Path  string `json:"path"` // absolute, in the kernel
	Files []File `json:"files"`
	Cut   bool   `json:"cut"` // there are more than MaxListed
}

// File describes a file; links are not followed.
type File struct {
	Name     string      `json:"name"`
	Mode     fs.FileMode `json:"mode"`
	Size     int64       `json:"size"` // bytes
	Modified time.Time   `json:"modified"`
	Changed  time.Time   `json:"changed"`  // the inode
	Accessed time.Time   `json:"accessed"` // zero where it is not known
}

const (
	// MaxListed bounds the files of one listing.
	MaxListed = 10_000
	// MaxArchived bounds the files of one archive.
	MaxArchived = 1_000_000
)

// Serve answers one request about the files below home.
func Serve(connection io.ReadWriter, home string) error {
	f := newFrames(connection)
	var asked request
	if err := f.receive(&asked); err != nil {
		return err
	}
	path, err := resolve(home, asked.Path)
	if err != nil {
		return f.refuse(err)
	}
	switch asked.Op {
	case opList:
		listing, err := list(path)
		if err != nil {
			return f.refuse(err)
		}
		return f.send(reply{Listing: listing})
	case opRead:
		return f.read(path)
	case opArchive:
		return f.archive(path)
	case opWrite:
		return f.write(home, path)
	}
	return f.refuse(fmt.Errorf("unknown request %q", asked.Op))
}

func (f *frames) refuse(err error) error {
	return f.send(reply{Error: err.Error(), Missing: errors.Is(err, fs.ErrNotExist)})
}

// resolve gives the absolute path of a request, which must be in the home by its
// words; where links lead is the user's own affair.
func resolve(home, path string) (string, error) {
	if strings.ContainsRune(path, 0) {
		return "", errors.New("the path has a NUL")
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(home, path)
	}
	path = filepath.Clean(path)
	if path != home && !strings.HasPrefix(path, home+"/") {
		return "", fmt.Errorf("%s is not below %s", path, home)
	}
	return path, nil
}

func list(path string) (Listing, error) {
	dir, err := os.Open(path)
	if err != nil {
		return Listing{}, err
	}
	defer dir.Close()
	listing := Listing{Path: path, Files: []File{}}
	entries, err := dir.ReadDir(MaxListed + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return Listing{}, err
	}
	if len(entries) > MaxListed {
		entries, listing.Cut = entries[:MaxListed], true
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil {
			listing.Files = append(listing.Files, describe(info))
		}
	}
	return listing, nil
}

// open opens a regular file. A pipe must not make the helper wait.
func open(path string) (*os.File, fs.FileInfo, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", path)
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, info, nil
}

func (f *frames) read(path string) error {
	file, info, err := open(path)
	if err != nil {
		return f.refuse(err)
	}
	defer file.Close()
	if err := f.send(reply{File: describe(info)}); err != nil {
		return err
	}
	_, err = io.Copy(f, file)
	return f.end(err)
}

// archive sends a file or a directory with all below it as a tar archive. Links
// are kept as links; what is neither file, directory nor link is left out.
func (f *frames) archive(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return f.refuse(err)
	}
	if err := f.send(reply{File: describe(info)}); err != nil {
		return err
	}
	archive := tar.NewWriter(f)
	parent, left := filepath.Dir(path), MaxArchived
	err = filepath.WalkDir(path, func(at string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if left--; left < 0 {
			return fmt.Errorf("there are more than %d files", MaxArchived)
		}
		name, err := filepath.Rel(parent, at)
		if err != nil {
			return err
		}
		err = add(archive, name, at)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		return err
	})
	if err == nil {
		err = archive.Close()
	}
	return f.end(err)
}

// add puts one file into an archive.
func add(archive *tar.Writer, name, path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	var content io.Reader
	link := ""
	switch info.Mode().Type() {
	case 0:
		file, opened, err := open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		info, content = opened, io.LimitReader(file, opened.Size())
	case fs.ModeDir:
		name += "/"
	case fs.ModeSymlink:
		if link, err = os.Readlink(path); err != nil {
			return err
		}
	default:
		return nil
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	// Who owned it here means nothing elsewhere.
	header.Name, header.Uid, header.Gid, header.Uname, header.Gname = name, 0, 0, "", ""
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	if content == nil {
		return nil
	}
	written, err := io.Copy(archive, content)
	if err == nil && written < info.Size() {
		err = fmt.Errorf("%s became shorter while it was read", path)
	}
	return err
}

// write receives a file and puts it in place when it is complete. Directories on
// the way are made.
func (f *frames) write(home, path string) error {
	if path == home {
		return f.refuse(errors.New("the home is not a file"))
	}
	if info, err := os.Lstat(path); err == nil && info.IsDir() {
		return f.refuse(fmt.Errorf("%s is a directory", path))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return f.refuse(err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".upload-*")
	if err != nil {
		return f.refuse(err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := f.send(reply{}); err != nil { // go on
		return err
	}
	_, err = io.Copy(file, f)
	if err == nil {
		err = file.Chmod(0o644)
	}
	if err == nil {
		err = file.Close()
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return f.refuse(err)
	}
	return f.send(reply{})
}
