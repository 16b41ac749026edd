package storage

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// download sends a file, or with archive a directory as a ZIP archive.
func (v *Volume) download(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "token", "archive", "no_cache", "dst_dir")
	if err != nil {
		return err
	}
	c, id, err := v.verify(r.Context(), q["token"], opDownload)
	if err != nil {
		return err
	}
	if path.IsAbs(q["dst_dir"]) {
		return &Error{Kind: KindInvalid, Op: opDownload, Cause: errors.New("dst_dir must be a path in the folder")}
	}
	clean, err := Clean(path.Join(q["dst_dir"], c.Path))
	if err != nil {
		return err
	}
	f, err := v.open(opDownload, id)
	if err != nil {
		return err
	}
	defer f.close()
	if yes(q["no_cache"]) {
		w.Header().Set("Cache-Control", "no-store")
	} else {
		w.Header().Set("Cache-Control", "private, no-cache") // a token is in the address
	}
	file, info, err := openRegular(f.data, clean)
	if KindOf(err) == KindIsDirectory && yes(q["archive"]) {
		name := path.Base(clean)
		if clean == "." {
			name = hexOf(id.ID)
		}
		return v.sendArchive(w, r, c.Bearer, id, f, []string{clean}, name+".zip")
	}
	if err != nil {
		return wrap(opDownload, clean, err)
	}
	defer func() { _ = file.Close() }()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", disposition(path.Base(clean)))
	h.Set("ETag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
	// http.ServeContent answers ranges and conditions.
	http.ServeContent(w, r, "", info.ModTime(), file)
	return nil
}

// downloadArchive sends several files and directories as one ZIP archive.
func (v *Volume) downloadArchive(w http.ResponseWriter, r *http.Request) error {
	q, err := query(r, "token")
	if err != nil {
		return err
	}
	c, id, err := v.verify(r.Context(), q["token"], opArchive)
	if err != nil {
		return err
	}
	f, err := v.open(opArchive, id)
	if err != nil {
		return err
	}
	defer f.close()
	for _, p := range c.Files {
		if _, err := f.data.Stat(p); err != nil {
			return wrap(opArchive, p, err)
		}
	}
	name := c.Filename
	if name == "" {
		name = hexOf(id.ID) + ".zip"
	}
	return v.sendArchive(w, r, c.Bearer, id, f, c.Files, name)
}

// disposition names a download twice: in ASCII for old clients, and as it is.
// The odd spacing is the storage proxy's.
func disposition(name string) string {
	var ascii strings.Builder
	for _, r := range name {
		switch {
		case r == '"' || r == '\\':
			ascii.WriteByte('\\')
			ascii.WriteRune(r)
		case r < ' ' || r > '~':
			ascii.WriteByte('_')
		default:
			ascii.WriteRune(r)
		}
	}
	encoded := strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	return `attachment;filename="` + ascii.String() + `"; filename*=UTF-8''` + encoded
}
