package folders

import (
	"context"
	"net/http"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// ticket is a token and where it is good for.
type ticket struct {
	Token string `json:"token"`
	URL   string `json:"url"`
}

func (f *Folders) ticket(w http.ResponseWriter, r *http.Request, token, path string) error {
	return reply.JSON(w, http.StatusOK, ticket{token, f.URL(r) + path})
}

// What transfers need, when they are asked for and each time they go on.
func toUpload() need   { return need{statuses: updatable(), write: true, host: store.HostUpload} }
func toDownload() need { return need{statuses: readable(), host: store.HostDownload} }

// Entitled says for the storage whether the key pair that asked for a transfer
// may still make it: tokens outlive shares, folders and accounts. It is asked by
// the storage's options, which are there before the calls are.
func Entitled(s *store.Store) func(ctx context.Context, accessKey string, id storage.FolderID, write bool) error {
	f := New(Options{Store: s})
	return func(ctx context.Context, accessKey string, id storage.FolderID, write bool) error {
		owner, err := s.Identify(ctx, accessKey)
		if store.IsNotFound(err) || err == nil && owner.User.Status != store.UserActive {
			return storage.ErrNotEntitled
		}
		if err != nil {
			return err
		}
		n := toDownload()
		if write {
			n = toUpload()
		}
		_, err = f.find(ctx, api.CallerOf(owner), id.ID.String(), n)
		if err != nil && problem.Of(err).Status < http.StatusInternalServerError {
			return storage.ErrNotEntitled
		}
		return err
	}
}

// requestUpload prepares an upload: POST /folders/{name}/request-upload.
func (f *Folders) requestUpload(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	path := p.Required(params.Names("path"))
	size := params.Names("size")
	if !p.Has(size) {
		p.Fail(size, "is required")
	}
	bytes := p.Int(size, 0, 0, 1<<62)
	if err := p.Err(); err != nil {
		return err
	}
	id, err := f.contents(r, c, toUpload())
	if err != nil {
		return err
	}
	token, err := f.Volume.StartUpload(r.Context(), c.AccessKey, id, path, int64(bytes))
	if err != nil {
		return ofStorage(err)
	}
	return f.ticket(w, r, token, "/upload")
}

// requestDownload lets a file or directory be downloaded: POST
// /folders/{name}/request-download. Whether it is an archive is said in the
// download's own address.
func (f *Folders) requestDownload(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	path := p.Required(params.Names("path", "file"))
	p.Bool(params.Names("archive"), false)
	if err := p.Err(); err != nil {
		return err
	}
	id, err := f.contents(r, c, toDownload())
	if err != nil {
		return err
	}
	token, err := f.Volume.DownloadToken(c.AccessKey, id, path)
	if err != nil {
		return ofStorage(err)
	}
	return f.ticket(w, r, token, "/download")
}

// requestArchive lets several files and directories be downloaded as one: POST
// /folders/{name}/request-download-archive.
func (f *Folders) requestArchive(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	paths := p.Texts(params.Names("files"))
	filename := p.Nullable(params.Names("filename"))
	if err := p.ErrKnown(); err != nil {
		return err
	}
	id, err := f.contents(r, c, toDownload())
	if err != nil {
		return err
	}
	name := ""
	if filename != nil {
		name = *filename
	}
	token, err := f.Volume.ArchiveToken(c.AccessKey, id, paths, name)
	if err != nil {
		return ofStorage(err)
	}
	return f.ticket(w, r, token, "/download-archive")
}
