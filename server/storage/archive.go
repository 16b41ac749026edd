package storage

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"time"
)

// sendArchive writes a ZIP archive while it reads. Once the first byte is out,
// a failure can only be told by cutting the connection.
//
// An archive takes as long as its reader, so few of one bearer are made at a time,
// and none of the turns of walks are held for it. For the same reason the bearer's
// right is asked for again on the way.
func (v *Volume) sendArchive(w http.ResponseWriter, r *http.Request, bearer string, id FolderID, f *folder, paths []string, name string) error {
	release, err := v.archives.Enter(r.Context(), bearer)
	if err != nil {
		return err
	}
	defer release()
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", disposition(name))
	out := zip.NewWriter(w)
	asked := v.Now()
	may := func() error {
		now := v.Now()
		if now.Sub(asked) < askAgain {
			return nil
		}
		asked = now
		return v.entitled(r.Context(), bearer, id, opArchive)
	}
	for _, p := range paths {
		if err := archive(r.Context(), out, f.data, p, len(paths) > 1, may); err != nil {
			v.Log.Warn("an archive could not be completed", "error", err)
			panic(http.ErrAbortHandler)
		}
	}
	if err := out.Close(); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// askAgain is for how long a right counts as one that was asked for just now.
const askAgain = time.Second

// archive adds a file or what is in a directory; named says whether the names in
// the archive begin with the path's own last name. may is asked before each file.
func archive(ctx context.Context, out *zip.Writer, data *os.Root, clean string, named bool, may func() error) error {
	info, err := data.Stat(clean)
	if err != nil {
		return err
	}
	prefix := ""
	if named && clean != "." {
		prefix = path.Base(clean)
	}
	if !info.IsDir() {
		return archiveFile(out, data, clean, path.Base(clean))
	}
	root, err := data.OpenRoot(clean)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	return walk(ctx, root, func(p place) error {
		if err := may(); err != nil {
			return err
		}
		name := path.Join(prefix, p.path)
		switch mode := p.info.Mode(); {
		case mode.IsDir():
			header := &zip.FileHeader{Name: inArchive(name) + "/", Modified: p.info.ModTime()}
			header.SetMode(mode)
			_, err := out.CreateHeader(header)
			return err
		case mode.IsRegular():
			return archiveFile(out, p.dir, p.name, name)
		case mode&fs.ModeSymlink != 0:
			// The file a link stands for, if it is one of this folder.
			err := archiveFile(out, data, path.Join(clean, p.path), name)
			if isMissing(err) {
				return nil
			}
			return err
		}
		return nil // pipes, sockets and devices have no content
	})
}

// isMissing reports that a link leads nowhere, out of the folder, or to what is
// no file.
func isMissing(err error) bool {
	var at *fs.PathError
	var own *Error
	return errors.As(err, &at) && at.Op != "read" || errors.As(err, &own) && (own.Kind == KindIsDirectory || own.Kind == KindUnsupported)
}

func archiveFile(out *zip.Writer, dir *os.Root, name, as string) error {
	file, info, err := openRegular(dir, name)
	if err != nil {
		return ignoreMissing(err)
	}
	defer func() { _ = file.Close() }()
	header := &zip.FileHeader{Name: inArchive(as), Method: zip.Deflate, Modified: info.ModTime()}
	header.SetMode(info.Mode())
	w, err := out.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, file)
	return err
}

// inArchive keeps a name from being a path to those who unpack on Windows.
func inArchive(name string) string { return strings.ReplaceAll(name, `\`, "_") }
