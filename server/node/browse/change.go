package browse

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"
)

// What a POST can do.
const (
	doUpload = "upload"
	doFolder = "folder"
	doRename = "rename"
	doDelete = "delete"
)

// maxForm bounds the bodies of the small forms, in bytes.
const maxForm = 64 << 10

// change does what a form asks for.
func (h *handler) change(r *http.Request, s spot) error {
	do := r.URL.Query().Get("do")
	if do == doUpload {
		return upload(r, s)
	}
	r.Body = http.MaxBytesReader(nil, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errRequest
	}
	if do == doFolder {
		name := r.PostForm.Get("to")
		if err := checkName(name); err != nil {
			return err
		}
		return s.root.Mkdir(path.Join(s.path, name), 0o755)
	}
	if s.path == "." {
		return errRequest // not the place itself
	}
	switch do {
	case doRename:
		name := r.PostForm.Get("to")
		if err := checkName(name); err != nil {
			return err
		}
		return rename(s, path.Join(path.Dir(s.path), name))
	case doDelete:
		if _, err := s.root.Lstat(s.path); err != nil {
			return err
		}
		return s.root.RemoveAll(s.path)
	}
	return errRequest
}

// rename gives a file another name, unless that is taken.
func rename(s spot, to string) error {
	if to == s.path {
		return nil
	}
	if _, err := s.root.Lstat(to); err == nil {
		return fs.ErrExist
	}
	return s.root.Rename(s.path, to)
}

// checkName refuses what cannot be the name of a file.
func checkName(name string) error {
	if name == "" || name == "." || name == ".." || len(name) > 255 || strings.ContainsAny(name, "/\x00") {
		return errName
	}
	return nil
}

// upload takes the files of a form. Each appears when it is complete, in place of
// a file that had its name.
func upload(r *http.Request, s spot) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return errRequest
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errRequest
		}
		if part.FormName() != "files" {
			continue
		}
		if err := take(part, s); err != nil {
			return err
		}
	}
}

func take(part *multipart.Part, s spot) (err error) {
	name := part.FileName() // its last part only
	if err := checkName(name); err != nil {
		return err
	}
	to := path.Join(s.path, name)
	if info, err := s.root.Lstat(to); err == nil && info.IsDir() {
		return fs.ErrExist
	}
	unfinished := path.Join(s.path, ".upload-"+rand.Text())
	file, err := s.root.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = s.root.Remove(unfinished)
		}
	}()
	_, err = io.Copy(file, part)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return s.root.Rename(unfinished, to)
}
